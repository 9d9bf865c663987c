"""nginx: its configuration, written from the edge's rules, and the process itself."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from candlefish.ops import OpsError, edge
from candlefish.ops.deployment import Colour
from candlefish.ops.environments import BUCKET_PERCENT
from candlefish.ops.local.layout import BUCKETS, EnvironmentLayout, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from candlefish.ops.release import Release

BROTLI: Final = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
SEARCHED: Final = "/usr/sbin:/usr/local/sbin"
START_S: Final = 10.0
TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_HIDDEN: Final = ("Content-Security-Policy", "Cache-Control", *edge.HEADERS)


def program() -> str | None:
    """nginx, where it is installed."""
    return shutil.which("nginx") or shutil.which("nginx", path=SEARCHED)


def ports(port: int) -> dict[Colour, int]:
    """Each colour's own port."""
    return {Colour.BLUE: port + 1, Colour.GREEN: port + 2}


def policies(releases: Iterable[Release]) -> str:
    """The pages that have a policy of their own, as a map by release and path."""
    rows = [
        f'"{release.id}:{path}" "{policy}";'
        for release in sorted(releases, key=lambda one: one.id)
        for path, policy in sorted(edge.policies(release).items())
    ]
    return "\n".join(rows) + "\n"


def configuration(layout: EnvironmentLayout, port: int, *, brotli: bool) -> str:
    """The whole configuration of one environment."""
    own = ports(port)
    servers = [_server(layout, port, "traffic/$bucket")]
    servers += [_server(layout, own[colour], f"colours/{colour}") for colour in Colour]
    return "\n".join([*_top(layout, brotli=brotli), "http {", *_shared(layout), *servers, "}", ""])


def _top(layout: EnvironmentLayout, *, brotli: bool) -> list[str]:
    return [
        "# Written by candlefish deploy from candlefish/ops/edge.py.",
        *([f"load_module {BROTLI};"] if brotli else []),
        *([f"user {pwd.getpwuid(os.geteuid()).pw_name};"] if os.geteuid() == 0 else []),
        "worker_processes 2;",
        f"pid {layout.nginx_pid};",
        f"error_log {layout.root}/logs/error.log warn;",
        f"working_directory {layout.root};",
        "worker_shutdown_timeout 30s;",
        "events { worker_connections 2048; }",
    ]


def _shared(layout: EnvironmentLayout) -> list[str]:
    types = "\n".join(f'  "{kind}" {suffix[1:]};' for suffix, kind in sorted(edge.TYPES.items()))
    buckets = [f"  {BUCKET_PERCENT}% {bucket};" for bucket in BUCKETS[:-1]]
    log = '{"at_s":$msec,"port":$server_port,"release":"$release","kind":"$kind","status":$status,'
    log += '"took_s":$request_time}'
    return [
        f"types {{\n{types}\n}}",
        "default_type application/octet-stream;",
        "server_tokens off; absolute_redirect off; etag on;",
        "if_modified_since off; gzip_vary on; tcp_nopush on; sendfile on;",
        f"client_max_body_size {edge.BODY_BYTES_MAX};",
        *(f"{name}_temp_path {layout.root}/run/{name};" for name in TEMPORARY),
        'split_clients "$remote_addr$http_user_agent" $bucket {',
        *buckets,
        f"  * {BUCKETS[-1]};",
        "}",
        'map $realpath_root $release { "~/releases/(?<found>[0-9a-f]{12})/" $found; default ""; }',
        "map $uri $kind {",
        *(f'  "~^{path}" service;' for path in edge.SERVICE_PATHS),
        "  default site;\n}",
        f'map "$release:$uri" $page_policy {{\n  include {layout.root}/policies.conf;',
        f'  default "{edge.PLAIN_POLICY}";\n}}',
        'map "$status:$uri" $page_cache {',
        f'  "~^(200|206|304):{edge.HASHED[1:]}" "{edge.IMMUTABLE}";',
        f'  "~^(200|206|304):" "{edge.REVALIDATE}";',
        f'  default "{edge.NO_STORE}";\n}}',
        *_own_or_ours(),
        "map $http_upgrade $connection_word { default upgrade; '' close; }",
        # This machine is not limited, nor is an address kept longer than the zone needs it.
        "geo $is_limited { default 1; 127.0.0.1/32 0; }",
        "map $is_limited $limited_by { 1 $binary_remote_addr; 0 ''; }",
        f"limit_req_zone $limited_by zone=address:4m rate={edge.RATE_A_SECOND}r/s;",
        "limit_req_status 429;",
        f"log_format answers escape=json '{log}';",
        f"access_log {layout.access_log} answers;",
    ]


def _variable(header: str) -> str:
    return header.lower().replace("-", "_")


def _own_or_ours() -> list[str]:
    """A header of the service's own answers stays; every other answer gets the edge's value."""
    ours = {name: f'"{value}"' for name, value in edge.HEADERS.items()}
    ours |= {"Content-Security-Policy": "$page_policy", "Cache-Control": "$page_cache"}
    rows = []
    for name, value in ours.items():
        upstream = f"$upstream_http_{_variable(name)}"
        rows.append(f"map {upstream} $said_{_variable(name)} {{ '' {value}; default {upstream}; }}")
    return rows


def _server(layout: EnvironmentLayout, port: int, place: str) -> str:
    headers = [f"  add_header {name} $said_{_variable(name)} always;" for name in _HIDDEN]
    proxied = [
        # Which release it is is kept from here on: a switch while the answer is under way does not change it.
        "    set $answering $release;",
        "    limit_req zone=address burst=" + f"{edge.BURST} nodelay;",
        *(f"    proxy_hide_header {name};" for name in _HIDDEN),
        "    proxy_http_version 1.1;",
        "    proxy_set_header Host $host;",
        "    proxy_set_header Upgrade $http_upgrade;",
        "    proxy_set_header Connection $connection_word;",
        "    proxy_connect_timeout 2s; proxy_read_timeout 60s;",
        f"    proxy_pass http://unix:{place}/api.sock:;",
    ]
    elsewhere = [
        f"  location @{colour} {{ root {layout.root}/colours/{colour}/site; try_files $uri @{after}; }}"
        for colour, after in ((Colour.BLUE, Colour.GREEN), (Colour.GREEN, "nowhere"))
    ]
    # A page of one colour may ask for the hashed files of the other while visitors are shifted.
    fallback = "@blue" if place.startswith("traffic") else "=404"
    own_only = not place.startswith("traffic")
    return "\n".join(
        [
            "server {",
            f"  listen 127.0.0.1:{port};",
            f"  root {layout.root}/{place}/site;",
            "  index index.html;",
            "  gzip_static on;" + (" brotli_static on;" if BROTLI.exists() else ""),
            *headers,
            "  add_header Candlefish-Release $release always;",
            f'  location ~ "{edge.HASHED}" {{ try_files $uri {fallback}; }}',
            *([] if own_only else elsewhere),
            *([] if own_only else ["  location @nowhere { return 404; }"]),
            f'  location ~ "^({"|".join(edge.SERVICE_PATHS)})" {{',
            *proxied,
            "  }",
            "  location ~ /\\. { return 404; }",
            '  location ~ "[.](br|gz)$" { return 404; }',
            "}",
        ]
    )


class NginxProcess:
    """The nginx of one environment."""

    def __init__(self, layout: EnvironmentLayout, port: int) -> None:
        self._layout, self._port = layout, port

    def configure(self, releases: Iterable[Release]) -> None:
        """Write the configuration, and reload a running nginx if it changed.

        Raises:
            OpsError: nginx is not installed, or refuses the configuration.
        """
        text = configuration(self._layout, self._port, brotli=BROTLI.exists())
        files = {self._layout.root / "policies.conf": policies(releases), self._layout.configuration: text}
        changed = [path for path, content in files.items() if _text(path) != content]
        for path in changed:
            write(path, files[path])
        if not self.pid():
            self._run()
            self._wait()
        elif changed:
            self._run("-t", "-q")
            self._run("-s", "reload")

    def pid(self) -> int | None:
        """The process, while it runs."""
        try:
            pid = int(_text(self._layout.nginx_pid))
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            return None
        return pid if "nginx" in command and str(self._layout.configuration) in command else None

    def stop(self) -> None:
        """Stop it after it has answered open requests."""
        pid = self.pid()
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        until_s = time.monotonic() + START_S
        while self.pid() is not None and time.monotonic() < until_s:
            time.sleep(0.02)
        if self.pid() is not None:
            os.kill(pid, signal.SIGTERM)

    def _wait(self) -> None:
        until_s = time.monotonic() + START_S
        while self.pid() is None:
            if time.monotonic() > until_s:
                raise OpsError(f"nginx did not start: see {self._layout.root}/logs/error.log")
            time.sleep(0.02)

    def _run(self, *arguments: str) -> None:
        nginx = program()
        if nginx is None:
            raise OpsError("nginx is not installed (Debian: apt-get install nginx)")
        place = ["-p", str(self._layout.root), "-c", str(self._layout.configuration)]
        log = ["-e", f"{self._layout.root}/logs/error.log"]
        # Its own session: an interrupt of this command is none of nginx's.
        done = subprocess.run(
            [nginx, *place, *log, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
        )
        if done.returncode:
            raise OpsError(f"nginx refuses: {done.stdout.strip()}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
