// Viewer response. What a file says of itself, in its metadata, becomes what the answer says.
const SAID = { "x-amz-meta-policy": "content-security-policy", "x-amz-meta-release": "candlefish-release" };

function handler(event) {
  const headers = event.response.headers;
  for (const name in SAID) {
    if (headers[name]) headers[SAID[name]] = headers[name];
    delete headers[name];
  }
  headers.vary = { value: "Accept-Encoding" };
  return event.response;
}
