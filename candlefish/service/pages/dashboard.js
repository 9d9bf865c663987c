// The dashboard: history from /api/overview and /api/experiments, the present from /api/live.

import { bars, line, shares } from "./dashboard-charts.js";

const MOODS = ["curious", "playful", "shy", "excited", "trusting", "lonely"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const REFRESH_MS = 30_000;
const FEED_MAX = 60;
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];
const byId = (id) => document.getElementById(id);
let token = sessionStorage.getItem("candlefish_admin") || "";
let tries = 0;
let refreshing = 0;

byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  token = byId("token").value.trim();
  open();
});
byId("hours").addEventListener("change", refresh);
if (token) open();

async function open() {
  byId("refusal").textContent = "";
  if (!(await refresh())) return;
  sessionStorage.setItem("candlefish_admin", token);
  byId("login").hidden = true;
  byId("board").hidden = false;
  connect();
  clearInterval(refreshing);
  refreshing = setInterval(refresh, REFRESH_MS);
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.message || `${path}: ${answer.status}`);
  return content;
}

async function refresh() {
  try {
    const [past, trials] = await Promise.all([
      ask(`/api/overview?hours=${byId("hours").value}`),
      ask("/api/experiments"),
    ]);
    showPast(past);
    showTrials(trials.experiments);
    return true;
  } catch (error) {
    byId("refusal").textContent = error.message;
    return false;
  }
}

function connect() {
  const elsewhere = document.querySelector('meta[name="candlefish-live"]').content;
  const socket = new WebSocket(
    elsewhere || `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`,
  );
  socket.onopen = () => socket.send(JSON.stringify({ token }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    tries = 0;
    link("on", "live");
    if (message.topic === "metrics") showNow(message.data);
    else if (message.topic === "dropped") feed(`${message.data} messages were dropped: this page was too slow`);
    else if (message.topic !== "heartbeat")
      for (const change of message.data.changes) feed(told(message.topic, change));
  };
  socket.onclose = () => {
    link("lost", "connection lost, trying again");
    setTimeout(connect, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)] * (0.75 + Math.random() / 2));
  };
}

function link(state, text) {
  const element = byId("link");
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.textContent = text;
}

function told(topic, change) {
  const trust = `trust ${change.trust.toFixed(0)}`;
  if (topic === "moods") return `${change.before} → ${change.after}: ${change.reason} (${trust})`;
  if (topic === "trust")
    return `${trust} (${change.change > 0 ? "+" : ""}${change.change.toFixed(1)}, ${change.cause})`;
  return `milestone ${change.name} (${trust})`;
}

function feed(text) {
  const list = byId("feed");
  const item = document.createElement("li");
  item.textContent = `${new Date().toLocaleTimeString()}  ${text}`;
  list.querySelector(".empty")?.remove();
  list.prepend(item);
  while (list.children.length > FEED_MAX) list.lastChild.remove();
}

function tiles(target, rows) {
  byId(target).replaceChildren(
    ...rows.map(([label, value, unit, bad]) => {
      const tile = document.createElement("div");
      tile.className = "tile";
      if (bad) tile.dataset.state = "bad";
      const name = document.createElement("dt");
      name.textContent = label;
      const number = document.createElement("dd");
      number.textContent = value;
      if (unit && value !== "–") {
        const small = document.createElement("small");
        small.textContent = unit;
        number.append(small);
      }
      tile.append(name, number);
      return tile;
    }),
  );
}

const fixed = (value, digits = 0) => (value === null || value === undefined ? "–" : value.toFixed(digits));

function showNow(now) {
  tiles("tiles", [
    ["Frames a second", fixed(now.fps, 1), "Hz", now.fps !== null && now.fps < 55],
    ["Memory", fixed(now.memory_mb, 1), "MB", now.memory_mb > 45],
    ["Errors", fixed(now.errors), ""],
    ["Events", fixed(now.accepted_per_s), "/s"],
    ["Refused", fixed(now.rejected_per_s), "/s", now.rejected_per_s > 0],
    ["API p95", fixed(now.p95_ms, 1), "ms", now.p95_ms > 100],
    ["Waiting", fixed(now.in_flight), "batches"],
    ["Watching", fixed(now.live_clients), ""],
  ]);
}

function showPast(past) {
  const total = past.total;
  const counts = total.counts;
  tiles("totals", [
    ["Sessions", fixed(total.sessions), ""],
    ["FPS, median", fixed(total.fps_median), "", total.fps_median !== null && total.fps_median < 55],
    ["Memory, mean", fixed(total.memory_mean_mb, 1), "MB", total.memory_mean_mb > 45],
    ["Errors a session", fixed(total.errors_per_session, 3), "", total.errors_per_session > 0.05],
    ["Trust gained", fixed(total.trust_gained_mean, 1), "points"],
    ["Session", fixed(total.duration_mean_s), "s"],
    ["API p95", fixed(past.p95_ms, 1), "ms", past.p95_ms > 100],
  ]);
  const hours = past.by_hour.map((each) => ({ ...each, at: new Date(each.hour * 3_600_000) }));
  const label = (each) =>
    past.hours > 48 ? `${each.at.getDate()}.${each.at.getMonth() + 1}.` : `${each.at.getHours()} h`;
  const daily = Array(24).fill(0);
  const weekly = Array(7).fill(0);
  for (const each of hours) {
    daily[each.at.getHours()] += each.interactions;
    weekly[each.at.getDay()] += each.interactions;
  }
  byId("charts").replaceChildren(
    line(
      "Frames a second, median",
      hours.map((each) => [label(each), each.fps_median]),
      0,
      60,
      "Hz",
    ),
    line(
      "Memory, mean",
      hours.map((each) => [label(each), each.memory_mean_mb]),
      0,
      50,
      "MB",
    ),
    line(
      "Trust at the end of a session",
      hours.map((each) => [label(each), each.trust_mean]),
      0,
      100,
      "points",
    ),
    shares(
      "Moods, by time",
      MOODS.map((mood) => [mood, counts.moods_s[mood] || 0, `mood-${mood}`]),
    ),
    bars(
      "Interactions by hour of day",
      daily.map((value, hour) => [String(hour), value]),
    ),
    bars(
      "Interactions by weekday",
      weekly.map((value, day) => [DAYS[day], value]),
    ),
    bars(
      "Sessions",
      hours.map((each) => [label(each), each.sessions]),
    ),
    bars(
      "Errors",
      hours.map((each) => [label(each), each.errors]),
    ),
    shares("Devices", Object.entries(counts.devices)),
    shares("Milestones", Object.entries(counts.milestones)),
    shares(
      "Errors by code",
      Object.entries(counts.errors)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 8),
    ),
    bars(
      "Frame rates",
      counts.fps.map((value, bin) => [String(bin * 5), value]),
    ),
  );
}

function showTrials(trials) {
  byId("experiments").replaceChildren(
    ...trials.map((trial) => {
      const box = document.createElement("div");
      box.className = "scroll";
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", trial.experiment);
      const heading = document.createElement("h3");
      heading.textContent = `${trial.experiment.replaceAll("_", " ")} · ${trial.status}`;
      const note = document.createElement("p");
      note.className = trial.mismatched ? "note warn" : "note";
      note.textContent = noted(trial);
      box.append(heading, note, table(trial));
      return box;
    }),
  );
}

function noted(trial) {
  const units = Object.entries(trial.counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(" · ");
  const stopped = trial.stopped.length ? ` Stopped: ${trial.stopped.join(", ")}.` : "";
  const ratio = trial.mismatched
    ? ` Sample-ratio mismatch (p ${trial.ratio_p.toExponential(1)}): believe nothing below.`
    : "";
  return `${trial.help} Units: ${units}.${stopped}${ratio}`;
}

function table(trial) {
  const grid = document.createElement("table");
  row(
    grid.createTHead(),
    ["variant", "metric", trial.control, "variant's", "difference", "always-valid interval", "p"],
    "th",
  );
  const body = grid.createTBody();
  for (const found of trial.findings) {
    const [low, high] = found.sequence;
    const bounds = low === null || high === null ? "too few units" : `${low.toPrecision(3)} … ${high.toPrecision(3)}`;
    const cells = [
      found.variant,
      found.metric.replaceAll("_", " "),
      found.control.mean.toPrecision(4),
      found.treatment.mean.toPrecision(4),
      found.difference.toPrecision(3),
      bounds,
      found.p_sequential.toFixed(3),
    ];
    const line_ = row(body, cells, "td");
    if (found.broken) line_.className = "warn";
    else if (found.p_sequential < 0.05) line_.className = "sure";
  }
  return grid;
}

function row(section, cells, kind) {
  const line_ = section.insertRow();
  for (const text of cells) {
    const cell = document.createElement(kind);
    if (kind === "th") cell.scope = "col";
    cell.textContent = text;
    line_.append(cell);
  }
  return line_;
}
