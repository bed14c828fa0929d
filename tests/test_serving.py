"""The line as it is put on a number: gunicorn behind the nginx that is shipped, both real."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from defusedxml.ElementTree import fromstring
from flask import Flask, request
from line_facts import CARELINE
from served import (
    FLAG,
    PUBLIC,
    SECONDS,
    Server,
    await_that,
    calls_while_workers_die,
    gunicorn,
    half_requests,
    line_behind_nginx,
    nginx,
    post,
    stream_headers,
)
from test_tty_stream import hears_a_text, is_closed, started
from websockets.sync.client import ClientConnection, connect

from ivr.call.nodes import Way
from ivr.directory import SHIPPED_DIRECTORY
from ivr.twilio.tickets import STREAM_PATH, Talk
from offhook.callers.loopback import Loopback

pytestmark = pytest.mark.slow

MAIN_MENU = "main-menu"
GONE = "+16123390000"
"""A number of the CareLine's that is not in the shipped directory."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """The line, and nginx before it."""
    with line_behind_nginx(tmp_path_factory.mktemp("served")) as both:
        yield both


def stream(server: Server) -> ClientConnection:
    """A media stream that Twilio opens through this server."""
    url = f"ws://127.0.0.1:{server.port}{STREAM_PATH}"
    return connect(url, additional_headers=stream_headers())


# The proxy


def test_nginx_hands_webhooks_through(served: tuple[Server, Server]) -> None:
    """As they were signed, and their answers whole; what is not signed is refused."""
    answer = post(served[1], FLAG, Digits="2")
    assert answer.status_code == 200
    assert next(fromstring(answer.content).iter("Gather")).get("action")
    assert requests.post(served[1].url + FLAG, timeout=SECONDS).status_code == 403


def test_half_requests_hold_up_nobody(served: tuple[Server, Server]) -> None:
    """400 sockets send half a header or half a form and wait: each webhook is answered."""
    with half_requests(served[1]):
        answers = [post(served[1], FLAG, Digits="2") for _ in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 20


def test_a_large_body_is_refused_before_it_is_sent(served: tuple[Server, Server]) -> None:
    """Nobody waits for 300 MB, and no disk gets them."""
    with socket.create_connection(("127.0.0.1", served[1].port), timeout=SECONDS) as peer:
        peer.sendall(
            b"POST /voice HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            b"Content-Length: 300000000\r\n\r\n--x\r\n"
        )
        assert peer.recv(64).startswith(b"HTTP/1.1 413 ")


def test_no_body_goes_to_a_disk(tmp_path: Path, served: tuple[Server, Server]) -> None:
    """The longest that is read stays in memory: nginx, asked to tell of it, has nothing to."""
    told = f"error_log {tmp_path / 'warnings'} warn;"
    with nginx(tmp_path, served[0].port, more=told) as proxy:
        assert post(proxy, FLAG, SpeechResult="n" * 60_000).status_code == 200
    assert (tmp_path / "warnings").read_text() == ""


def test_no_log_names_a_path(tmp_path: Path) -> None:
    """Not of a call that goes well, nor when the line is gone or a request is refused."""
    with gunicorn(tmp_path) as line, nginx(tmp_path, line.port) as proxy:
        assert post(proxy, FLAG, Digits="2").status_code == 200
        assert post(proxy, "/voice/en/gone/1", SpeechResult="my-symptom").status_code == 200
        assert requests.post(proxy.url + FLAG, timeout=SECONDS).status_code == 403
        assert requests.post(proxy.url + FLAG, b"x" * 99_999, timeout=SECONDS).status_code == 413
        line.process.terminate()
        line.process.wait(60)
        assert post(proxy, FLAG, Digits="2").status_code == 502
    logs = [line.log_file, *(tmp_path / "nginx").glob("*.log"), tmp_path / "nginx" / "said"]
    texts = [log.read_text("utf-8") for log in logs]
    assert re.search(r"T\S+ 502 by line: 502, 502 [\d.]+ s\n", "".join(texts))
    for word in ("bladder", "/voice", "gone", "symptom", "16125550123", "CA1111"):
        assert not [text for text in texts if word in text], word


def test_streams_go_through_and_may_be_silent(
    tmp_path: Path, served: tuple[Server, Server]
) -> None:
    """A stream that nobody sends a byte in outlasts by far what ends a webhook."""
    webhooks = ("proxy_read_timeout 15s", "proxy_read_timeout 1s")
    with nginx(tmp_path, served[0].port, webhooks) as proxy, stream(proxy) as held:
        held.send('{"event": "connected"}')
        held.send(started())
        assert hears_a_text(held)
        with pytest.raises(TimeoutError):
            held.recv(timeout=3)
        held.send(json.dumps({"event": "stop", "stop": {}}))
        assert is_closed(held)


# Edited files


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """The line of a directory that can be edited."""
    directory = tmp_path / "directory.toml"
    shutil.copy(SHIPPED_DIRECTORY, directory)
    with gunicorn(tmp_path, {"IVR_DIRECTORY": str(directory)}) as line:
        yield line, directory


def dialled(line: Server) -> list[str | None]:
    """Whom a caller who wants a nurse is put through to first."""
    answer = post(line, FLAG, Digits="0")
    return [number.text for number in fromstring(answer.content).iter("Number")]


def health(line: Server) -> str:
    """What the health check says."""
    answer = requests.get(f"{line.url}/healthz", timeout=SECONDS)
    assert answer.status_code == 200
    return answer.text


def test_a_hangup_signal_takes_up_an_edited_directory(edited: tuple[Server, Path]) -> None:
    """A call that had begun goes on, and dials the new number."""
    line, directory = edited
    assert dialled(line) == [CARELINE[0]]
    directory.write_text(directory.read_text().replace(CARELINE[0], GONE))
    assert dialled(line) == [CARELINE[0]]
    line.reload()
    assert dialled(line) == [GONE]
    assert health(line) == "ok\n"


def test_a_wrong_directory_is_refused_by_name(edited: tuple[Server, Path]) -> None:
    """All goes on with the old one until it is mended, and the health check says so."""
    line, directory = edited
    right = directory.read_text()
    directory.write_text(right.replace(CARELINE[0], "call me"))
    line.reload()
    assert dialled(line) == [CARELINE[0]]
    assert health(line) == "ok, but a change was refused\n"
    assert "the change is refused" in line.log()
    assert "directory.toml: careline: local" in line.log()
    assert "Traceback" not in line.log()
    directory.write_text(right.replace(CARELINE[0], GONE))
    line.reload()
    assert dialled(line) == [GONE]
    assert health(line) == "ok\n"


def test_a_conversation_goes_on_in_a_new_worker(tmp_path: Path) -> None:
    """A reload ends no stream before its call was moved to where it was, to be read again."""
    moved: list[str] = []
    api = Flask("api")

    @api.post("/<path:_>")
    def move(_: str) -> str:
        moved.append(request.form["Url"])
        return "{}"

    with Loopback() as twilio:
        twilio.serve(api)
        with gunicorn(tmp_path, {"TWILIO_API_URL": twilio.url}) as line, stream(line) as held:
            held.send(started(Talk("en", Way(MAIN_MENU))))
            while json.loads(held.recv(timeout=SECONDS))["event"] != "mark":
                pass
            held.send('{"event": "mark", "mark": {"name": "1"}}')
            line.process.send_signal(signal.SIGHUP)
            await_that(lambda: moved != [])
            assert moved == [f"{PUBLIC}/tty/en/{MAIN_MENU}/1/read"]
            held.send('{"event": "stop", "stop": {}}')
            assert is_closed(held)
            await_that(lambda: len(line.workers()) == 2)


def test_nothing_listens_but_the_line(edited: tuple[Server, Path]) -> None:
    """Gunicorn's own socket, by which others may control it, is not there."""
    line, _ = edited
    pid = line.process.pid
    listening = re.findall(r" (\S+)$", Path(f"/proc/{pid}/net/unix").read_text(), re.MULTILINE)
    assert not [path for path in listening if "gunicorn" in path]


# What may happen to a machine


def test_a_full_disk_holds_up_nobody(tmp_path: Path) -> None:
    """Where nothing can be written, no log either, calls are answered all the same."""
    with gunicorn(tmp_path, log=Path("/dev/full")) as line:
        for path in (FLAG, "/voice", "/voice/en/gone/1"):
            assert post(line, path, Digits="2").status_code == 200
        assert requests.post(line.url + FLAG, timeout=SECONDS).status_code == 403
        assert post(line, FLAG, Digits="2").status_code == 200


def test_a_killed_worker_loses_no_caller(tmp_path: Path) -> None:
    """Workers are killed at any moment of 40 calls: each ends with a nurse on the line."""
    each_url = {"IVR_PUBLIC_URL": ""}
    with line_behind_nginx(tmp_path, each_url) as (line, proxy):
        assert calls_while_workers_die(line, proxy, 40) == [True] * 40
        await_that(lambda: len(line.workers()) == 2)
        assert "was sent SIGKILL" in line.log()
