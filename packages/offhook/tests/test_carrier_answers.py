"""What comes back: content types, the fallback, and documents that are meant to hurt."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from apps.asking import QUICK_SECONDS, VOICE, answered, codes, moved, one
from apps.serving import (
    BASE,
    FIRST,
    Answer,
    App,
    phone_for,
)
from werkzeug.wrappers import Request, Response

from offhook.events import Played


@pytest.mark.parametrize("kind", ["text/xml", "application/xml", "text/html", "TEXT/XML; a=b"])
def test_three_content_types_are_twiml(kind: str) -> None:
    """They are recognised in any case, with any parameters."""
    assert one(answered("<Response><Say>hi</Say></Response>", kind=kind)).said == "hi"


def test_plain_text_is_twiml_if_it_parses() -> None:
    """A document that came as text/plain is run, and checked like any other."""
    call = one(answered("<Response><Say>hi</Say><Sey/></Response>", kind="text/plain"))
    assert call.said == "hi"
    assert codes(call) == [12200]


def test_other_plain_text_is_spoken_and_ends_the_call() -> None:
    """Words that are no TwiML are said as they stand."""
    call = one(answered("Closed & <gone>.", kind="text/plain; charset=utf-8"))
    assert call.said == "Closed & <gone>."
    assert call.ended == "the document ended"
    assert not call.warnings


def wave(seconds: float) -> bytes:
    size = int(seconds * 8000)
    form = b"fmt " + (16).to_bytes(4, "little") + b"\x07\0\x01\0"
    form += (8000).to_bytes(4, "little") * 2 + b"\x01\0\x08\0"
    data = b"data" + size.to_bytes(4, "little") + b"\xff" * size
    inner = b"WAVE" + form + data
    return b"RIFF" + len(inner).to_bytes(4, "little") + inner


def test_sound_is_played_and_ends_the_call() -> None:
    """What came as audio is played for as long as it lasts, and is not asked for again."""
    app = App({"first": answered(wave(2.5), kind="audio/x-wav")})
    call = phone_for(app).dial()
    assert [event.seconds for event in call.events if isinstance(event, Played)] == [2.5]
    assert call.elapsed == pytest.approx(2.5)
    assert call.ended == "the document ended"
    assert app.paths == ["/first"]
    assert not call.warnings


def test_a_recording_is_fetched_through_redirects_without_the_parameters() -> None:
    """Media requests follow HTTP redirects and carry nothing of the call."""
    app = App({"first": "<Play>/sound?a=1</Play>", "sound": moved(302, "/stored")})
    app.answers["stored"] = answered(wave(1.0), kind="audio/wav")
    call = phone_for(app).dial()
    assert app.paths == ["/first", "/sound", "/stored"]
    assert [request.method for request in app.requests[1:]] == ["GET", "GET"]
    assert app.forms[1:] == [{}, {}]
    assert app.requests[1].query_string == b"a=1"
    assert call.elapsed == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["", "application/json", "image/png", "text", "text/xmlx"])
def test_any_other_content_type_is_a_12300(kind: str) -> None:
    """A missing content type, or one that is neither TwiML nor sound, is refused."""
    response = Response(b"<Response/>")
    response.headers.remove("Content-Type")
    if kind:
        response.headers["Content-Type"] = kind
    call = one(response)
    assert codes(call) == [12300]
    assert (kind or "missing") in call.warnings[0].message


FAILURES: dict[int, Answer] = {
    11200: Response("", 500),
    12100: answered("<Response>"),
    12300: answered("{}", kind="application/json"),
    11750: answered(b"<Response>" + b" " * 70_000 + b"</Response>"),
    11215: moved(302, "/first"),
}


@pytest.mark.parametrize("code", [*FAILURES, 11205])
def test_each_failure_goes_to_the_fallback_with_its_code_and_url(code: int) -> None:
    """The fallback gets ErrorCode and ErrorUrl beside the call's parameters, and can go on."""
    app = App({"first": FAILURES.get(code, "<Hangup/>"), "fallback": "<Say>sorry</Say>"})
    phone = phone_for(app, fallback=f"{BASE}/fallback")
    call = phone.dial(faults=["drop:1"] if code == 11205 else [])
    assert codes(call) == [code]
    assert call.said == "sorry"
    assert app.forms[-1] == app.forms[-1] | {"ErrorCode": str(code), "ErrorUrl": FIRST}
    assert set(app.forms[-1]) == VOICE | {"ErrorCode", "ErrorUrl"}
    assert call.requests[-1].purpose == "fallback"


@pytest.mark.parametrize("code", FAILURES)
def test_a_fallback_that_fails_too_ends_the_call(code: int) -> None:
    """The caller hears the recorded message; nothing is asked a third time."""
    app = App({"first": Response("", 404), "fallback": FAILURES[code]})
    if code == 11215:
        app.answers["fallback"] = moved(302, "/fallback")
    call = phone_for(app, fallback=f"{BASE}/fallback").dial()
    assert codes(call) == [11200, code]
    assert call.ended == "the app failed"
    assert "application error" in call.transcript
    assert [event.purpose for event in call.requests] == ["voice", "fallback"]


def test_a_later_document_that_fails_goes_to_the_fallback_too() -> None:
    """ErrorUrl is the URL that failed, not the first one."""
    app = App({"first": "<Redirect>/gone?a=1</Redirect>", "fallback": "<Say>sorry</Say>"})
    phone_for(app, fallback=f"{BASE}/fallback").dial()
    assert app.forms[-1]["ErrorUrl"] == f"{BASE}/gone?a=1"
    assert app.forms[-1]["CallStatus"] == "in-progress"


LAUGHS = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '&a{n - 1 if n > 1 else ''};&a{n - 1 if n > 1 else ''};'>" for n in range(1, 30)
)
BOMBS: dict[str, tuple[bytes, int]] = {
    "entity expansion": (f"{LAUGHS}]><Response><Say>&a29;</Say></Response>".encode(), 12100),
    "external entity": (
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response>&x;</Response>',
        12100,
    ),
    "parameter entity": (
        b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://localhost/x.dtd"> %x;]><Response/>',
        12100,
    ),
    "nesting": (b"<Response>" + b"<Say>" * 10_000 + b"</Say>" * 1000 + b"</Response>", 12100),
    "nesting that is closed": (b"<a>" * 7000 + b"</a>" * 7000, 12100),
    "one long name": (b"<" + b"R" * 60_000 + b"/>", 12200),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><Response/>', 12100),
    "wrong encoding": (b'<?xml version="1.0" encoding="utf-16"?><Response/>', 12100),
    "several bytes a character": (b'<?xml version="1.0" encoding="gb18030"?><Response/>', 12100),
    "latin-1 without saying so": ("<Response><Say>é</Say></Response>".encode("latin-1"), 12100),
    "a NUL byte": (b"<Response><Say>a\0b</Say></Response>", 12100),
    "NUL bytes alone": (b"\0" * 1000, 12100),
    "a NUL as a reference": (b"<Response><Say>&#0;</Say></Response>", 12100),
    "a surrogate": (b"<Response><Say>\xed\xa0\x80</Say></Response>", 12100),
    "an unknown entity": (b"<Response><Say>&nbsp;</Say></Response>", 12100),
    "two documents": (b"<Response/><Response/>", 12100),
    "a prefix without a namespace": (b"<x:Response/>", 12200),
    "64 kB and a byte": (b"<Response><!--" + b"x" * (65536 - 27) + b"--></Response>", 11750),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_document_that_is_meant_to_hurt_is_one_warning(bomb: str) -> None:
    """Code, remedy and transcript are there, soon, and the first of them says where it is."""
    body, code = BOMBS[bomb]
    began = time.process_time()
    call = one(answered(body))
    assert codes(call) == [code]
    assert call.warnings[0].remedy
    assert len(call.transcript) < 2000 + 2 * len(bomb) or bomb == "one long name"
    assert "application error" in call.transcript or code == 12200
    assert time.process_time() - began < QUICK_SECONDS


@pytest.mark.parametrize("bomb", ["latin-1 without saying so", "a NUL byte", "two documents"])
def test_what_is_not_well_formed_is_named_with_its_place(bomb: str) -> None:
    """The warning has a line and a column."""
    (warning,) = one(answered(BOMBS[bomb][0])).warnings
    assert re.fullmatch(r"line 1, column \d+", warning.place)


def test_64_kilobytes_are_still_read() -> None:
    """The limit is 65,536 bytes, not one less."""
    body = b"<Response><Say>hi</Say><!--" + b"x" * (65536 - 41) + b"--></Response>"
    assert len(body) == 65536
    assert one(answered(body)).said == "hi"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_an_encoding_that_is_told_is_read(encoding: str) -> None:
    """By its declaration, or by its byte order mark."""
    name = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?><Response><Say>né</Say></Response>'
    assert one(answered(text.encode(encoding))).said == "né"


@pytest.mark.parametrize(
    "piece",
    ["<Sey/>", "<Say a{0}='1'/>", "<x{0}/>", "<Say vioce='x'>a</Say>", "<Gather b='{0}'/>"],
)
def test_a_document_full_of_mistakes_is_read_soon(piece: str) -> None:
    """Thousands of unknown names do not make it slow."""
    body = "<Response><Hangup/>"
    place = 0
    while len(body) < 60_000:
        body += piece.format(place)
        place += 1
    began = time.process_time()
    call = one(answered(f"{body}</Response>"))
    assert time.process_time() - began < 3 * QUICK_SECONDS
    assert call.ended == "the app hung up (Hangup)"
    assert set(codes(call)) == {12200}


def test_an_app_that_redirects_for_ever_by_two_documents_is_stopped() -> None:
    """A circle that says something takes time and goes on; one that does not is ended."""
    app = App({"first": "<Redirect>/next</Redirect>", "next": "<Redirect>/first</Redirect>"})
    call = phone_for(app).dial()
    assert call.ended == "the app redirected in a circle"
    assert len(call.warnings) == 1
    assert call.warnings[0].remedy


@pytest.mark.parametrize(
    "lead", ["<!DOCTYPE html>\n", "", "<?xml version='1.0'?>", "\n <!doctype HTML>"]
)
def test_a_web_page_is_called_one(lead: str) -> None:
    """An error or log-in page is told from TwiML that is not well-formed."""
    page = f"{lead}<html lang=en><head><title>Log in</title><body><p>one<br>two</html>"
    (warning,) = one(answered(page, kind="text/html; charset=utf-8")).warnings
    assert (warning.code, warning.message) == (12100, "the response is a web page, not TwiML")


def test_an_endless_answer_in_process_is_bounded() -> None:
    """A WSGI app that never stops sending is not read for ever."""

    def endless(_: Request) -> Response:
        return Response(iter(lambda: b"x" * 65536, b""), mimetype="text/xml")

    call = one(endless)
    assert codes(call) == [11200]
    assert "more than 16 MB" in call.warnings[0].message


def test_the_errors_of_an_app_in_process_do_not_stop_the_call() -> None:
    """Whatever it raises, when it is called or while it answers, is a 500."""

    def late(_: Request) -> Response:
        def body() -> Iterator[bytes]:
            yield b"<Response>"
            raise RuntimeError

        return Response(body(), mimetype="text/xml")

    def at_once(_: Request) -> Response:
        raise LookupError

    for answer in (late, at_once):
        assert codes(one(answer)) == [11200]
