"""The line's own check of a signature, below every kind of server."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from flask import Request
from hypothesis import given, settings
from hypothesis import strategies as st
from line_facts import BASE, CALLER, MONDAY_AT_10, TOKEN, VOICE_NUMBER
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, create_environ
from werkzeug.wrappers import Response
from wire import ask

from ivr import Settings, create_app
from ivr.twilio.signature import HEADER, Signature

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
        assert Signature(TOKEN, BASE).signs(Request(environ)) is passes


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


@pytest.mark.parametrize("token", ["", "12346", TOKEN.upper() + " "])
def test_another_accounts_signature_is_refused(token: str) -> None:
    """The token of the account counts, whole."""
    assert ask(APP, "/voice", FORM, token=token).status_code == 403
