"""The line's own check of a signature, below every kind of server."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_facts import BASE, CALLER, MONDAY_AT_10, TOKEN, VOICE_NUMBER
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, create_environ, run_wsgi_app
from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response
from wire import ask

from ivr import Settings, create_app
from ivr.twilio.signature import HEADER, Signature
from ivr.twilio.webhook_request import LONGEST_BODY, TwilioRequest

if TYPE_CHECKING:
    from flask import Flask

FORM = {"From": CALLER, "To": VOICE_NUMBER, "Digits": "2", "SpeechResult": "n\u00f6 \u20ac"}

SERVERS = {
    "both": ("RAW_URI", "REQUEST_URI"),
    "RAW_URI": ("RAW_URI",),
    "REQUEST_URI": ("REQUEST_URI",),
    "neither": (),
}
"""What a server tells of the URL as it came: gunicorn RAW_URI, others REQUEST_URI, or nothing."""


WRITTEN = (
    "/voice",
    "/voice/en/fever/1",
    "/voice?a=1&b=2",
    "/voice?k=%7Eme",
    "/voice?k=a%2Fb%2fc",
    "/voice?a=b%21%2C%3A%40c",
    "/voice?k=%c3%a9&%C3%A9=+",
    "/voice?k=~&l='!*()",
    "/voice/en/%C3%A9/1",
    "/voice/en/fever/1%20",
    "/voice/en/~;=@:$,!'()*/1",
    "/voice/en/%FF%00/1",
    "/voice//en/fever/1",
)
"""Paths and queries in the form in which a URL is written once it is read."""

ALSO_ESCAPED = ("/voice/en/fe%76er/1", "/voice/en/%7E/1", "/voice/en/%c3%a9/1")
"""Paths with an escape that needs none, or is written small: only the wire tells."""


@cache
def app_at(public: str | None) -> Flask:
    """The line at a public URL."""
    return create_app(Settings(TOKEN, public), clock=lambda: MONDAY_AT_10)


APP = app_at(BASE)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("written", WRITTEN)
def test_every_kind_of_server_passes_what_is_signed(server: str, written: str) -> None:
    """Whatever it tells of the URL, an escape in it does not refuse the call."""
    tells = SERVERS[server]
    assert ask(APP, written, FORM, tells=tells).status_code == 200
    for wrong in (f"{BASE}{written}x", f"https://other.example.org{written}"):
        assert ask(APP, written, FORM, tells=tells, signed=wrong).status_code == 403


@pytest.mark.parametrize("server", [name for name, tells in SERVERS.items() if tells])
@pytest.mark.parametrize("written", ALSO_ESCAPED)
def test_a_path_counts_as_it_came_over_the_wire(server: str, written: str) -> None:
    """Where the server tells it."""
    assert ask(APP, written, FORM, tells=SERVERS[server]).status_code == 200


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("public", [None, "https://line.example.org/ivr%20line"])
@pytest.mark.parametrize("written", ["/voice", "/voice?k=%7E", "/voice/en/%C3%A9/1?a=b"])
def test_below_a_script_name_the_prefix_counts_once(
    server: str, public: str | None, written: str
) -> None:
    """An app that is mounted in another is called by the whole URL."""
    app = DispatcherMiddleware(Response(status=404), {"/ivr line": app_at(public).wsgi_app})
    target, tells = f"/ivr%20line{written}", SERVERS[server]
    base = public or "http://localhost/ivr%20line"
    assert ask(app, target, FORM, tells=tells, signed=f"{base}{written}").status_code == 200
    for wrong in (f"{base}/ivr%20line{written}", f"{base.removesuffix('/ivr%20line')}{written}"):
        assert ask(app, target, FORM, tells=tells, signed=wrong).status_code == 403


def test_what_a_server_may_leave_out_counts_as_empty() -> None:
    """The script's name, the path and the query (PEP 3333); a request without a signature, none."""
    genuine = RequestValidator(TOKEN).compute_signature(BASE, MultiDict(FORM))
    for headers, passes in (({HEADER: genuine}, True), ({}, False)):
        environ = create_environ(method="POST", data=FORM, headers=headers)
        for each in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", *SERVERS["both"]):
            environ.pop(each, None)
        assert Signature(TOKEN, BASE).signs(TwilioRequest(environ)) is passes


@pytest.mark.parametrize("server", SERVERS)
def test_a_prefix_that_the_proxy_takes_away_counts(server: str) -> None:
    """The public URL has it, the request does not."""
    public = "https://example.org/ivr"
    app = app_at(public)
    for base, status in ((public, 200), ("https://example.org", 403)):
        signed = f"{base}/voice?k=%7E"
        answer = ask(app, "/voice?k=%7E", FORM, tells=SERVERS[server], signed=signed)
        assert answer.status_code == status


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/;")), max_size=3),
    st.sampled_from(sorted(SERVERS)),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=20)), max_size=5),
)
def test_any_url_and_form_that_twilio_signs_pass(
    segments: list[str], server: str, fields: list[tuple[str, str]]
) -> None:
    """Any text in the path, any fields, repeated or empty."""
    path = "/".join(quote(segment, safe="!$&'()*+,=:@") for segment in segments)
    target, tells = f"/voice/{path}", SERVERS[server]
    assert ask(APP, target, fields, tells=tells).status_code == 200
    assert ask(APP, target, fields, tells=tells, token="12346").status_code == 403


@pytest.mark.parametrize("headers", [{}, {HEADER: "forged"}], ids=["unsigned", "forged"])
@pytest.mark.parametrize("kind", ["url-encoded", "multipart"])
def test_an_oversize_form_that_is_not_signed_is_refused(headers: dict[str, str], kind: str) -> None:
    """A megabyte of a stranger's gets 403 and no answer of the line."""
    megabyte = "9" * 1_000_000
    part = f'--x\r\nContent-Disposition: form-data; name="Digits"\r\n\r\n{megabyte}\r\n--x--\r\n'
    body, encoded = {
        "url-encoded": (f"Digits={megabyte}", "application/x-www-form-urlencoded"),
        "multipart": (part, "multipart/form-data; boundary=x"),
    }[kind]
    response = Client(APP).post("/voice", data=body, content_type=encoded, headers=headers)
    assert response.status_code == 403
    assert b"<Response" not in response.data


class Unreadable:
    """A body of which nothing may be read."""

    def read(self, *_: object) -> bytes:
        """Fail the test."""
        raise AssertionError("the body was read")

    readline = readinto = readlines = __iter__ = read


@pytest.mark.parametrize(
    ("content_type", "length"),
    [
        ("application/x-www-form-urlencoded", LONGEST_BODY + 1),
        ("application/x-www-form-urlencoded", 300_000_000),
        ("multipart/form-data; boundary=x", 300_000_000),
        ("multipart/form-data; boundary=x", 10),
        ("application/json", 10),
        ("", 10),
    ],
)
def test_of_other_bodies_than_twilios_nothing_is_read(content_type: str, length: int) -> None:
    """Large ones and files are refused before a byte of them is looked at."""
    environ = create_environ("/voice", method="POST", headers={HEADER: "forged"})
    environ |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(length)}
    environ["wsgi.input"] = Unreadable()
    _, status, _ = run_wsgi_app(APP, environ, buffered=True)
    assert status == "403 FORBIDDEN"


def test_a_body_without_a_length_is_read_no_further_than_its_limit() -> None:
    """A sender that sends on and on, in chunks, is refused."""
    sent = 0

    class Endless:
        def read(self, size: int = -1) -> bytes:
            nonlocal sent
            assert 0 < size <= LONGEST_BODY + 1
            sent += size
            return b"a" * size

        def readinto(self, buffer: bytearray) -> int:
            buffer[:] = self.read(len(buffer))
            return len(buffer)

    environ = create_environ("/voice", method="POST", headers={HEADER: "forged"})
    environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": ""}
    environ |= {"wsgi.input": Endless(), "wsgi.input_terminated": True}
    _, status, _ = run_wsgi_app(APP, environ, buffered=True)
    assert status == "403 FORBIDDEN"
    assert 0 < sent <= 2 * LONGEST_BODY


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("ab%&=+;2C3F0\u00e9 "), max_size=9).map(
            lambda text: text.encode("utf-8")
        ),
        max_size=6,
    ).map(b"&".join)
)
def test_a_form_is_read_as_werkzeug_reads_it(body: bytes) -> None:
    """Whatever bytes are posted: the same names and values, in the same order."""
    environ = create_environ("/", method="POST", data=body)
    environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded; charset=UTF-8"
    theirs = [*WerkzeugRequest(environ).form.items(multi=True)]
    environ["wsgi.input"] = io.BytesIO(body)
    asked = TwilioRequest(environ)
    assert sorted(asked.pairs) == sorted(theirs)
    assert asked.fields == dict(reversed(asked.pairs))


NAMES = st.text(max_size=4)
PAIRS = st.lists(st.tuples(NAMES, st.one_of(st.text(max_size=9), st.just(""))), max_size=6)
URLS = st.builds(
    "{}://{}{}/{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["line.example.org", "10.1.2.3", "a.b"]),
    st.sampled_from(["", ":443", ":80", ":8443"]),
    st.sampled_from(["voice", "voice/en/fever/1", ""]),
    st.sampled_from(["", "?a=1", "?a=%20b&c="]),
)


@settings(max_examples=2000, deadline=None)
@given(URLS, URLS, PAIRS, st.integers(0, 3))
def test_the_check_agrees_with_twilios(
    signed_url: str, called: str, pairs: list[tuple[str, str]], repeated: int
) -> None:
    """Of any URL and form, with or without a port, blank or repeated: as twilio's own does."""
    form = MultiDict(pairs + pairs[:repeated])
    validator = RequestValidator(TOKEN)
    for url in (signed_url, called):
        header = validator.compute_signature(url, form)
        parts = urlsplit(called)
        environ = create_environ(parts.path, method="POST", data=form, headers={HEADER: header})
        environ["RAW_URI"] = parts._replace(scheme="", netloc="").geturl()
        check = Signature(TOKEN, f"{parts.scheme}://{parts.netloc}")
        assert check.signs(TwilioRequest(environ)) is validator.validate(called, form, header)


@pytest.mark.parametrize("host", ["line.example.org", "line.example.org:443", "10.0.0.7:8000"])
@pytest.mark.parametrize("target", ["/voice", "/voice?a=1", "", "?a=1"])
def test_a_target_may_name_the_host(host: str, target: str) -> None:
    """A request line with a whole URL is the same request (RFC 9112, 3.2.2)."""
    url = f"{BASE}/{target.removeprefix('/')}"
    headers = {HEADER: RequestValidator(TOKEN).compute_signature(url, MultiDict(FORM))}
    environ = create_environ("/voice", method="POST", data=FORM, headers=headers)
    environ |= {"RAW_URI": f"https://{host}{target}", "REQUEST_URI": f"https://{host}{target}"}
    _, status, _ = run_wsgi_app(APP, environ, buffered=True)
    assert status == "200 OK"


@pytest.mark.parametrize("token", ["", "12346", TOKEN.upper() + " "])
def test_another_accounts_signature_is_refused(token: str) -> None:
    """The token of the account counts, whole."""
    assert ask(APP, "/voice", FORM, token=token).status_code == 403
