/**
 * Watches a thread that draws, a page or a worker: every animation frame, what each phase of it took, calls
 * over the boundary to Python, WebAssembly memories and canvases. The last expression of this file is a function.
 */
(function watchDrawing({ frames: capacity, pythonProbe }) {
  const frameAt = new Float64Array(capacity);
  const beganAt = new Float64Array(capacity);
  const worked = new Float32Array(capacity);
  const painted = new Float32Array(capacity);
  const crossings = { toPython: 0, toJavaScript: 0, attributes: 0 };
  const memories = new Set();
  const canvases = new Set();
  let count = 0;
  let lastAt = -1;
  let python = null;
  let trouble = "";

  /** Several callbacks of one frame (one time stamp) are one frame. */
  function frame(callback, at) {
    const began = performance.now();
    try {
      callback(at);
    } finally {
      if (at !== lastAt && count < capacity) {
        frameAt[count] = at;
        beganAt[count] = began;
        count += 1;
        lastAt = at;
      }
      if (count > 0) worked[count - 1] += performance.now() - began;
    }
  }
  const native = globalThis.requestAnimationFrame?.bind(globalThis);
  if (native) globalThis.requestAnimationFrame = (callback) => native((at) => frame(callback, at));

  /** Counting Pyodide's own imports is the one count of calls out of Python that no code can go round. */
  function counted(name, call) {
    const kind = /^Jsv?(Function_Call|Object_CallMethod|Function_Construct)/.test(name)
      ? "toJavaScript"
      : /^JsProxy_(Get|Set|Del)Attr/.test(name)
        ? "attributes"
        : null;
    if (kind === null || typeof call !== "function") return call;
    return Object.assign(function (...given) {
      crossings[kind] += 1;
      return call.apply(this, given);
    }, call);
  }
  /** Only the interpreter's own imports: those of extension modules are a proxy, made as they are asked for. */
  function withCounts(imports) {
    if (!Object.hasOwn(imports?.env ?? {}, "JsProxy_GetAttr_js")) return imports;
    const env = Object.fromEntries(Object.entries(imports.env).map(([name, call]) => [name, counted(name, call)]));
    return { ...imports, env };
  }
  function noteMemories(instance) {
    for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
  }
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const start = WebAssembly[name];
    WebAssembly[name] = async (source, imports) => {
      if (imports?.env?.memory instanceof WebAssembly.Memory) memories.add(imports.env.memory);
      const result = await start.call(WebAssembly, source, withCounts(imports));
      noteMemories(result instanceof WebAssembly.Instance ? result : result.instance);
      return result;
    };
  }
  const NativeMemory = WebAssembly.Memory;
  WebAssembly.Memory = new Proxy(NativeMemory, {
    construct(target, given) {
      const memory = new target(...given);
      memories.add(memory);
      return memory;
    },
  });
  for (const Canvas of [globalThis.HTMLCanvasElement, globalThis.OffscreenCanvas]) {
    if (!Canvas) continue;
    const getContext = Canvas.prototype.getContext;
    Canvas.prototype.getContext = function (...given) {
      const context = getContext.apply(this, given);
      if (context && ![...canvases].some((one) => one.deref() === this)) canvases.add(new WeakRef(this));
      return context;
    };
  }

  /** Wraps the one object Python draws through, and runs our Python beside it. */
  function watchStage(Stage) {
    const paint = Stage.prototype.paint;
    Stage.prototype.paint = function (...given) {
      const began = performance.now();
      try {
        return paint.apply(this, given);
      } finally {
        if (count < capacity) painted[count] += performance.now() - began;
      }
    };
    Object.defineProperty(Stage.prototype, "frame", {
      configurable: true,
      get() {
        return this.benchFrame ?? null;
      },
      set(value) {
        this.benchFrame =
          value &&
          ((...given) => {
            crossings.toPython += 1;
            return value(...given);
          });
        if (value && python === null) reachPython(value);
      },
    });
  }
  // Every message is handed to Python with one call.
  if (!globalThis.document) globalThis.addEventListener("message", () => (crossings.toPython += 1));
  function reachPython(boundMethod) {
    const opened = [];
    const keep = (proxy) => {
      opened.push(proxy);
      return proxy;
    };
    try {
      const globals = keep(keep(boundMethod.__func__).__globals__);
      const builtins = keep(globals.get("__builtins__"));
      const exec = keep(typeof builtins.get === "function" ? builtins.get("exec") : builtins.exec);
      const dict = keep(typeof builtins.get === "function" ? builtins.get("dict") : builtins.dict);
      const space = keep(dict());
      exec(pythonProbe, space);
      python = {
        start: space.get("start"),
        read: space.get("read"),
        memory: space.get("memory"),
        profile: space.get("profile"),
      };
    } catch (error) {
      trouble = String(error);
    }
    for (const proxy of opened.reverse()) proxy?.destroy?.();
  }

  const bytesOfCanvases = () => {
    let bytes = 0;
    for (const one of canvases) {
      const canvas = one.deref();
      if (canvas) bytes += canvas.width * canvas.height * 4;
      else canvases.delete(one);
    }
    return bytes;
  };
  globalThis.candlefishDrawing = {
    watchStage,
    start() {
      count = 0;
      lastAt = -1;
      worked.fill(0);
      painted.fill(0);
      Object.assign(crossings, { toPython: 0, toJavaScript: 0, attributes: 0 });
      python?.start();
    },
    frames: () => count,
    read() {
      const counts = { ...crossings };
      const [step_ms, list_ms] = (python?.read() ?? [[], []]).map((times) => Array.from(times));
      return {
        frame_at_ms: Array.from(frameAt.subarray(0, count)),
        began_at_ms: Array.from(beganAt.subarray(0, count)),
        work_ms: Array.from(worked.subarray(0, count)),
        raster_ms: Array.from(painted.subarray(0, count)),
        step_ms,
        list_ms,
        to_python: counts.toPython,
        to_javascript: counts.toJavaScript,
        attributes: counts.attributes,
        origin_ms: performance.timeOrigin,
        python: python !== null,
        trouble,
        full: count === capacity,
      };
    },
    memory() {
      let wasm = 0;
      for (const memory of memories) wasm += memory.buffer.byteLength;
      const told = python ? JSON.parse(python.memory()) : { python_bytes: 0 };
      return { wasm_bytes: wasm, canvas_bytes: bytesOfCanvases(), ...told, probe_bytes: capacity * 24 };
    },
    profile: (on) => (python ? python.profile(on) : null),
    resources: () =>
      performance.getEntriesByType("resource").map((entry) => ({
        url: entry.name,
        start_ms: performance.timeOrigin + entry.startTime,
        end_ms: performance.timeOrigin + entry.responseEnd,
        transfer_bytes: entry.transferSize,
        encoded_bytes: entry.encodedBodySize,
        decoded_bytes: entry.decodedBodySize,
      })),
  };
});
