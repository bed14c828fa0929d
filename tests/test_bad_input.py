"""Signed, and still wrong: whatever a webhook is asked, its answer can be read and loses nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import example, given, settings
from hypothesis import strategies as st
from line_facts import CALLER, CARELINE, CARELINE_TTY, MONDAY_AT_10, SETTINGS
from test_webhooks import APP, IDENTITY, VALUES, post, post_form
from werkzeug.test import TestResponse
from wire import ask

from ivr import create_app
from offhook.callers.phone import Phone

NURSES = {*CARELINE, CARELINE_TTY}
RULES = [
    rule.rule
    for rule in APP.url_map.iter_rules()
    if rule.methods and "POST" in rule.methods and "<language>/<node>" in rule.rule
]
"""The webhooks that are at a place of the call."""

ODD = (
    "xx",
    "EN",
    "en-US",
    "%01",
    "%00",
    "%0A",
    "%FF",
    "%C3%28",
    "..%2F",
    "%3Cb%3E",
    "\u00e9",
    "e" * 999,
)
ODD_LANGUAGES = tuple(quote(text, safe="%.") for text in ODD)


def paths(language: str, node: str, attempt: str) -> Iterator[str]:
    """A place at every webhook that has one."""
    for rule in RULES:
        path = rule.replace("<language>", language).replace("<node>", node)
        path = path.replace("<int(min=1, max=3):attempt>", attempt).replace("<attempt>", attempt)
        aims = path.partition("<any(")[2].partition("):")[0]
        head = path.partition("<any(")[0]
        for aim in aims.replace("'", "").split(", ") if aims else [""]:
            yield head + aim


def dials_a_nurse(response: TestResponse) -> Element:
    """The document, which is well-formed and dials the CareLine and nothing else."""
    assert response.status_code == 200
    assert response.mimetype == "text/xml"
    root: Element = fromstring(response.data)
    dialled = [number.text for number in root.iter("Number")]
    assert dialled
    assert set(dialled) <= NURSES
    opens = [*root.iter("Start"), *root.iter("Connect"), *root.iter("Gather")]
    assert not [*opens, *root.iter("Redirect")]
    return root


def test_every_place_of_a_call_is_tried() -> None:
    """The routes that these tests know are all that have a place."""
    assert sorted(set(paths("en", "fever", "1"))) == [
        "/aloud/en/fever/1",
        "/aloud/en/fever/1/early",
        "/aloud/en/fever/1/read",
        "/heard/en/fever",
        "/heard/en/fever/1",
        "/heard/en/fever/1/early",
        "/keyed/en/fever/1",
        "/keyed/en/fever/1/early",
        "/tty/en/fever/1",
        "/tty/en/fever/1/aloud",
        "/tty/en/fever/1/dial",
        "/tty/en/fever/1/dropped",
        "/tty/en/fever/1/hang-up",
        "/tty/en/fever/1/read",
        "/tty/en/fever/1/voice",
        "/voice/en/fever",
        "/voice/en/fever/1",
        "/voice/en/fever/1/early",
    ]


@pytest.mark.parametrize("language", ODD_LANGUAGES, ids=lambda text: text[:9])
@pytest.mark.parametrize("node", ["greeting", "fever", "careline-tty", "goodbye", "tty", "voice"])
def test_a_language_without_words_takes_the_safe_exit_at_once(language: str, node: str) -> None:
    """On every route, whatever stands there: no stream, no question, a nurse."""
    for path in paths(language, node, "1"):
        dials_a_nurse(post(path, Digits="2"))


@pytest.mark.parametrize("node", [*ODD_LANGUAGES, "-", "fever%20"], ids=lambda text: text[:9])
def test_a_node_that_does_not_exist_takes_the_safe_exit_at_once(node: str) -> None:
    """The same, on every route."""
    for path in paths("en", node, "1"):
        dials_a_nurse(post(path, Digits="2"))


@pytest.mark.parametrize("attempt", ["0", "4", "-1", "1.0", "%01", "x", "9" * 5000], ids=str)
def test_an_attempt_that_does_not_exist_takes_the_safe_exit_at_once(attempt: str) -> None:
    """At a question there are three."""
    for path in paths("en", "fever", attempt[:99]):
        if path not in {"/voice/en/fever", "/heard/en/fever"}:
            dials_a_nurse(post(path, Digits="2"))


@pytest.mark.parametrize("node", ["careline-tty", "navigator-tty", "goodbye", "voice", "greeting"])
def test_what_asks_nothing_has_one_attempt(node: str) -> None:
    """A leg that was dialled at a second one would come back to nowhere."""
    places = {f"/voice/en/{node}", f"/heard/en/{node}"}
    for path in paths("en", node, "2"):
        if path not in places:
            dials_a_nurse(post(path))


def test_the_last_words_of_the_safe_exit_are_in_a_webhooks_answer() -> None:
    """Behind the dialling the CareLine's numbers are named twice, digit by digit."""
    root = dials_a_nurse(post("/voice/en/gone/1"))
    assert [child.tag for child in root] == ["Say", "Dial", "Say"]
    last = "".join(root[2].itertext())
    assert "If you did not reach a nurse, please call the CareLine." in last
    assert last.count("6123393663") == last.count("8005510859") == 2


def test_the_last_words_of_the_safe_exit_are_heard_when_nobody_picks_up(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller whom no number answers hears them before the call ends."""
    call = phone.dial()

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr("ivr.call.engine.Engine.answer", broken)
    call.press("2")
    call.expect_said("Something went wrong on our side")
    for number in CARELINE:
        call.expect_ringing(number)
        call.ring_out()
    call.expect_said("If you did not reach a nurse, please call the CareLine")
    for group in ("612 339 3663", "800 551 0859"):
        assert call.said.count(group) == 2
    assert call.ended
    assert call.warnings == []


# Anything at all


SEGMENTS = st.one_of(
    st.sampled_from(
        ["en", "xx", "voice", "tty", "keyed", "fever", "greeting", "1", "read", "dial"]
    ),
    st.binary(max_size=8).map(quote),
    st.text(max_size=8).map(lambda text: quote(text, errors="replace")),
    st.just("a" * 3000),
)
ANY_PATH = st.lists(SEGMENTS, max_size=6).map(lambda segments: "/" + "/".join(segments))
QUERY = st.one_of(
    st.just(""), st.binary(min_size=1, max_size=8).map(lambda query: "?" + quote(query))
)
FIELDS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(["Digits", "SpeechResult", "From", "To", "CallSid", "DialCallStatus"]),
            st.text(max_size=5),
        ),
        st.one_of(VALUES, st.just("9" * 7_000)),
    ),
    max_size=8,
)
METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD"])


@settings(max_examples=500, deadline=None)
@given(ANY_PATH, QUERY, FIELDS, METHODS)
@example("/tty/%01/greeting/1/hang-up", "", [], "POST")
@example("/tty/xx/greeting/1/read", "?%FF=%00", [("To", "\x00")], "POST")
@example("/voice/en/fever/1", "", [("Digits", "2"), ("Digits", "1")], "POST")
def test_no_signed_request_loses_a_caller(
    path: str, query: str, fields: list[tuple[str, str]], method: str
) -> None:
    """Paths, queries, forms with twice the same field, methods: a document that leads somewhere."""
    sends_form = method not in {"GET", "HEAD"}
    response = ask(APP, path + query, fields if sends_form else (), method=method)
    if path in {"/healthz", "/voice/status"} or path.startswith("/accept/"):
        assert response.status_code < 300
        return
    assert response.status_code == 200
    if method != "HEAD":
        leads_somewhere(fromstring(response.data))


def leads_somewhere(root: Element) -> None:
    """A nurse is dialled, or an answer is waited for, or a stream has something behind it."""
    tags = [child.tag for child in root]
    assert root.tag == "Response"
    if "Connect" in tags:
        assert tags[-1] == "Redirect"
    elif "Gather" not in tags and tags[-1] != "Hangup":
        assert {number.text for number in root.iter("Number")} & NURSES


SEGMENT = st.binary(min_size=1, max_size=12).filter(lambda segment: b"/" not in segment)


@settings(max_examples=60, deadline=None)
@given(SEGMENT)
def test_no_bytes_in_the_path_of_a_place_lose_a_caller(segment: bytes) -> None:
    """Any bytes for a language or a node dial a nurse; for an attempt they lead somewhere."""
    written = quote(segment)
    if segment != b"en":
        for path in paths(written, "fever", "1"):
            dials_a_nurse(post(path))
    for path in paths("en", f"-{written}", "1"):
        dials_a_nurse(post(path))
    for path in paths("en", "fever", written):
        leads_somewhere(fromstring(post(path).data))


# The number is set to GET


@pytest.mark.parametrize("path", ["/voice", "/tty", "/voice/en/fever/1", "/voice/status"])
def test_a_number_that_is_set_to_get_is_told_to_be_set_to_post(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller takes the safe exit, and the log says what to do, and nothing of the caller."""
    app = create_app(SETTINGS, clock=lambda: MONDAY_AT_10)
    query = urlencode({"From": CALLER, "Digits": "7531", "To": CARELINE[0]})
    dials_a_nurse(ask(app, f"{path}?{query}", method="GET"))
    assert [record.getMessage() for record in caplog.records] == [
        "safe exit: a webhook was called by another method; in Twilio, set the webhook to POST"
    ]
    for secret in (CALLER[1:], CARELINE[0][1:], "7531", IDENTITY["CallSid"]):
        assert secret not in caplog.text


def test_other_mistakes_do_not_speak_of_post(caplog: pytest.LogCaptureFixture) -> None:
    """A POST to the health check, and an unknown path, are not the webhook's method."""
    caplog.set_level(logging.WARNING)
    for path in ("/healthz", "/unknown"):
        dials_a_nurse(post_form(path, {}, create_app(SETTINGS, clock=lambda: MONDAY_AT_10)))
    assert len(caplog.records) == 2
    assert "POST" not in caplog.text
