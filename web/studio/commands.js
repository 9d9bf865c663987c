/** Commands on the file: Python executes them, and the page shows the state it answers. */

/** @typedef {import("./types").FileState} FileState */
/** @typedef {import("./types").Problem} Problem */

export class Commands {
  /**
   * @param {(act: string, more: Record<string, unknown>) => Promise<any>} ask of Python
   * @param {{onChange: (state: FileState) => void, onProblems: (problems: Problem[], act: string) => void}} on
   */
  constructor(ask, on) {
    this.ask = ask;
    this.on = on;
    /** @type {FileState | null} */
    this.state = null;
    /** @type {Map<string, {values: Record<string, Record<string, unknown>>, stroke: number}>} the latest value of each, not sent yet */
    this.waiting = new Map();
    this.sending = false;
    this.strokes = 0;
  }

  /** @returns {number} a new stroke: changes with one number are one undo step */
  stroke() {
    return ++this.strokes;
  }

  /**
   * @param {string} act
   * @param {Record<string, unknown>} [more]
   * @returns {Promise<any>} the answer; with `problems` when it was refused
   */
  async do(act, more = {}) {
    const answer = await this.ask(act, more);
    if (answer === null) return { problems: [{ line: 0, message: "the fish is gone: reload the page" }] };
    if (answer.problems) this.on.onProblems(answer.problems, act);
    else if (answer.values) {
      this.state = answer;
      this.on.onChange(answer);
    }
    return answer;
  }

  /**
   * Sets one value; while an earlier one is on its way only the latest is queued.
   * @param {string} table
   * @param {string} name
   * @param {unknown} value
   * @param {number} stroke
   */
  set(table, name, value, stroke) {
    this.waiting.set(`${table}.${name}`, { values: { [table]: { [name]: value } }, stroke });
    if (!this.sending) void this.send();
  }

  async send() {
    this.sending = true;
    for (let [next] = this.waiting; next !== undefined; [next] = this.waiting) {
      this.waiting.delete(next[0]);
      await this.do("set", next[1]);
    }
    this.sending = false;
  }
}
