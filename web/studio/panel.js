/** The panel: every parameter of every mood, by mood and group, with a search. */

import { findAll } from "../dom.js";
import { Row } from "./controls.js";
import { make } from "./dom.js";

/** @typedef {import("./types").Schema} Schema */
/** @typedef {import("./types").FileState} FileState */

export class Panel {
  /**
   * @param {{tabs: HTMLElement, rows: HTMLElement, search: HTMLInputElement, count: HTMLElement}} at
   * @param {Schema} schema
   * @param {import("./commands.js").Commands} commands
   * @param {Set<string>} locks keys of values that stay
   * @param {{onTable: (table: string) => void, onLock: () => void}} on
   */
  constructor(at, schema, commands, locks, on) {
    this.at = at;
    this.schema = schema;
    this.commands = commands;
    this.locks = locks;
    this.on = on;
    this.table = schema.tables[0].name;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.tabs = schema.tables.map(({ name, title }) => this.tab(name, title));
    at.tabs.replaceChildren(...this.tabs);
    at.tabs.addEventListener("keydown", (event) => this.onKey(event));
    at.rows.replaceChildren(...schema.tables.map((table) => this.section(table)));
    at.search.addEventListener("input", () => this.filter());
    at.search.addEventListener("keydown", (event) => event.key === "Escape" && this.clear());
  }

  /**
   * @param {string} name
   * @param {string} title
   */
  tab(name, title) {
    const dot = make("span", { className: "dot", "aria-hidden": "true" });
    const tab = make(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `section-${name}`, "data-table": name },
      dot,
      title,
    );
    tab.addEventListener("click", () => this.choose(name));
    return tab;
  }

  /** @param {import("./types").Table} table */
  section(table) {
    const groups = table.groups.map((group) => {
      const rows = group.params.map((param) => this.row(table, param).element);
      return make("fieldset", {}, make("legend", {}, group.title), ...rows);
    });
    return make(
      "div",
      {
        className: "section",
        id: `section-${table.name}`,
        role: "tabpanel",
        "aria-labelledby": `tab-${table.name}`,
        "data-table": table.name,
      },
      ...groups,
    );
  }

  /**
   * @param {import("./types").Table} table
   * @param {import("./types").Param} param
   */
  row(table, param) {
    const { commands, locks } = this;
    const row = new Row(table.name, table.title, param, {
      newStroke: () => commands.stroke(),
      onSet: (value, stroke) => commands.set(table.name, param.name, value, stroke),
      onReset: () => void commands.do("reset", { table: table.name, names: [param.name] }),
      onLock: (on) => {
        if (on) locks.add(row.key);
        else locks.delete(row.key);
        row.showLock(on);
        this.on.onLock();
      },
    });
    row.showLock(locks.has(row.key));
    this.rows.set(row.key, row);
    return row;
  }

  /** @param {string} table */
  choose(table) {
    this.table = this.schema.tables.some(({ name }) => name === table) ? table : this.schema.tables[0].name;
    if (this.at.search.value !== "") this.at.search.value = "";
    this.filter();
    this.on.onTable(this.table);
  }

  /** @param {KeyboardEvent} event arrows walk the tabs */
  onKey(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const names = this.schema.tables.map(({ name }) => name);
    this.choose(names[(names.indexOf(this.table) + step + names.length) % names.length]);
    this.tabs.find((tab) => tab.dataset.table === this.table)?.focus();
  }

  clear() {
    this.at.search.value = "";
    this.filter();
  }

  /** Shows the chosen table, or the matches of the search in all tables. */
  filter() {
    const words = this.at.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const searching = words.length > 0;
    let count = 0;
    this.at.rows.classList.toggle("searching", searching);
    for (const section of findAll(this.at.rows, ".section", HTMLElement)) {
      let any = false;
      for (const group of section.querySelectorAll("fieldset")) {
        let some = false;
        for (const element of findAll(group, ".row", HTMLElement)) {
          const fits = words.every((word) => this.rows.get(element.dataset.key ?? "")?.words.includes(word));
          element.hidden = searching && !fits;
          some ||= !element.hidden;
          count += Number(searching && fits);
        }
        group.hidden = !some;
        any ||= some;
      }
      section.hidden = searching ? !any : section.dataset.table !== this.table;
    }
    for (const tab of this.tabs) {
      const chosen = tab.dataset.table === this.table;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    this.at.count.textContent = searching ? `${count} of ${this.rows.size}` : "";
  }

  /** @param {FileState} state */
  show(state) {
    const usual = this.schema.presets.default;
    for (const [key, row] of this.rows) {
      const [table, name] = key.split(".");
      row.show(state.values[table][name], usual[table][name]);
      if (name === "colour") row.showSeen(state.colours[table]);
      if (name === "arrive") row.runCurve(Number(state.values[table].arrive_s), table === this.table);
    }
    for (const tab of this.tabs) {
      const table = tab.dataset.table ?? "";
      const colour = state.values[table].colour;
      if (colour) tab.style.setProperty("--mood", String(colour));
      const changed = Object.entries(state.values[table]).some(([name, value]) => value !== usual[table][name]);
      tab.classList.toggle("changed", changed);
    }
  }

  /** @param {import("./types").Problem[]} problems @returns {boolean} whether a row shows it */
  refuse(problems) {
    const [key] = problems[0].message.split(":");
    const row = this.rows.get(key);
    if (!row || !this.commands.state) return false;
    this.show(this.commands.state);
    row.say(problems[0].message.slice(key.length + 2));
    return true;
  }
}
