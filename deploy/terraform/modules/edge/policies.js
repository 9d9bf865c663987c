// A page may have a content security policy of its own: the release's pages are in the key-value store.
import cf from "cloudfront";

const pages = cf.kvs();

async function handler(event) {
  const uri = event.request.uri === "/" ? "/index.html" : event.request.uri;
  try {
    event.response.headers["content-security-policy"] = { value: await pages.get(uri) };
  } catch (_) {
    // no policy of its own: the general one stands
  }
  return event.response;
}
