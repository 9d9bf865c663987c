"""A service that starts at once, packed in place of the real one: health, metrics, memories; no more.

`FAULT` is written over to make it a bad release.
"""

from __future__ import annotations

import json
import os
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

FAULT = ""
ARGUMENTS = dict(zip(sys.argv[2::2], sys.argv[3::2], strict=True))
DATA = Path(ARGUMENTS["--data"])
HEADERS = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 256


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/health":
            content = {"status": "ok", "version": "0", "checks": {"store": {"ok": True}}}
            self.answer(200, content)
        elif FAULT == "500":
            self.answer(500, {"error": "broken"})
        elif self.path == "/api/memory":
            kept = DATA / "memory.json"
            remembered = kept.exists() and FAULT != "forgets"
            self.answer(
                200 if remembered else 404, {"memory": json.loads(kept.read_text()) if remembered else None}
            )
        elif self.path == "/metrics":
            self.answer(200, {})
        else:
            self.answer(200, {"from": "service"})

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        (DATA / "memory.json").write_bytes(body)
        self.answer(200, {})

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "here"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


if __name__ == "__main__":
    if FAULT == "does not start":
        sys.exit("it cannot start")
    DATA.mkdir(parents=True, exist_ok=True)
    token = DATA / "admin-token"
    if not token.exists():
        token.write_text("token-of-the-stand-in")
    place = ARGUMENTS["--socket"]
    if os.path.lexists(place):
        os.unlink(place)  # noqa: PTH108
    with Server(place, Handler) as server:
        server.serve_forever()
