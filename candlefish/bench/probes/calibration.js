/**
 * A fixed piece of plain JavaScript, many times over: how fast is this machine, now? Then a bare canvas for a
 * moment: do frames come evenly when next to nothing is drawn? The last expression of this file is a function.
 */
(async function calibrate({ loops, control_ms: controlMs }) {
  const size = 4096;
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  function loop() {
    let seed = 12345;
    for (let round = 0; round < 96; round += 1) {
      for (let i = 0; i < size; i += 1) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
        x[i] = x[i] * 0.98 + Math.sin(seed * 1e-9 + y[i]) * 0.1;
        y[i] = y[i] * 0.97 + Math.sqrt(Math.abs(x[i])) * 0.01;
      }
    }
    return x[7] + y[9];
  }
  let sink = 0;
  for (let i = 0; i < 6; i += 1) sink += loop();
  const times = [];
  for (let i = 0; i < loops; i += 1) {
    const began = performance.now();
    sink += loop();
    times.push(performance.now() - began);
    if (i % 5 === 4) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const canvas = document.body.appendChild(document.createElement("canvas"));
  const context = canvas.getContext("2d");
  const frames = [];
  await new Promise((resolve) => {
    const until = performance.now() + controlMs;
    const frame = (at) => {
      frames.push(at);
      context.fillStyle = frames.length % 2 ? "#123" : "#124";
      context.fillRect(0, 0, 40, 40);
      if (performance.now() < until) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
  canvas.remove();
  return { loop_ms: times, frame_at_ms: frames, sink };
});
