// Viewer request. Which release answers, in which form: files by path, the service by origin.
// `candlefish deploy` keeps the route in the key-value store: {"blue": release, "green": release, "first": colour, "percent": n}.
import cf from "cloudfront";

const store = cf.kvs();
const HASHED = /^\/[^/]+-[0-9a-f]{12}\//;
const SERVICE = /^\/(api\/|health|metrics|dashboard)/;
const DIRECTORY = /^\/docs$/;
const FORMS = { br: ".br", gzip: ".gz" };

/** 0…99, the same for an address every time (FNV-1a). */
function place(address) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < address.length; i += 1) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193) >>> 0;
  return hash % 100;
}

/** A colour has a name of its own, for those who try it; visitors get one by their share. */
function colourOf(request, viewer, route) {
  const asked = request.headers.host.value.split(".")[0];
  if (asked === "blue" || asked === "green") return asked;
  const other = route.first === "blue" ? "green" : "blue";
  return place(viewer.ip) < route.percent ? route.first : other;
}

/** Every file is stored in each form, so no form needs to be asked for twice. */
function formOf(request) {
  const accepted = request.headers["accept-encoding"] ? request.headers["accept-encoding"].value : "";
  for (const coding in FORMS)
    if (new RegExp(`\\b${coding}\\b(?!;q=0(\\.0*)?(,|$))`).test(accepted)) return FORMS[coding];
  return "";
}

async function handler(event) {
  const request = event.request;
  if (HASHED.test(request.uri)) {
    request.uri = `/hashed${request.uri}${formOf(request)}`;
    return request;
  }
  if (DIRECTORY.test(request.uri))
    return {
      statusCode: 301,
      statusDescription: "Moved Permanently",
      headers: { location: { value: `${request.uri}/` } },
    };
  const route = JSON.parse(await store.get("route"));
  const colour = colourOf(request, event.viewer, route);
  if (SERVICE.test(request.uri)) cf.selectRequestOriginById(`service-${colour}`);
  else
    request.uri = `/releases/${route[colour]}/site${request.uri.endsWith("/") ? `${request.uri}index.html` : request.uri}${formOf(request)}`;
  return request;
}
