"""What stands in for AWS: moto, and beside it what moto lacks, a key-value store and an edge that asks both.

The edge runs the functions that Terraform uploads, with node, and answers over HTTP on this machine: on one
port as the site, on two more as each colour's own name.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import validate_parameters
from moto import mock_aws

from candlefish.ops import edge
from candlefish.ops.aws.engine import AwsEngine
from candlefish.ops.aws.stack import AwsClients
from candlefish.ops.deployment import Colour
from candlefish.ops.environments import Environment, Limits
from candlefish.service import aws
from tests.service.on_lambda import CONTEXT, request_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STACK = "candlefish-test"
ALIASES = {"service": ("blue", "green"), "housekeeper": ("live",), "socket": ("live",)}
KEYS_ARN = "arn:aws:cloudfront::123456789012:key-value-store/1"
APIS = {Colour.BLUE: "blue123", Colour.GREEN: "green123"}
FUNCTIONS = Path(__file__).parents[2] / "deploy" / "terraform" / "modules" / "edge"
RUNNER = Path(__file__).with_name("edge.cjs")
ROLE_POLICY = {"Version": "2012-10-17", "Statement": []}


class Keys:
    """A key-value store of CloudFront's; parameters are held to the service's own description."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}
        self.tag = 0
        self.before_put: Callable[[], None] = lambda: None
        self._model = get_session().get_service_model("cloudfront-keyvaluestore")

    def describe_key_value_store(self, **given: str) -> dict[str, Any]:
        self._check("DescribeKeyValueStore", given)
        return {"ETag": str(self.tag)}

    def get_key(self, **given: str) -> dict[str, Any]:
        self._check("GetKey", given)
        if given["Key"] not in self.stored:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no key"}}, "GetKey")
        return {"Value": self.stored[given["Key"]]}

    def put_key(self, **given: str) -> dict[str, Any]:
        self._check("PutKey", given)
        self.before_put()
        if given["IfMatch"] != str(self.tag):
            raise ClientError({"Error": {"Code": "ConflictException", "Message": "changed"}}, "PutKey")
        self.stored[given["Key"]] = given["Value"]
        self.tag += 1
        return {"ETag": str(self.tag)}

    def _check(self, operation: str, given: dict[str, str]) -> None:
        assert given["KvsARN"] == KEYS_ARN
        validate_parameters(given, self._model.operation_model(operation).input_shape)


class HereEngine(AwsEngine):
    """The engine, where the edge's names are ports of this machine."""

    def __init__(self, environment: Environment, clients: AwsClients, addresses: dict[str, str]) -> None:
        super().__init__(environment, clients)
        self.addresses = addresses

    def address(self, colour: Colour | None = None) -> str:
        name = super().address(colour).removeprefix("https://")
        return self.addresses[name]


@dataclass
class Cloud:
    """A stack as Terraform leaves it, and an engine for it."""

    clients: AwsClients
    keys: Keys
    directory: Path

    def engine(self, addresses: dict[str, str] | None = None, **changes: Any) -> AwsEngine:
        """`addresses` of the edge's names; without, nothing is asked over HTTP."""
        values: dict[str, Any] = {
            "engine": "aws",
            "root": self.directory / "here",
            "stack": STACK,
            "address": "https://fish.example",
            "artefact": self.directory / "service.zip",
            "watch_s": 0.0,
            "limits": Limits(requests_min=5),
        }
        environment = Environment("test", **{**values, **changes})
        if addresses is None:
            return AwsEngine(environment, self.clients, arrives=lambda *_: True)
        return HereEngine(environment, self.clients, addresses)


@contextmanager
def cloud(directory: Path) -> Iterator[Cloud]:
    """moto with what Terraform makes: a bucket, two functions with aliases, parameters."""
    with mock_aws():
        session = boto3.session.Session(
            region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        keys = Keys()
        clients = AwsClients(
            s3=session.client("s3"),
            functions=session.client("lambda"),
            parameters=session.client("ssm"),
            keys=keys,
            metrics=session.client("cloudwatch"),
        )
        artefact = directory / "service.zip"
        with zipfile.ZipFile(artefact, "w") as file:
            file.writestr("msgspec/__init__.py", "")
            file.writestr("candlefish/__init__.py", "not this one")
        clients.s3.create_bucket(Bucket=f"{STACK}-site")
        role = session.client("iam").create_role(
            RoleName="service", AssumeRolePolicyDocument=json.dumps(ROLE_POLICY)
        )["Role"]["Arn"]
        for name, aliases in ALIASES.items():
            function = f"{STACK}-{name}"
            made = clients.functions.create_function(
                FunctionName=function,
                Runtime="python3.13",
                Role=role,
                Handler=f"candlefish.service.aws.{name}",
                Code={"ZipFile": artefact.read_bytes()},
                Publish=True,
            )
            for alias in aliases:
                clients.functions.create_alias(
                    FunctionName=function, Name=alias, FunctionVersion=made["Version"]
                )
        resources = json.dumps({"keys": KEYS_ARN, "apis": APIS})
        for parameter, value in (("resources", resources), ("CANDLEFISH_ADMIN_TOKEN", "token of the stack")):
            clients.parameters.put_parameter(Name=f"/{STACK}/{parameter}", Value=value, Type="String")
        yield Cloud(clients, keys, directory)


class Functions:
    """The edge's functions, in a node of their own."""

    def __init__(self) -> None:
        node = shutil.which("node")
        assert node is not None
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [node, str(RUNNER), str(FUNCTIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, event: dict[str, Any], stored: str = "") -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"event": event, "stored": stored}) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def route(
        self, uri: str, stored: str, *, host: str = "fish.example", ip: str = "203.0.113.9", **headers: str
    ) -> dict[str, Any]:
        sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = {"uri": uri, "headers": {name: {"value": value} for name, value in sent.items()}}
        return self.run({"request": request, "viewer": {"ip": ip}}, stored)

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()


@contextmanager
def edge_of(cloud: Cloud) -> Iterator[dict[str, str]]:
    """The edge, on ports of this machine: addresses by host name."""
    with ExitStack() as stack:
        functions = Functions()
        stack.callback(functions.close)
        sources = {}
        for host in ("fish.example", "blue.fish.example", "green.fish.example"):
            server = Edge(cloud, functions, host)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            sources[host] = f"http://127.0.0.1:{server.server_address[1]}"
        yield sources


SERVING = threading.Lock()


class Edge(ThreadingHTTPServer):
    """One of the edge's names."""

    daemon_threads = True

    def __init__(self, cloud: Cloud, functions: Functions, host: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.cloud, self.functions, self.host = cloud, functions, host


class Handler(BaseHTTPRequestHandler):
    server: Edge
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): {"value": value} for name, value in self.headers.items()}
        headers["host"] = {"value": self.server.host}
        event = {"request": {"uri": path, "headers": headers}, "viewer": {"ip": self.client_address[0]}}
        routed = self.server.functions.run(event, self.server.cloud.keys.stored.get("route", ""))
        assert "error" not in routed, routed
        if routed["origin"] == "site":
            self.site(routed["request"]["uri"])
        else:
            self.service(path, query, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = handle_any  # noqa: N815

    def site(self, key: str) -> None:
        try:
            stored = self.server.cloud.clients.s3.get_object(
                Bucket=f"{STACK}-site", Key=key.removeprefix("/")
            )
        except ClientError:
            return self.reply(404, {"cache-control": "no-store"}, b"")
        headers = {
            "content-type": stored["ContentType"],
            "cache-control": stored["CacheControl"],
            "etag": stored["ETag"],
            **{f"x-amz-meta-{name}": value for name, value in stored["Metadata"].items()},
        }
        if stored.get("ContentEncoding"):
            headers["content-encoding"] = stored["ContentEncoding"]
        response = {"headers": {n: {"value": v} for n, v in ({**POLICY, **headers}).items()}}
        answer = self.server.functions.run({"request": {}, "response": response})
        headers = {name: each["value"] for name, each in answer["headers"].items()}
        return self.reply(200, headers, stored["Body"].read())

    def service(self, path: str, query: str, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        encoded = base64.b64encode(body).decode()
        event = request_event(self.command, path, headers, encoded, query=query, base64=True)
        with SERVING:  # an instance of Lambda has one request at a time
            answer = aws.handler(event, CONTEXT)
        text = answer["body"] or ""
        raw = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
        self.reply(answer["statusCode"], {n.lower(): v for n, v in answer["headers"].items()}, raw)

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in ({**POLICY, **headers, "content-length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


POLICY = {name.lower(): value for name, value in edge.HEADERS.items()} | {
    "content-security-policy": edge.PLAIN_POLICY
}
"""What CloudFront's response headers policy adds."""
