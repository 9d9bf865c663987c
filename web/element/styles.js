/** The style of the shadow tree of `<candle-fish>`. */

export const SHADOW_CSS = `
:host {
  display: block;
  position: relative;
  height: var(--candlefish-height, 60vh);
  overflow: hidden;
  contain: layout paint style;
  -webkit-user-select: none;
  user-select: none;
  -webkit-tap-highlight-color: transparent;
}
:host([hidden]) { display: none; }
.stage { position: absolute; inset: 0; }
.stage.alive { touch-action: pan-y pinch-zoom; }
.alive slot, .alive canvas { pointer-events: none; }
.stage:focus { outline: none; }
.stage:focus-visible { outline: 3px solid var(--candlefish-focus, #3fd3c6); outline-offset: -6px; }
slot, ::slotted(*), slot > img {
  display: block;
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}
slot > img { object-fit: cover; }
.water { image-rendering: pixelated; }
@media (min-resolution: 1.5dppx) { .water { image-rendering: auto; } }
canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  opacity: 0;
  transition: opacity var(--candlefish-fade, 0.4s) ease-out;
}
.alive canvas { opacity: 1; }
:host([transparent]:not([transparent="false"])) slot { transition: opacity var(--candlefish-fade, 0.4s) ease-out; }
:host([transparent]:not([transparent="false"])) .alive slot { opacity: 0; }
.cursor {
  position: absolute;
  top: -14px;
  left: -14px;
  width: 24px;
  height: 24px;
  border: 2px solid var(--candlefish-focus, #3fd3c6);
  border-radius: 50%;
  pointer-events: none;
}
.cursor[hidden] { display: none; }
.hint {
  position: absolute;
  top: 14px;
  left: 50%;
  transform: translateX(-50%);
  padding: 4px 12px;
  border-radius: 999px;
  color: var(--candlefish-button-colour, #f8f8f2);
  background: var(--candlefish-button-background, rgb(13 27 42 / 0.6));
  font: 400 0.875rem/1.4 system-ui, sans-serif;
  pointer-events: none;
}
.hint[hidden] { display: none; }
.pause {
  position: absolute;
  top: 12px;
  right: 12px;
  width: 44px;
  height: 44px;
  display: grid;
  place-content: center;
  padding: 0;
  border: 0;
  border-radius: 50%;
  color: var(--candlefish-button-colour, #f8f8f2);
  background: var(--candlefish-button-background, rgb(13 27 42 / 0.6));
  opacity: 0.35;
  transition: opacity 0.2s;
  cursor: pointer;
}
.pause[hidden] { display: none; }
.pause svg { width: 16px; height: 16px; fill: currentColor; }
:host(:hover) .pause, .pause:focus-visible { opacity: 1; }
.pause:focus-visible { outline: 3px solid var(--candlefish-focus, #3fd3c6); outline-offset: 2px; }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (forced-colors: active) {
  .pause { border: 2px solid; opacity: 1; forced-color-adjust: auto; }
  .stage, .cursor { forced-color-adjust: none; }
}
@media print {
  canvas, .hint, .pause, .cursor { display: none; }
  :host([transparent]:not([transparent="false"])) .alive slot { opacity: 1; }
}
@media (prefers-reduced-motion: reduce) { canvas, slot { transition: none; } }
`;
