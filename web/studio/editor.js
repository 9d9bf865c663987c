/**
 * The code editor: CodeMirror, as PyScript brings it. It is in a shadow root, where its styles are constructed
 * style sheets, which the page's policy allows; a plain field serves where it fails to load.
 */

import { make } from "./dom.js";
import { STUDIO } from "./studio-assets.js";

/**
 * @typedef {object} Editor
 * @property {() => string} text
 * @property {(text: string) => void} show
 * @property {(line: number) => void} point marks a line, counted from 1, and goes there
 */

const LOOK = {
  "&": {
    height: "100%",
    fontSize: "12px",
    color: "#e0e1dd",
    backgroundColor: "#0a1420",
    borderRadius: "8px",
    border: "1px solid #415a77",
  },
  "&.cm-focused": { outline: "2px solid #3fd3c6", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "#ffffff" },
  ".cm-gutters": { backgroundColor: "#0a1420", color: "#8fa3bd", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "rgb(119 141 169 / 14%)" },
  ".cm-line.wrong": { backgroundColor: "rgb(255 138 128 / 22%)", boxShadow: "inset 3px 0 #ff8a80" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "#274060",
  },
  ".cm-tooltip": { backgroundColor: "#1b263b", border: "1px solid #415a77" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "#3fd3c6", color: "#0d1b2a" },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "#26364f",
    color: "#e0e1dd",
    border: "1px solid #415a77",
    borderRadius: "6px",
  },
  ".cm-textfield": { backgroundColor: "#0a1420", color: "#e0e1dd", border: "1px solid #415a77", borderRadius: "6px" },
  ".cm-panel.cm-search :is(input, button, label)": { fontSize: "12px" },
  ".cm-panels": { backgroundColor: "#1b263b", color: "#e0e1dd" },
};

/**
 * @param {HTMLTextAreaElement} field
 * @returns {Editor}
 */
export function plainEditor(field) {
  return {
    text: () => field.value,
    show(text) {
      field.value = text;
      field.scrollTop = 0;
    },
    point(line) {
      const lines = field.value.split("\n");
      const start = lines.slice(0, line - 1).join("\n").length + Number(line > 1);
      field.focus();
      field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    },
  };
}

/**
 * Puts CodeMirror in a field's place.
 * @param {HTMLTextAreaElement} field
 * @param {{onInput: () => void, onRun: () => void}} on
 * @returns {Promise<Editor>}
 */
export async function codeEditor(field, { onInput, onRun }) {
  const mirror = await import(STUDIO.editor);
  const { EditorView, EditorState, StateEffect, StateField, basicSetup, python } = mirror;
  const { Decoration } = partWith(mirror.view, "Decoration");
  const { HighlightStyle, syntaxHighlighting } = partWith(mirror.language, "HighlightStyle");
  const tags = partWith(mirror.language, "definitionKeyword");
  const mark = StateEffect.define();
  const marked = StateField.define({
    create: () => Decoration.none,
    update(/** @type {any} */ lines, /** @type {any} */ change) {
      const marking = change.effects.find((/** @type {any} */ effect) => effect.is(mark));
      if (marking) return Decoration.set([Decoration.line({ class: "wrong" }).range(marking.value)]);
      return change.docChanged ? Decoration.none : lines;
    },
    provide: (/** @type {any} */ own) => EditorView.decorations.from(own),
  });
  const extensions = [
    EditorView.domEventHandlers({
      keydown(/** @type {KeyboardEvent} */ event) {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
        onRun();
        return true;
      },
    }),
    basicSetup,
    python(),
    syntaxHighlighting(HighlightStyle.define(colours(tags))),
    EditorView.theme(LOOK, { dark: true }),
    EditorView.contentAttributes.of({ "aria-label": field.getAttribute("aria-label") ?? "" }),
    EditorView.updateListener.of((/** @type {any} */ update) => update.docChanged && onInput()),
    marked,
  ];
  const place = make("div", { id: "editor" });
  const root = place.attachShadow({ mode: "open" });
  const fresh = (/** @type {string} */ doc) => EditorState.create({ doc, extensions });
  const view = new EditorView({ state: fresh(field.value), parent: root, root });
  field.replaceWith(place);
  return {
    text: () => view.state.doc.toString(),
    show: (text) => view.setState(fresh(text)),
    point(line) {
      const { from, to } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ effects: mark.of(from), selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
  };
}

/**
 * PyScript shortens names of a module, but exports related ones also as one object with their own names.
 * @param {Record<string, any>} module
 * @param {string} name
 */
function partWith(module, name) {
  const part = Object.values(module).find((each) => typeof each === "object" && each?.[name] !== undefined);
  if (part === undefined) throw new Error(`PyScript's editor has no ${name}`);
  return part;
}

/** @param {any} tags */
function colours(tags) {
  return [
    {
      tag: [tags.keyword, tags.definitionKeyword, tags.controlKeyword, tags.operatorKeyword, tags.moduleKeyword],
      color: "#ff9dbf",
    },
    { tag: [tags.string, tags.docString], color: "#9fd8a4" },
    { tag: [tags.number, tags.bool, tags.null], color: "#ffc069" },
    { tag: tags.comment, color: "#8fa3bd", fontStyle: "italic" },
    {
      tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.definition(tags.variableName)],
      color: "#7fe3d8",
    },
    { tag: [tags.className, tags.typeName], color: "#cbb6f0" },
    { tag: tags.self, color: "#cbb6f0" },
  ];
}
