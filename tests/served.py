"""The line as it is put on a number: gunicorn, and nginx before it, on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import requests
from line_facts import CARELINE, TOKEN
from twilio.request_validator import RequestValidator
from werkzeug import Response

from ivr.config import load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.twilio.fallback import safe_exit
from ivr.twilio.signature import HEADER
from ivr.twilio.tickets import STREAM_PATH
from ivr.wording import SHIPPED_PROMPTS
from offhook.callers.loopback import Loopback
from offhook.callers.phone import Phone
from offhook.callers.target import target

ROOT = Path(__file__).parents[1]
NGINX = ROOT / "deploy" / "nginx.conf"
PUBLIC = "https://line.example.org"
FLAG = "/voice/en/bladder-bowel/1"
"""A webhook that answers a question."""

SECONDS = 20
"""What is waited for comes sooner."""

IDENTITY = {
    "AccountSid": "AC" + "0" * 32,
    "CallSid": "CA" + "1" * 32,
    "From": "+16125550123",
    "To": "+19525550100",
}


@dataclass(frozen=True)
class Server:
    """A server that was started, and the file that it writes to."""

    process: subprocess.Popen[bytes]
    port: int
    log_file: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        """What it has written."""
        return self.log_file.read_text("utf-8")

    def workers(self) -> list[int]:
        """The processes that it has begun."""
        pid = self.process.pid
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def reload(self) -> None:
        """Let it read its files again, and wait until it has."""
        before = self.log().count("Booting worker")
        self.process.send_signal(signal.SIGHUP)
        await_that(lambda: self.log().count("Booting worker") >= before + 2)
        await_that(lambda: len(self.workers()) == 2)


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def gunicorn(
    folder: Path,
    environ: Mapping[str, str] | None = None,
    log: Path | None = None,
    app: str = "wsgi:app",
    *options: str,
) -> Iterator[Server]:
    """Serve the line as the README does, with these variables and options besides."""
    port = free_port()
    surroundings = {"TWILIO_AUTH_TOKEN": TOKEN, "IVR_PUBLIC_URL": PUBLIC} | dict(environ or {})
    log = log or folder / "gunicorn.log"
    command = [sys.executable, "-m", "gunicorn", app, "-b", f"127.0.0.1:{port}", *options]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | surroundings, stdout=said, stderr=said
        )
    with _ended(process):
        server = Server(process, port, log)
        await_health(server)
        yield server


@contextmanager
def nginx(
    folder: Path, line_port: int, *changes: tuple[str, str], more: str = ""
) -> Iterator[Server]:
    """The shipped configuration, before the line; `changes` are made in it, `more` stands in it."""
    port = free_port()
    own = folder / "nginx"
    (own / "line.d").mkdir(parents=True)
    temporary = [
        f"{name}_temp_path {own / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    ]
    (own / "line.d" / "more.conf").write_text("\n".join([*temporary, more]))
    text = NGINX.read_text("utf-8")
    for old, new in (
        ("listen 80 default_server", f"listen 127.0.0.1:{port}"),
        ("127.0.0.1:8000", f"127.0.0.1:{line_port}"),
        ("/var/log/nginx/", f"{own}/"),
        ("/etc/nginx/line.d/", f"{own}/line.d/"),
        *changes,
    ):
        assert old in text, old
        text = text.replace(old, new)
    configuration = own / "nginx.conf"
    configuration.write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    alone = f"daemon off; pid {own / 'pid'}; {user}"
    command = ["nginx", "-p", str(own), "-c", str(configuration), "-g", alone]
    with (own / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    with _ended(process):
        server = Server(process, port, own / "line.log")
        await_health(server)
        yield server


@contextmanager
def line_behind_nginx(
    folder: Path, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[Server, Server]]:
    """Both: gunicorn, and nginx."""
    with ExitStack() as stack:
        line = stack.enter_context(gunicorn(folder, environ))
        yield line, stack.enter_context(nginx(folder, line.port))


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def await_that(condition: Callable[[], bool], seconds: int = SECONDS) -> None:
    """Wait until a condition holds; it is asked ten times a second."""
    rests = threading.Event()
    for _ in range(seconds * 10):
        if condition():
            return
        rests.wait(0.1)
    raise AssertionError("it does not come to hold")


def await_health(server: Server) -> None:
    """Wait until the line is there."""

    def is_there() -> bool:
        assert server.process.poll() is None, "the server has ended"
        with suppress(requests.ConnectionError):
            return requests.get(f"{server.url}/healthz", timeout=SECONDS).ok
        return False

    await_that(is_there)


def signed(path: str, **form: str) -> tuple[bytes, dict[str, str]]:
    """The body of a webhook and its headers, as Twilio sends them to the public URL."""
    fields = IDENTITY | form
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", HEADER: signature}
    return urlencode(fields).encode(), headers | {"Host": urlsplit(PUBLIC).netloc}


@contextmanager
def half_requests(server: Server) -> Iterator[None]:
    """200 sockets that have sent half a header, and 200 half a form."""
    body, headers = signed(FLAG, Digits="2")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    half_header = f"POST {FLAG} HTTP/1.1\r\n{head[:60]}".encode()
    half_form = f"POST {FLAG} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
    with ExitStack() as held:
        for half in [half_header, half_form + body[:20]] * 200:
            peer = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)
            held.enter_context(peer).sendall(half)
        yield


def stream_headers() -> dict[str, str]:
    """What Twilio signs the handshake of a media stream with."""
    url = f"wss{PUBLIC.removeprefix('https')}{STREAM_PATH}"
    return {HEADER: RequestValidator(TOKEN).compute_signature(url, {})}


def calls_while_workers_die(line: Server, proxy: Server, calls: int) -> list[bool]:
    """Place calls, four at a time, while workers are killed: whether each reached a nurse.

    Where the line does not answer, the document that is hosted elsewhere does.
    """
    shipped = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS)
    hosted = Response(safe_exit(shipped.prompts["en"], shipped.directory), mimetype="text/xml")
    done = threading.Event()

    def kill_workers() -> None:
        while not done.wait(0.2):
            for pid in line.workers()[:1]:
                os.kill(pid, signal.SIGKILL)

    with Loopback() as elsewhere:
        elsewhere.serve(hosted)
        called = target(f"{proxy.url}/voice", auth_token=TOKEN, fallback_url=elsewhere.url)
        killer = threading.Thread(target=kill_workers)
        killer.start()
        try:
            with ThreadPoolExecutor(4) as callers:
                return list(callers.map(lambda _: reaches_a_nurse(Phone(called)), range(calls)))
        finally:
            done.set()
            killer.join()


def reaches_a_nurse(phone: Phone) -> bool:
    """Six noes, then 0; or whatever the fallback does: a number of the CareLine rings."""
    call = phone.dial()
    for key in "2222220":
        if not call.numbers_dialled:
            call.press(key)
    phone.hang_up_all()
    return call.numbers_dialled[:1] in ([CARELINE[0]], [CARELINE[1]])


def post(server: Server, path: str, **form: str) -> requests.Response:
    """Post a webhook as Twilio does."""
    body, headers = signed(path, **form)
    return requests.post(server.url + path, data=body, headers=headers, timeout=SECONDS)
