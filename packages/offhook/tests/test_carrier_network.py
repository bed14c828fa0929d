"""The carrier over real sockets: servers that behave, and that do not."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator

import pytest
from apps.asking import QUICK_SECONDS, answered, codes, moved, setting
from apps.serving import (
    SMALL,
    Answer,
    App,
    http_phone,
    phone_for,
    serving,
    speaking,
    twiml,
)
from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Line
from offhook.callers.phone import Phone

pytestmark = pytest.mark.slow


def test_an_app_that_does_not_run_is_an_11205() -> None:
    """The warning says that nobody listens, and what to do."""
    with serving(App({})) as url:
        pass
    (warning,) = http_phone(f"{url}/voice").dial().warnings
    assert warning.code == 11205
    assert "Connection refused" in warning.message
    assert warning.remedy == "Start the app, or mend the URL."


def test_a_host_that_does_not_exist_is_an_11205() -> None:
    """Names that no resolver knows are told from apps that do not run."""
    (warning,) = http_phone("http://nowhere.invalid/voice#ct=500&rc=0").dial().warnings
    assert warning.code == 11205
    assert re.search("resolve|resolution|not known|No address", warning.message)


def test_a_server_that_closes_at_once_is_an_11205() -> None:
    """It is tried twice, and the message says what happened."""
    with speaking() as url:
        call = http_phone(f"{url}/voice").dial()
    assert codes(call) == [11205]
    assert call.requests[0].attempt == 2
    assert "closed connection without response" in call.warnings[0].message


MOVED = b"HTTP/1.1 302 Found\r\nLocation: /next\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@pytest.mark.parametrize(
    ("parts", "endless", "code", "words"),
    [
        ((b"",), b"", 11205, "closed"),
        ((b"SSH-2.0-OpenSSH_9.6\r\n",), b"", 11205, "SSH-2.0"),
        ((b"HTTP/1.1 200 OK\r\n",), b"X-Filler: x\r\n", 11205, "headers"),
        ((HEAD, b"\r\n"), b"x" * 65536, 11200, "more than 16 MB"),
        ((MOVED, b"\r\n"), b"x" * 65536, 11200, "more than 16 MB"),
        ((HEAD, b"Content-Length: 1000\r\n\r\n<Response>"), b"", 11200, "IncompleteRead"),
        ((HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), b"", 11200, ""),
        ((HEAD, b"Content-Encoding: gzip\r\n\r\nno gzip"), b"", 11200, "decompress"),
        (
            (
                HEAD,
                b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n",
                gzip.compress(b"x" * 2**25),
            ),
            b"",
            11200,
            "more than 16 MB",
        ),
    ],
)
def test_a_server_that_misbehaves_is_one_warning(
    parts: tuple[bytes, ...], endless: bytes, code: int, words: str
) -> None:
    """What a broken or hostile server sends is read so far, then named."""
    with speaking(*parts, endless=endless) as url:
        call = http_phone(f"{url}/voice#rc=0&ct=900&rt=900&tt=5000").dial()
    assert codes(call) == [code]
    assert words in call.warnings[0].message
    assert len(call.warnings[0].message) < 400


RELEASE = threading.Event()
"""Lets the answers go that hang."""


def _stuck(_: Request) -> Response:
    RELEASE.wait(QUICK_SECONDS)
    return twiml("")


def _trickling(_: Request) -> Response:
    def body() -> Iterator[bytes]:
        for _ in range(round(QUICK_SECONDS / 0.05)):
            if RELEASE.wait(0.05):
                break
            yield b" "
        yield b"<Response/>"

    return Response(body(), mimetype="text/xml")


def test_an_app_that_never_answers_is_given_up() -> None:
    """The read limit of the webhook's fragment holds, also while a body trickles.

    Both apps answer in the end: who waited for them would be answered.
    """
    stuck = App({"first": _stuck, "trickle": _trickling})
    with serving(stuck) as url:
        for path in ("first", "trickle"):
            call = http_phone(f"{url}/{path}{SMALL}").dial()
            assert codes(call) == [11200]
        RELEASE.set()


def test_ten_megabytes_of_twiml_are_an_11750() -> None:
    """They are read and refused without being parsed."""
    body = b"<Response><Say>" + b"x" * 10_000_000 + b"</Say></Response>"
    with serving(App({"first": answered(body)})) as url:
        call = http_phone(f"{url}/first").dial()
    assert codes(call) == [11750]


def test_a_redirect_loop_over_http_is_an_11215() -> None:
    """Eleven requests, no more."""
    app = App({"first": moved(302, "/first")})
    with serving(app) as url:
        call = http_phone(f"{url}/first").dial()
    assert codes(call) == [11215]
    assert len(app.requests) == 11


def test_https_to_a_plain_port_says_so() -> None:
    """The message speaks of the missing certificate and of http://."""
    with serving(App({})) as url:
        call = http_phone(url.replace("http:", "https:") + "/first#rc=0").dial()
    assert codes(call) == [11205]
    assert "write http://" in call.warnings[0].message


def test_an_app_behind_http_gets_what_one_in_process_gets() -> None:
    """Forms in any script, cookies and documents are the same over both transports."""
    answers: dict[str, Answer] = {
        "first": setting("a=1", "b=2"),
        "next": "<Gather input='speech' action='/said?x=é y'/>",
        "said": "<Say>né</Say>",
    }
    inside, outside = App(answers), App(answers)
    with serving(outside) as url:
        calls = [phone_for(inside).dial(), http_phone(f"{url}/first").dial()]
        for call in calls:
            call.say("ça va & ☎ +=%20")
    assert calls[0].said == calls[1].said == "né"
    for here, there in zip(inside.requests, outside.requests, strict=True):
        assert here.environ["REQUEST_URI"] == there.environ["REQUEST_URI"]
        assert here.cookies == there.cookies
    assert inside.forms[2]["SpeechResult"] == outside.forms[2]["SpeechResult"] == "ça va & ☎ +=%20"


def test_calls_of_one_phone_do_not_disturb_each_other() -> None:
    """A webhook that fails in one call does not touch the next."""
    app = App({"first": "<Say>hi</Say>"})
    phone: Phone = phone_for(app)
    assert codes(phone.dial(faults=["500:1"])) == [11200]
    assert phone.dial().said == "hi"
    assert isinstance(phone.exchange.lines["+19525550100"], Line)
