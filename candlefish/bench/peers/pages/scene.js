/** The scene every peer shows: N glowing 24-px particles, additive light, drifting and pulsing, 1280×720. */

export const COUNT = Number(new URLSearchParams(location.search).get("n") ?? 1000);
export const WIDTH = 1280;
export const HEIGHT = 720;
export const SIZE = 24;
export const GROUND = "#1a1a2e";
export const LOOP_S = 10;

/** A generator of numbers from 0 to 1 (mulberry32): the same particles for everybody. */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Positions (px), velocities (px/s), phases (rad) and rates (rad/s) of the particles, as arrays. */
export function particles(count = COUNT) {
  const next = numbers(7);
  const made = { x: [], y: [], vx: [], vy: [], phase: [], rate: [] };
  for (let i = 0; i < count; i += 1) {
    const angle = next() * 2 * Math.PI;
    const speed = 10 + 30 * next();
    made.x.push(next() * WIDTH);
    made.y.push(next() * HEIGHT);
    made.vx.push(Math.cos(angle) * speed);
    made.vy.push(Math.sin(angle) * speed);
    made.phase.push(next() * 2 * Math.PI);
    made.rate.push(1 + 2 * next());
  }
  return made;
}

export const alphaAt = (phase, rate, time_s) => 0.45 + 0.3 * Math.sin(phase + rate * time_s);

/** The glow, as a canvas. */
export function sprite(size = SIZE) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = canvas.getContext("2d");
  const half = size / 2;
  const fade = context.createRadialGradient(half, half, 0, half, half, half);
  fade.addColorStop(0, "rgba(255,214,150,1)");
  fade.addColorStop(0.3, "rgba(255,179,71,0.55)");
  fade.addColorStop(1, "rgba(255,179,71,0)");
  context.fillStyle = fade;
  context.fillRect(0, 0, size, size);
  return canvas;
}

export function place(element) {
  element.style.cssText = `position:fixed;inset:0;width:${WIDTH}px;height:${HEIGHT}px`;
  document.body.append(element);
  return element;
}

/** Tells the bench that the scene moves; call it after the first frame. */
export function awake() {
  document.dispatchEvent(new CustomEvent("candlefish:ready", { bubbles: true, detail: {} }));
}

/** The scene as a Lottie animation: image layers with keyframed places and opacities, in a loop of ten seconds. */
export function lottie() {
  const rate = 60;
  const end = LOOP_S * rate;
  const all = particles();
  const linear = { i: { x: [1], y: [1] }, o: { x: [0], y: [0] } };
  const layers = all.x.map((x, i) => {
    const opacity = [];
    for (let k = 0; k <= 20; k += 1) {
      const at_s = (k * LOOP_S) / 20;
      opacity.push({ t: at_s * rate, s: [100 * alphaAt(all.phase[i], all.rate[i], at_s)], ...linear });
    }
    const travel = [x + all.vx[i] * LOOP_S, all.y[i] + all.vy[i] * LOOP_S, 0];
    return {
      ty: 2,
      nm: `p${i}`,
      refId: "glow",
      ind: i + 1,
      ip: 0,
      op: end,
      st: 0,
      sr: 1,
      bm: 2,
      ks: {
        o: { a: 1, k: opacity },
        r: { a: 0, k: 0 },
        p: {
          a: 1,
          k: [
            { t: 0, s: [x, all.y[i], 0], ...linear },
            { t: end, s: travel, ...linear },
          ],
        },
        a: { a: 0, k: [SIZE / 2, SIZE / 2, 0] },
        s: { a: 0, k: [100, 100, 100] },
      },
    };
  });
  const image = { id: "glow", w: SIZE, h: SIZE, u: "", p: sprite().toDataURL(), e: 1 };
  return { v: "5.9.0", fr: rate, ip: 0, op: end, w: WIDTH, h: HEIGHT, nm: "swarm", ddd: 0, assets: [image], layers };
}
