"""Drawing without a canvas: a world becomes a display list; a display list becomes canvas calls or SVG."""
