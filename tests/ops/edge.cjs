// Runs the edge's two functions as CloudFront does: a request a line in, what became of it a line out.
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");

const directory = process.argv[2];
const load = (name, cf) => {
  const code = readFileSync(`${directory}/${name}.js`, "utf-8").replace(/^import cf from "cloudfront";$/m, "");
  return new Function("cf", `${code}; return handler;`)(cf);
};
let route = "";
let origin = "site";
const route_js = load("route", {
  kvs: () => ({ get: async (key) => (key === "route" && route ? route : Promise.reject(new Error("no such key"))) }),
  selectRequestOriginById: (id) => {
    origin = id;
  },
});
const answer_js = load("answer", {});

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { event, stored } = JSON.parse(line);
  [route, origin] = [stored, "site"];
  try {
    const said = event.response ? await answer_js(event) : { request: await route_js(event), origin };
    process.stdout.write(`${JSON.stringify(said)}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
});
