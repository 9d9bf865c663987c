// Small charts in SVG, each with its numbers as a text for those who do not see it.

const SVG = "http://www.w3.org/2000/svg";

/** A figure with a title, a described picture, and nothing inline. */
function figure(title, description, width, height) {
  const frame = document.createElement("figure");
  const heading = document.createElement("h3");
  heading.textContent = title;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${title}: ${description}`);
  frame.append(heading, svg);
  return { frame, svg };
}

function shape(svg, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  svg.append(element);
}

/** Shares of a whole: rows of [label, value, class]. */
export function shares(title, rows, unit) {
  const total = rows.reduce((sum, [, value]) => sum + value, 0);
  const percent = (value) => (total ? Math.round((100 * value) / total) : 0);
  const described = total ? rows.map(([label, value]) => `${label} ${percent(value)} %`).join(", ") : "no data yet";
  const { frame, svg } = figure(title, described, 400, Math.max(60, rows.length * 28 + 8));
  if (!total) shape(svg, "text", { x: 0, y: 30 }, "No data yet");
  else
    rows.forEach(([label, value, kind], index) => {
      const y = index * 28 + 4;
      shape(svg, "text", { x: 0, y: y + 15 }, label);
      shape(svg, "rect", {
        x: 96,
        y: y + 3,
        width: Math.max(1, (236 * value) / total),
        height: 16,
        rx: 4,
        class: kind || "bar",
      });
      shape(svg, "text", { x: 396, y: y + 15, "text-anchor": "end" }, `${percent(value)} %${unit ? ` ${unit}` : ""}`);
    });
  return frame;
}

/** Bars over time or classes: points of [label, value]. */
export function bars(title, points, format = String) {
  const most = Math.max(0, ...points.map(([, value]) => value));
  const described = most ? `highest ${format(most)}` : "no data yet";
  const { frame, svg } = figure(title, described, 400, 160);
  const step = 396 / Math.max(1, points.length);
  shape(svg, "line", { x1: 0, x2: 400, y1: 136, y2: 136, class: "grid" });
  if (!most) shape(svg, "text", { x: 0, y: 70 }, "No data yet");
  else shape(svg, "text", { x: 0, y: 12 }, format(most));
  points.forEach(([label, value], index) => {
    const height = most ? (116 * value) / most : 0;
    shape(svg, "rect", {
      x: index * step + 1,
      y: 136 - height,
      width: Math.max(1, step - 2),
      height,
      rx: 2,
      class: "bar",
    });
    if (index % Math.ceil(points.length / 8) === 0) shape(svg, "text", { x: index * step + 1, y: 152 }, label);
  });
  return frame;
}

/** A line over time: points of [label, value or null]. */
export function line(title, points, low, high, unit) {
  const known = points.filter(([, value]) => value !== null);
  const last = known.length ? known[known.length - 1][1] : null;
  const described = last === null ? "no data yet" : `last ${last.toFixed(1)} ${unit}`;
  const { frame, svg } = figure(title, described, 400, 160);
  const top = Math.max(high, ...known.map(([, value]) => value));
  const x = (index) => 28 + (368 * index) / Math.max(1, points.length - 1);
  const y = (value) => 136 - (120 * (value - low)) / (top - low);
  for (const mark of [low, (low + top) / 2, top]) {
    shape(svg, "line", { x1: 28, x2: 400, y1: y(mark), y2: y(mark), class: "grid" });
    shape(svg, "text", { x: 0, y: y(mark) + 4 }, String(Math.round(mark)));
  }
  if (last === null) shape(svg, "text", { x: 40, y: 70 }, "No data yet");
  let path = "";
  points.forEach(([, value], index) => {
    if (value === null) return;
    path += `${path && points[index - 1][1] !== null ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    shape(svg, "circle", { cx: x(index), cy: y(value), r: 2, class: "dot" });
  });
  if (path) shape(svg, "path", { d: path, class: "line" });
  points.forEach(([label], index) => {
    if (index % Math.ceil(points.length / 6) === 0) shape(svg, "text", { x: x(index), y: 152 }, label);
  });
  return frame;
}
