"""Every request is signed so that twilio's own validator accepts it, whatever its URL and form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from apps.serving import TOKEN
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from offhook.account.exchange import Line
from offhook.callers.phone import Phone
from offhook.callers.target import Target
from offhook.carrier.signature import signature, signed_url
from offhook.carrier.transport import WsgiTransport, wire_url

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MANY = settings(max_examples=1000, deadline=None)
SOME = settings(max_examples=300, deadline=None)

SCHEMES = st.sampled_from(["http", "https", "HTTP", "Https"])
USERS = st.sampled_from(["", "user@", "user:pass@", "u%40x:p%3Aw@", ":@", "üser:p@"])
NAMES = st.sampled_from(["example.com", "Example.COM", "localhost", "127.0.0.1", "a-b.c.example"])
PORTS = st.sampled_from(["", ":80", ":443", ":8080", ":65535"])
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="#?/\\;"), max_size=12)
PATHS = st.lists(TEXT, max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts))
QUERIES = st.one_of(st.just(""), TEXT.map("?{}".format), TEXT.map("?a=1&b={}&a=2&c=".format))
FRAGMENTS = st.sampled_from(["", "#", "#rc=2&rp=all", "#a#b", "#é"])
URLS = st.tuples(SCHEMES, st.just("://"), USERS, NAMES, PORTS, PATHS, QUERIES, FRAGMENTS).map(
    "".join
)

VALUES = st.one_of(st.just(""), st.text(st.characters(codec="utf-8"), max_size=20))
FIELDS = st.lists(st.tuples(VALUES, VALUES), max_size=8)
"""Fields of a form, some of them twice."""


def as_received(url: str) -> str:
    """A URL as a server sees it: without user and fragment."""
    return re.sub(r"^(https?://)[^/?]*@", r"\1", url.partition("#")[0])


@MANY
@given(URLS, FIELDS)
@example("https://example.com/myapp.php?foo=1&bar=2", [("A", ""), ("A", "1"), ("a", "2")])
def test_any_form_at_any_url_is_signed_as_the_validator_expects(
    url: str, fields: list[tuple[str, str]]
) -> None:
    """Names, values, repeated, empty and in any script, sign as twilio's own validator signs."""
    wire = wire_url(url)
    signed = signature(TOKEN, wire, fields)
    form = MultiDict(fields)
    assert RequestValidator(TOKEN).validate(as_received(wire), form, signed)


@SOME
@given(URLS)
def test_a_url_goes_over_the_wire_once_and_for_all(url: str) -> None:
    """What is requested is ASCII, has no fragment, and is the same when it is escaped again."""
    wire = wire_url(url)
    assert wire.isascii()
    assert "#" not in wire
    assert not re.search(r"\s", wire)
    assert wire_url(wire) == wire


@SOME
@given(URLS)
def test_a_signed_url_names_neither_user_nor_fragment_nor_the_port_of_https(url: str) -> None:
    """Only plain http keeps its port; the rest of what is signed is what is requested."""
    wire = wire_url(url)
    signed = signed_url(wire)
    host = signed.split("/")[2]
    assert "@" not in host
    assert (":" in host) == bool(wire.startswith("http:") and re.search(r":\d+$", _host(wire)))
    assert signed.split("/", 3)[3] == as_received(wire).split("/", 3)[3].removesuffix("?")


def _host(url: str) -> str:
    return as_received(url).split("/")[2]


class Witness:
    """An app that validates what it gets as its server gets it, byte by byte."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.valid: list[bool] = []
        self.methods: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Validate one request, and hang up."""
        request = Request(environ)
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['REQUEST_URI']}"
        signed = request.headers["X-Twilio-Signature"]
        self.valid.append(RequestValidator(TOKEN).validate(url, request.form, signed))
        self.methods.append(request.method)
        start_response("200 OK", [("Content-Type", "text/xml")])
        return [b"<Response><Hangup/></Response>"]


@SOME
@given(URLS, st.sampled_from(["+16125550123", "anonymous", "sip:ü@x.example", ""]), st.booleans())
@example("https://example.com?a=1#rc=0", "", True)  # noqa: FBT003 - hypothesis takes them in order
@example("https://example.com/a/../b/./c", "", False)  # noqa: FBT003 - the same
def test_an_app_can_validate_what_its_server_received(url: str, caller: str, get: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Whatever a webhook's URL looks like, request line, host and form fit the signature."""
    witness = Witness()
    line = Line(url, voice_method="GET" if get else "POST")
    phone = Phone(Target("witness", line, WsgiTransport(witness, url), TOKEN))
    call = phone.dial(caller=caller)
    assert witness.valid == [True], call.transcript
    assert witness.methods == ["GET" if get else "POST"]


@pytest.mark.parametrize("token", ["", "12346", "ABC"])
def test_another_token_does_not_validate(token: str) -> None:
    """A signature with another account's token is not accepted."""
    signed = signature(token, "https://example.com/", [("A", "1")])
    assert not RequestValidator(TOKEN).validate("https://example.com/", {"A": "1"}, signed)
