"""Reports as HTML pages and SVG charts."""
