/**
 * Watches a page: paints, layout shifts, long tasks, interactions, the fish's events; and puts the watch on
 * drawing into module workers before their own code runs. The last expression of this file is a function.
 */
(function watchPage({ drawing, config, workers, faults }) {
  const seen = { events: [], hidden: [], long_tasks: [], shifts: [], interactions: {}, fcp_ms: null, lcp_ms: null };
  const observe = (type, each, more = {}) => {
    try {
      new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...more });
    } catch {
      seen[`no_${type}`] = true;
    }
  };
  observe("paint", (entry) => {
    if (entry.name === "first-contentful-paint") seen.fcp_ms = entry.startTime;
  });
  observe("largest-contentful-paint", (entry) => (seen.lcp_ms = entry.startTime));
  observe("longtask", (entry) => seen.long_tasks.push({ at_ms: entry.startTime, ms: entry.duration }));
  observe(
    "layout-shift",
    (entry) => entry.hadRecentInput || seen.shifts.push({ at_ms: entry.startTime, score: entry.value }),
  );
  observe(
    "event",
    (entry) => {
      if (!entry.interactionId) return;
      const before = seen.interactions[entry.interactionId] ?? 0;
      seen.interactions[entry.interactionId] = Math.max(before, entry.duration);
    },
    { durationThreshold: 16 },
  );
  for (const name of ["ready", "moodchange", "fed", "error", "fallback", "milestone"])
    addEventListener(`candlefish:${name}`, (event) =>
      seen.events.push({ name, at_ms: performance.now(), detail: JSON.parse(JSON.stringify(event.detail ?? null)) }),
    );
  globalThis.candlefishPage = seen;
  globalThis.candlefishHide = (hidden) => {
    if ((document.visibilityState === "hidden") === hidden) return;
    const at = performance.timeOrigin + performance.now();
    if (hidden) seen.hidden.push([at, at + 1e9]);
    else seen.hidden.at(-1)[1] = at;
    const states = { visibilityState: hidden ? "hidden" : "visible", hidden };
    for (const [name, value] of Object.entries(states))
      Object.defineProperty(document, name, { configurable: true, value });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
  /** In the page's own scope. */
  // biome-ignore lint/security/noGlobalEval: what is run is the bench's own, and comes as text
  const run = (text) => globalThis.eval(text);
  if (faults.page) run(faults.page);
  if (!workers) return;

  run(drawing)(config);
  const NativeWorker = Worker;
  globalThis.Worker = class Worker extends NativeWorker {
    constructor(url, options = {}) {
      const href = new URL(url, document.baseURI).href;
      super(options.type === "module" ? wrapped(href) : href, options);
    }
  };
  /** Messages wait until the worker's own code listens. */
  function wrapped(href) {
    const code = `
      const early = [];
      const keep = (event) => { early.push(event); event.stopImmediatePropagation(); };
      self.addEventListener("message", keep);
      (${drawing})(${JSON.stringify(config)});
      ${faults.worker ?? ""}
      try {
        candlefishDrawing.watchStage((await import(${JSON.stringify(new URL("./stage.js", href).href)})).Stage);
      } catch {}
      await import(${JSON.stringify(href)});
      self.removeEventListener("message", keep);
      for (const { data, ports } of early) self.dispatchEvent(new MessageEvent("message", { data, ports }));
    `;
    return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  }
});
