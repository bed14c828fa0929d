"""What a webhook of the line costs, beside a Flask view that returns a constant.

Run: python benchmarks/webhook.py [--quick]

In process: a signed request with the 26 fields of a real webhook, the line and the constant in
turns, so that both meet the same noise; ratios of medians over nine rounds. Then over HTTP,
gunicorn with one sync worker on loopback: how many requests a second each takes.
"""

from __future__ import annotations

import argparse
import io
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask, Response
from twilio.request_validator import RequestValidator

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from served import Server, gunicorn

from ivr import Settings, create_app
from ivr.call.red_flags import RED_FLAGS
from ivr.directory import SHIPPED_DIRECTORY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

TOKEN = "12345"  # noqa: S105 - no secret
HOST = "line.example.org"
ROUNDS = 9
SLICE = 20
MONDAY_AT_10 = datetime.fromisoformat("2026-11-23T10:00-06:00")
PLACE = {"City": "SAINT PAUL", "State": "MN", "Zip": "55101", "Country": "US"}
FORM = {
    "AccountSid": "AC" + "0" * 32,
    "ApiVersion": "2010-04-01",
    "CallSid": "CA" + "1" * 32,
    "CallStatus": "in-progress",
    "CallToken": "%7B%22parentCallInfoToken%22%3A%22" + "eyJhbGciOiJFUzI1NiJ9" * 12 + "%22%7D",
    "Direction": "inbound",
    **dict.fromkeys(("Caller", "From"), "+16125550123"),
    **dict.fromkeys(("Called", "To"), "+19525550100"),
    **{
        f"{who}{what}": value
        for who in ("Caller", "Called", "From", "To")
        for what, value in PLACE.items()
    },
}
"""The fields of a webhook for an inbound call. Source: Twilio's documentation of its requests."""


@dataclass(frozen=True)
class Case:
    """A webhook, the app that answers it, and how much of a constant view it may cost."""

    name: str
    app: WSGIApplication
    environ: WSGIEnvironment
    body: bytes
    aim: float

    def ask(self) -> bytes:
        """Ask it once; the answer's body."""
        status = ""

        def start_response(told: str, *_: object) -> Callable[[bytes], object]:
            nonlocal status
            status = told
            return lambda _: None

        environ = self.environ | {"wsgi.input": io.BytesIO(self.body)}
        answer = b"".join(self.app(environ, start_response))
        if not status.startswith("200"):
            raise SystemExit(f"{self.name}: {status}")
        return answer


def constant_app(document: bytes) -> Flask:
    """A Flask app of one view, which returns a constant."""
    app = Flask("constant", static_folder=None)

    @app.route("/<path:_>", methods=["GET", "POST"])
    def constant(_: str) -> Response:
        return Response(document, mimetype="text/xml")

    return app


def environ(path: str, body: bytes, signature: str) -> WSGIEnvironment:
    """A request as gunicorn hands it over, as Twilio's come through a proxy."""
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "RAW_URI": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=UTF-8",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": HOST,
        "HTTP_ACCEPT": "*/*",
        "HTTP_USER_AGENT": "TwilioProxy/1.1",
        "HTTP_I_TWILIO_IDEMPOTENCY_TOKEN": "00000000-0000-0000-0000-000000000000",
        "HTTP_X_TWILIO_SIGNATURE": signature,
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }


def request(path: str, **answered: str) -> tuple[bytes, str]:
    """The body of a webhook, and its signature."""
    form = FORM | answered
    signature = RequestValidator(TOKEN).compute_signature(f"https://{HOST}{path}", form)
    return urlencode(form).encode(), signature


def cases(folder: Path) -> Iterator[Case]:
    """The webhooks that are measured."""
    settings = Settings(TOKEN, f"https://{HOST}")
    line = create_app(settings, clock=lambda: MONDAY_AT_10)
    listening = folder / "directory.toml"
    text = SHIPPED_DIRECTORY.read_text("utf-8")
    listening.write_text(text.replace('tty_detection = "on-silence"', 'tty_detection = "always"'))
    always = create_app(replace(settings, directory=listening), clock=lambda: MONDAY_AT_10)
    flag = f"/voice/en/{RED_FLAGS[0].name}/1"
    for name, app, path, answered, aim in (
        ("a turn: no to a red flag", line, flag, {"Digits": "2", "FinishedOnKey": ""}, 2.5),
        ("the first turn of a call", line, "/voice", {}, 2.5),
        ("the same, where a stream listens at once", always, "/voice", {}, 3.5),
        ("the office-hours gate", line, "/voice/en/main-menu/1", {"Digits": "2"}, 3.0),
    ):
        body, signature = request(path, **answered)
        yield Case(name, app.wsgi_app, environ(path, body, signature), body, aim)


def side_by_side(constant: Case, case: Case, slices: int) -> tuple[float, float]:
    """Processor seconds that a request of either takes: in turns, so that noise meets both."""
    spent = {constant.name: 0.0, case.name: 0.0}
    for _ in range(slices):
        for each in (constant, case):
            began = time.process_time()
            for _ in range(SLICE):
                each.ask()
            spent[each.name] += time.process_time() - began
    times = slices * SLICE
    return spent[constant.name] / times, spent[case.name] / times


def in_process(slices: int) -> None:
    """Each webhook beside the constant, in turns."""
    with TemporaryDirectory() as folder:
        for case in cases(Path(folder)):
            constant = replace(case, name="constant", app=constant_app(case.ask()).wsgi_app)
            rounds = [side_by_side(constant, case, slices) for _ in range(ROUNDS + 1)][1:]
            view, turn = (statistics.median(each) for each in zip(*rounds, strict=True))
            ratios = [b / a for a, b in rounds]
            print(
                f"{case.name}: {turn * 1e6:.0f} µs, the constant {view * 1e6:.0f} µs, "
                f"{turn / view:.2f} times (rounds {min(ratios):.2f} to {max(ratios):.2f}; "
                f"aim {case.aim})"
            )


# Over HTTP

REQUESTS = 400
"""In a slice of a round."""

AIM = 0.65
"""Of the constant's throughput."""

CONSTANT = "WEBHOOK_CONSTANT"
"""The environment variable that names a file with what the constant view returns."""


def constant() -> Flask:
    """The app of one view, as gunicorn loads it."""
    return constant_app(Path(os.environ[CONSTANT]).read_bytes())


def line() -> Flask:
    """The line, as gunicorn loads it."""
    return create_app(Settings(TOKEN, f"https://{HOST}"))


@contextmanager
def sync_worker(folder: Path, app: str, answer: Path) -> Iterator[Server]:
    """One worker that answers one request after the other."""
    folder.mkdir()
    options = ("--config=/dev/null", "--no-control-socket", "--worker-class=sync", "--workers=1")
    here = f"--pythonpath={Path(__file__).parent}"
    environ = {CONSTANT: str(answer)}
    with gunicorn(folder, environ, None, f"webhook:{app}()", here, *options) as server:
        yield server


def raw(case: Case) -> bytes:
    """A case's request as it goes over the wire."""
    sent = case.environ
    return (
        f"POST {sent['PATH_INFO']} HTTP/1.1\r\nHost: {HOST}\r\n"
        f"Content-Type: {sent['CONTENT_TYPE']}\r\nContent-Length: {len(case.body)}\r\n"
        f"X-Forwarded-Proto: https\r\nX-Twilio-Signature: {sent['HTTP_X_TWILIO_SIGNATURE']}\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + case.body


def throughput(port: int, request_bytes: bytes, count: int) -> float:
    """Requests a second, one after the other."""
    began = time.perf_counter()
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(request_bytes)
            answer = b""
            while received := server.recv(1 << 16):
                answer += received
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"not answered: {answer[:80]!r}")
    return count / (time.perf_counter() - began)


def over_http(count: int) -> None:
    """A turn and the constant, in turns."""
    with TemporaryDirectory() as name, ExitStack() as served:
        folder = Path(name)
        case = next(cases(folder))
        answer = folder / "answer.xml"
        answer.write_bytes(case.ask())
        ports = [
            served.enter_context(sync_worker(folder / app, app, answer)).port
            for app in ("constant", "line")
        ]
        rounds = [[throughput(port, raw(case), count) for port in ports] for _ in range(ROUNDS + 1)]
    view, turn = (statistics.median(each) for each in zip(*rounds[1:], strict=True))
    ratios = [b / a for a, b in rounds[1:]]
    print(
        f"gunicorn, one sync worker: {turn:.0f} turns a second, the constant {view:.0f}, "
        f"{turn / view:.2f} of it (rounds {min(ratios):.2f} to {max(ratios):.2f}; aim {AIM})"
    )


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="shorter rounds")
    quick = parser.parse_args().quick
    in_process(5 if quick else 25)
    over_http(REQUESTS // 4 if quick else REQUESTS)


if __name__ == "__main__":
    main()
