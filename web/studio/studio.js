/** The studio: builds its parts and connects them. */

import { byId, findAll } from "../dom.js";
import { Autosave } from "./autosave.js";
import { Code } from "./code.js";
import { Commands } from "./commands.js";
import { make } from "./dom.js";
import { StudioFish } from "./fish.js";
import { download, Handover } from "./handover.js";
import { Panel } from "./panel.js";
import { ServedFile } from "./served.js";
import { Time } from "./time.js";
import { Viewport } from "./viewport.js";
import { Why } from "./why.js";

/** @typedef {import("./types").FileState} FileState */
/** @typedef {import("./types").Insight} Insight */
/** @typedef {import("./types").Opened} Opened */
/** @typedef {import("./types").Problem} Problem */

const STATUS_MS = 5000;
const THRESHOLDS = "thresholds";

/** @param {EventTarget} target @returns {boolean} whether it takes typed text */
function takesText(target) {
  if (target instanceof HTMLInputElement) return ["text", "number", "search"].includes(target.type);
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

class Studio {
  /** @param {ServedFile | null} served the file of `candlefish studio` */
  constructor(served) {
    this.served = served;
    this.name = served?.name ?? "moods.toml";
    this.statusTimer = 0;
    /** @type {Opened | null} */
    this.opened = null;
    /** @type {Panel | null} */
    this.panel = null;
    /** @type {Why | null} */
    this.why = null;
    /** @type {Time | null} */
    this.time = null;
    /** @type {Viewport | null} */
    this.stage = null;
    /** @type {Insight | null} */
    this.insight = null;
    this.workBefore = 0;
    this.fish = new StudioFish(byId("tank"), {
      onReady: () => void this.begin(),
      onInsight: (insight) => this.show(insight),
      onFailure: (message) => this.fail(message),
    });
    this.store = new Autosave(served ? `file:${this.name}` : "own", () => this.fish.ask("kept"));
    this.commands = new Commands((act, more) => this.fish.ask(act, more), {
      onChange: (state) => this.onChange(state),
      onProblems: (problems, act) => this.onProblems(problems, act),
    });
  }

  async begin() {
    const opened = await this.commands.do("open", this.toOpen());
    if (opened.problems) {
      this.store.file = undefined;
      return void (await this.begin());
    }
    this.opened = opened;
    this.build(opened);
    this.panel?.choose(this.store.setting.table ?? "curious");
    this.onChange(opened);
    await this.openLink();
    document.body.classList.add("ready");
    document.body.dataset.ready = "true";
  }

  /** The unsaved changes of this file from an earlier page, else the file as it is. */
  toOpen() {
    const { file } = this.store;
    if (this.served === null) return file ?? {};
    return file?.saved === this.served.text ? file : { text: this.served.text, saved: this.served.text };
  }

  /** @param {Opened} opened */
  build(opened) {
    const locks = new Set(this.store.setting.locks ?? []);
    const at = {
      tabs: byId("tabs"),
      rows: byId("rows"),
      search: byId("search", HTMLInputElement),
      count: byId("search-count"),
    };
    this.panel = new Panel(at, opened.schema, this.commands, locks, {
      onTable: (table) => this.onTable(table),
      onLock: () => this.store.set({ locks: [...locks] }),
    });
    this.why = new Why(opened.arrows, (mood) => this.colourOf(mood));
    this.time = new Time((act, more) => this.fish.ask(act, more), opened.personas);
    const stage = new Viewport(this.fish, () => this.store.set({ device: stage.device.value }));
    stage.choose(this.store.setting.device ?? "fill");
    new Handover(
      this.commands,
      this.fish,
      this.name,
      (text) => this.say(text),
      (text, name) => this.replay(text, name),
    );
    this.stage = stage;
    this.buildActions(opened, locks);
    this.buildHistory();
    this.buildTabs();
    this.buildHints();
    new Code((act, more) => this.fish.ask(act, more));
    byId("file-name").textContent = this.name;
    byId("save").textContent = this.served ? "Save" : "Download";
  }

  /**
   * Replays a recorded visit, in a box of its size.
   * @param {string} text
   * @param {string} name
   */
  async replay(text, name) {
    const answer = await this.fish.ask("visit", { text });
    if (answer?.problems) return this.onProblems(answer.problems, `import ${name}`);
    byId("hold", HTMLInputElement).checked = false;
    this.time?.showVisit();
    this.say(`${name}: the visit is replayed`);
  }

  /**
   * @param {Opened} opened
   * @param {Set<string>} locks
   */
  buildActions({ schema }, locks) {
    const hold = byId("hold", HTMLInputElement);
    hold.checked = this.store.setting.hold ?? true;
    hold.addEventListener("change", () => {
      this.store.set({ hold: hold.checked });
      this.hold();
    });
    const table = () => this.panel?.table ?? "curious";
    const locked = () => [...locks];
    byId("reset-mood").addEventListener("click", () => void this.commands.do("reset", { table: table() }));
    byId("randomise").addEventListener("click", () => {
      const strength = Number(byId("strength", HTMLInputElement).value) / 100;
      void this.commands.do("randomise", {
        table: table(),
        seed: Math.floor(Math.random() * 2 ** 31),
        strength,
        locked: locked(),
      });
    });
    const copy = byId("copy-from", HTMLSelectElement);
    for (const { name, title } of schema.tables) if (name !== THRESHOLDS) copy.append(new Option(title, name));
    copy.addEventListener("change", () => {
      if (copy.value) void this.commands.do("copy", { source: copy.value, target: table(), locked: locked() });
      copy.value = "";
    });
    byId("presets").replaceChildren(
      ...Object.entries(schema.presets).map(([name, values]) => this.presetCard(name, values, locked)),
    );
  }

  /**
   * @param {string} name
   * @param {import("./types").Values} values
   * @param {() => string[]} locked
   */
  presetCard(name, values, locked) {
    const dots = Object.entries(values)
      .filter(([mood]) => mood !== THRESHOLDS)
      .map(([, { colour, water_centre, water_edge }]) => {
        const dot = make("i", { className: "swatch" });
        for (const [key, value] of Object.entries({ colour, water_centre, water_edge }))
          dot.style.setProperty(`--${key}`, String(value));
        return dot;
      });
    const card = make(
      "button",
      { type: "button", className: "preset" },
      make("span", { className: "swatches", "aria-hidden": "true" }, ...dots),
      name,
    );
    card.addEventListener("click", () => void this.commands.do("preset", { name, locked: locked() }));
    return card;
  }

  buildHistory() {
    byId("undo").addEventListener("click", () => void this.commands.do("undo"));
    byId("redo").addEventListener("click", () => void this.commands.do("redo"));
    byId("save").addEventListener("click", () => void this.save());
    addEventListener("keydown", (event) => this.onKey(event));
  }

  buildTabs() {
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#why-tabs [role=tab]")]);
    const choose = (/** @type {HTMLElement} */ chosen) => {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        byId(tab.getAttribute("aria-controls") ?? "").hidden = tab !== chosen;
      }
    };
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => choose(tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step === undefined) return;
        const next = tabs[(i + step + tabs.length) % tabs.length];
        choose(next);
        next.focus();
      });
    });
    choose(tabs[0]);
  }

  buildHints() {
    const hints = byId("hints");
    hints.hidden = this.store.setting.hintsSeen === true;
    byId("hints-close").addEventListener("click", () => {
      hints.hidden = true;
      this.store.set({ hintsSeen: true });
    });
    byId("help").addEventListener("click", () => (hints.hidden = !hints.hidden));
    byId("problems-close").addEventListener("click", () => (byId("problems").hidden = true));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const key = event.key.toLowerCase();
    const typing = takesText(event.composedPath()[0]);
    if ((event.ctrlKey || event.metaKey) && ["z", "y", "s"].includes(key)) {
      if (key !== "s" && typing) return;
      event.preventDefault();
      if (key === "s") void this.save();
      else void this.commands.do(key === "y" || event.shiftKey ? "redo" : "undo");
    } else if (key === "/" && !typing) {
      event.preventDefault();
      byId("search").focus();
    }
  }

  async save() {
    const { state } = this.commands;
    if (state === null) return;
    const problem = await this.served?.write(state.text);
    if (problem)
      return this.onProblems(
        problem.split("\n").map((message) => ({ line: 0, message })),
        "save",
      );
    if (this.served === null) download(new Blob([state.text], { type: "application/toml" }), this.name);
    await this.commands.do("saved");
    this.say(this.served ? `Saved to ${this.name}` : `${this.name} is in your downloads`);
  }

  /** Takes the values of a link, as one step that can be undone. */
  async openLink() {
    const match = /^#moods=([\w-]+)$/.exec(location.hash);
    if (match === null) return;
    history.replaceState(null, "", location.pathname + location.search);
    const answer = await this.commands.do("link", { text: match[1] });
    if (!answer.problems) this.say("The link’s character is here; undo brings your own back");
  }

  /** @param {string} mood */
  colourOf(mood) {
    return String(this.commands.state?.values[mood]?.colour ?? "#ffb347");
  }

  /** @param {string} table */
  onTable(table) {
    this.store.set({ table });
    const mood = table !== THRESHOLDS;
    for (const one of findAll(document, "[data-moods-only]", HTMLElement)) one.hidden = !mood;
    this.hold();
  }

  /** @param {string} mood @returns {boolean} whether the fish is held in it */
  holds(mood) {
    return byId("hold", HTMLInputElement).checked && this.panel?.table === mood;
  }

  hold() {
    const table = this.panel?.table ?? THRESHOLDS;
    void this.fish.ask("hold", { mood: table !== THRESHOLDS && this.holds(table) ? table : null });
  }

  /** @param {FileState} state */
  onChange(state) {
    this.workBefore = this.insight?.work_ms ?? 0;
    this.panel?.show(state);
    byId("problems").hidden = true;
    for (const [id, label] of [
      ["undo", state.undo],
      ["redo", state.redo],
    ]) {
      const button = byId(id, HTMLButtonElement);
      button.disabled = label === "";
      button.title = label === "" ? "" : `${id} ${label}`;
    }
    byId("file-state").textContent = state.dirty ? "not saved" : "saved";
    document.body.classList.toggle("dirty", state.dirty);
    this.store.save(state);
  }

  /**
   * @param {Problem[]} problems
   * @param {string} act
   */
  onProblems(problems, act) {
    if (act === "set" && this.panel?.refuse(problems)) return;
    const lines = problems.map(({ line, message }) =>
      make("li", {}, line ? make("strong", {}, `line ${line} `) : "", message),
    );
    byId("problems-list").replaceChildren(...lines);
    byId("problems").hidden = false;
    if (this.panel && this.commands.state) this.panel.show(this.commands.state);
  }

  /** @param {string} message */
  fail(message) {
    byId("starting").textContent = `The fish cannot swim here: ${message}`;
    document.body.classList.add("failed");
  }

  /** @param {string} text */
  say(text) {
    const status = byId("status");
    status.textContent = text;
    clearTimeout(this.statusTimer);
    this.statusTimer = window.setTimeout(() => (status.textContent = ""), STATUS_MS);
  }

  /** @param {Insight} now */
  show(now) {
    this.insight = now;
    if (!this.panel) return;
    this.why?.show(now);
    this.time?.show(now);
    this.stage?.showVisit(now.visit && [now.visit[1], now.visit[2]]);
    const label = byId("mood-now");
    label.style.setProperty("--mood", this.colourOf(now.mood));
    byId("mood").textContent = now.mood;
    byId("reason").textContent = this.holds(now.mood) ? "held in this mood" : now.reason;
    this.showCost(now);
    const ghost = byId("ghost");
    ghost.hidden = now.pointer === null || byId("persona", HTMLSelectElement).value === "";
    if (now.pointer) Object.assign(ghost.style, { left: `${now.pointer[0]}px`, top: `${now.pointer[1]}px` });
  }

  /** @param {Insight} now */
  showCost(now) {
    byId("fps").textContent = now.fps.toFixed(0);
    byId("work").textContent = now.work_ms.toFixed(1);
    byId("p99").textContent = now.frame_p99_ms.toFixed(1);
    byId("memory").textContent = (now.wasm_bytes / 1e6).toFixed(1);
    if (now.crossings > 0) byId("crossings").textContent = now.crossings.toFixed(1);
    byId("detail").textContent = `${Math.round(100 * now.detail)} %`;
    const change = this.workBefore ? now.work_ms - this.workBefore : 0;
    byId("work-change").textContent = `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(1)}`;
  }
}

/** @returns {Promise<ServedFile | null>} */
async function servedFile() {
  return new URLSearchParams(location.search).has("file") ? new ServedFile().read() : null;
}

try {
  new Studio(await servedFile());
} catch (error) {
  byId("starting").textContent = `The file cannot be opened: ${error instanceof Error ? error.message : error}`;
  document.body.classList.add("failed");
}
