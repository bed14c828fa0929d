"""The webhooks as Twilio calls them: signed, forged, repeated, garbled."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from line_facts import (
    BASE,
    CALLER,
    CARELINE,
    CARELINE_TTY,
    MONDAY_AT_10,
    NAVIGATOR_TTY,
    SETTINGS,
    TOKEN,
    VOICE_NUMBER,
)
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from ivr import Settings, create_app
from ivr.twilio.signature import HEADER
from offhook.account.exchange import Exchange
from offhook.carrier.carrier import identity
from offhook.interpreter.document import SIZE_LIMIT, warnings
from offhook.interpreter.schema import violations

APP = create_app(SETTINGS, clock=lambda: MONDAY_AT_10)
IDENTITY = identity(Exchange(TOKEN), CALLER, VOICE_NUMBER, "inbound")
ROUTES = ("/voice", "/tty", "/voice/status", "/voice/en/fever/1")


def post(path: str, app: Flask = APP, base: str = BASE, **form: str) -> TestResponse:
    """Post these fields to a webhook."""
    return post_form(path, form, app, base)


def post_form(
    path: str, form: Mapping[str, str], app: Flask = APP, base: str = BASE
) -> TestResponse:
    """Post a form to a webhook, signed by twilio's own validator."""
    form = IDENTITY | dict(form)
    signature = RequestValidator(TOKEN).compute_signature(base + path, form)
    return app.test_client().post(path, data=form, headers={HEADER: signature})


def dials_careline(response: TestResponse) -> bool:
    """Whether the response is TwiML that dials the CareLine."""
    root = fromstring(response.data)
    return response.status_code == 200 and CARELINE[0] in [
        number.text for number in root.iter("Number")
    ]


def verb(response: TestResponse, tag: str) -> Element:
    """The one verb of this name in a response."""
    (found,) = fromstring(response.data).iter(tag)
    assert isinstance(found, Element)
    return found


def actions(response: TestResponse) -> list[str]:
    """Where the answers to a response go, those that come too early before the others."""
    return [gather.get("action", "") for gather in fromstring(response.data).iter("Gather")]


def broken_clock() -> datetime:
    raise OSError


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("headers", [{}, {HEADER: "forged"}, {HEADER: ""}])
def test_what_is_not_signed_is_refused(path: str, headers: Mapping[str, str]) -> None:
    """Unsigned and forged requests get 403, and no TwiML."""
    response = APP.test_client().post(path, data=IDENTITY, headers=dict(headers))
    assert response.status_code == 403
    assert b"<Response" not in response.data


def test_every_route_but_the_health_check_asks_for_the_signature() -> None:
    """No route of the app, now or later, answers an unsigned request.

    But for the sounds, which hold nothing of a call, and streams, which show a ticket.
    """
    unsigned = {"/healthz", "/tty/stream", "/baudot/<language>/<prompt>.wav"}
    paths = [rule.rule for rule in APP.url_map.iter_rules() if rule.rule not in unsigned]
    assert len(paths) == 19
    for path in [*paths, "/", "/unknown"]:
        for method in ("GET", "POST", "PUT", "OPTIONS"):
            assert APP.test_client().open(path, method=method).status_code == 403, (method, path)


def test_a_signature_of_other_parameters_is_refused() -> None:
    """A signature is good for its own form alone."""
    signature = RequestValidator(TOKEN).compute_signature(BASE + "/voice", IDENTITY)
    changed = IDENTITY | {"From": "+19525550199"}
    response = APP.test_client().post("/voice", data=changed, headers={HEADER: signature})
    assert response.status_code == 403


def test_twilios_published_pair_is_accepted() -> None:
    """The URL, form and signature of Twilio's documentation pass; one letter off does not."""
    app = create_app(Settings("12345", "https://example.com"), clock=lambda: MONDAY_AT_10)
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    for signature, status in (
        ("L/OH5YylLD5NRKLltdqwSvS0BnU=", 200),
        ("L/OH5YylLD5NRKLltdqwSvS0BnV=", 403),
    ):
        answer = app.test_client().post(
            "/myapp.php?foo=1&bar=2", data=form, headers={HEADER: signature}
        )
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("public_url", "signed_base"),
    [
        (None, "http://localhost"),
        ("https://line.example.org", "https://line.example.org"),
        ("https://line.example.org/", "https://line.example.org"),
        ("https://example.org:8443/ivr", "https://example.org:8443/ivr"),
        ("HTTPS://LINE.example.org", "https://line.example.org"),
        ("https://LINE.example.org", "https://LINE.example.org"),
        ("https://line.example.org:443", "https://line.example.org"),
        ("https://line.example.org", "https://line.example.org:443"),
        ("https://ex\u00e4mple.org/", "https://xn--exmple-cua.org"),
    ],
)
def test_the_public_url_is_the_one_that_is_signed(public_url: str | None, signed_base: str) -> None:
    """Behind a proxy the signature is checked with the URL that Twilio called."""
    app = create_app(Settings(TOKEN, public_url), clock=lambda: MONDAY_AT_10)
    assert post("/voice", app, signed_base).status_code == 200
    assert post("/voice", app, "https://another.example.org").status_code == 403


def test_a_prefix_of_the_public_url_is_kept_in_the_actions() -> None:
    """Behind a proxy that takes a prefix away, the next webhook goes through it too."""
    app = create_app(Settings(TOKEN, "https://example.org/ivr"), clock=lambda: MONDAY_AT_10)
    response = post("/voice", app, "https://example.org/ivr")
    own = "/ivr/voice/en/bladder-bowel/1"
    assert actions(response) == [f"{own}/early", own]


def test_a_webhook_delivered_twice_is_answered_twice_the_same() -> None:
    """Nothing is counted between two requests: the bytes are equal."""
    deliveries: tuple[tuple[str, dict[str, str]], ...] = (
        ("/voice", {}),
        ("/voice/en/fever/2", {"Digits": "2"}),
        ("/voice/en/main-menu/1", {"Digits": "2"}),
        ("/voice/en/careline-local/1", {"DialCallStatus": "busy"}),
    )
    for path, form in deliveries:
        assert post_form(path, form).data == post_form(path, form).data


def test_the_health_check_needs_no_signature() -> None:
    """GET /healthz answers 200."""
    assert APP.test_client().get("/healthz").status_code == 200


def test_the_end_of_a_call_is_answered_without_content() -> None:
    """POST /voice/status is answered with 204."""
    response = post("/voice/status", CallStatus="completed", CallDuration="12")
    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/voice/en/no-such-node/1",
        "/voice/xx/fever/1",
        "/voice/en/fever/0",
        "/voice/en/fever/4",
        "/voice/en/fever/-1",
        "/voice/en/fever/one",
        "/voice/en/careline-local/2",
        "/voice/en/gone",
        "/voice/xx/fever",
        "/voice/en/fever/1/2",
        "/",
        "/unknown",
        f"/voice/en/fever/{'9' * 5000}",
    ],
)
def test_a_place_that_does_not_exist_takes_the_safe_exit(path: str) -> None:
    """An unknown language, node, attempt or path dials the CareLine."""
    assert dials_careline(post(path, Digits="2"))


@pytest.mark.parametrize("path", ["/voice", "/voice/en/fever/1"])
def test_a_signed_get_takes_the_safe_exit(path: str) -> None:
    """A number that is set to GET by mistake loses no caller either."""
    url = f"{path}?From=%2B16125550123"
    signature = RequestValidator(TOKEN).compute_signature(BASE + url, {})
    assert dials_careline(APP.test_client().get(url, headers={HEADER: signature}))


@pytest.mark.parametrize(
    "clock", [broken_clock, lambda: MONDAY_AT_10.replace(tzinfo=None), lambda: None, lambda: "noon"]
)
def test_a_broken_clock_takes_the_safe_exit(clock: object) -> None:
    """A clock that raises, or gives no aware time, dials the CareLine from any webhook."""
    app = create_app(SETTINGS, clock=clock)  # type: ignore[arg-type]
    for path in ("/voice", "/voice/en/main-menu/1", "/voice/en/fever/1"):
        assert dials_careline(post(path, app, Digits="2")), path


def test_a_broken_directory_takes_the_safe_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """When numbers can't be looked up any more, the exit rendered at start-up still can."""
    app = create_app(SETTINGS, clock=lambda: MONDAY_AT_10)

    def broken(*_: object) -> str:
        raise KeyError

    for name in ("number", "fields", "is_tty_number"):
        monkeypatch.setattr("ivr.call.lines.Directory." + name, broken)
    for caller in (CALLER, "anonymous"):
        assert dials_careline(post("/voice", app, From=caller))
        assert dials_careline(post("/voice/en/main-menu/1", app, Digits="2", From=caller))


def test_the_safe_exit_of_a_withheld_caller_has_a_caller_id() -> None:
    """A caller without a usable number is put through by the safe exit too."""
    response = post("/voice/en/gone/1", From="anonymous")
    assert verb(response, "Dial").get("callerId") == VOICE_NUMBER


SYMPTOM = "numb-and-scared"


def test_no_caller_data_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Numbers, keys and words are in no line of the log, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    post("/voice", create_app(SETTINGS, clock=broken_clock), SpeechResult=SYMPTOM)
    for path in ("/voice/en/gone/1", f"/voice/en/{SYMPTOM}/1", "/voice/status"):
        post(path, create_app(SETTINGS), Digits="7531", SpeechResult=SYMPTOM)
    create_app(SETTINGS).test_client().post(f"/voice/{SYMPTOM}", data=IDENTITY)
    assert len(caplog.records) >= 4
    for secret in (CALLER, CALLER[1:], VOICE_NUMBER, "7531", SYMPTOM, TOKEN, IDENTITY["CallSid"]):
        assert secret not in caplog.text


NAMES = st.sampled_from(
    [
        "Digits",
        "SpeechResult",
        "Confidence",
        "DialCallStatus",
        "From",
        "To",
        "CallStatus",
        "CallSid",
    ]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "2", "#", "*", "0" * 10_000, "anonymous", "+1", "client:a", "completed", "answered"]
    ),
    st.text(alphabet="\x00\x07\x1f\x7f\ufffe\u202e<>&\"'{}%", max_size=10),
)
NODES = st.sampled_from(
    ["fever", "main-menu", "careline-local", "navigator", "greeting", "goodbye", "tty", "gone", "é"]
)
PATHS = st.one_of(
    st.sampled_from(["/voice", "/tty", "/voice/status"]),
    st.builds(
        lambda node, attempt: f"/voice/en/{node}/{attempt}", NODES, st.integers(-1, 4).map(str)
    ),
)


@settings(max_examples=400, deadline=None)
@given(PATHS, st.dictionaries(NAMES, VALUES))
def test_no_form_breaks_the_line(path: str, form: dict[str, str]) -> None:
    """Whatever a signed form holds, the answer is well-formed TwiML that Twilio knows."""
    signed = path.replace("é", "%C3%A9")
    signature = RequestValidator(TOKEN).compute_signature(BASE + signed, form)
    response = APP.test_client().post(signed, data=form, headers={HEADER: signature})
    if path == "/voice/status":
        assert response.status_code == 204
        return
    assert response.status_code == 200
    assert response.mimetype == "text/xml"
    assert list(violations(fromstring(response.data))) == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"Digits=%FF%FE&From=%C3%28", "application/x-www-form-urlencoded"),
        (b"Digits=2&Digits=1", "application/x-www-form-urlencoded"),
        (b"=&&&==", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b'{"Digits": "2"}', "application/json"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    ],
)
def test_odd_bodies_are_answered(body: bytes, content_type: str) -> None:
    """A signed body in an odd encoding or form is answered with TwiML."""
    with APP.test_request_context(
        "/voice/en/fever/1", method="POST", data=body, content_type=content_type
    ) as context:
        form = context.request.form
    signature = RequestValidator(TOKEN).compute_signature(BASE + "/voice/en/fever/1", form)
    response = APP.test_client().post(
        "/voice/en/fever/1", data=body, content_type=content_type, headers={HEADER: signature}
    )
    assert response.status_code == 200
    assert fromstring(response.data).tag == "Response"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "complete", ""])
def test_any_other_status_goes_on_with_the_hunt(status: str) -> None:
    """Busy, no answer, failed, and a status nobody knows ring the next number."""
    root = fromstring(post("/voice/en/careline-local/1", DialCallStatus=status).data)
    assert [number.text for number in root.iter("Number")] == [CARELINE[1]]


def test_every_turn_of_the_table_is_known_to_twilio() -> None:
    """All documents, over all nodes, attempts and answers, pass the schema and its limits."""
    seen = set()
    answers: list[dict[str, str]] = [{"Digits": key} for key in "1234567890*#"]
    answers += [{}, {"SpeechResult": "hm"}, {"DialCallStatus": "busy"}]
    answers += [{"DialCallStatus": "completed"}]
    waiting = ["/voice", "/tty", "/voice/en/gone/1"]
    while waiting:
        path = waiting.pop()
        for form in answers:
            document = post_form(path, form).data
            if document in seen:
                continue
            seen.add(document)
            root = fromstring(document)
            assert list(warnings(root)) == []
            assert len(document) < SIZE_LIMIT
            for element in (*root.iter("Gather"), *root.iter("Dial")):
                hints = element.get("hints", "").split(", ")
                assert len(hints) <= 500
                assert max(map(len, hints)) <= 100
                waiting += filter(None, [element.get("action")])
    assert len(seen) > 100


@pytest.mark.parametrize(
    "path",
    [
        "/voice?k=a%2Fb",
        "/voice?k=%7Eme",
        "/voice?a=b%21%2C%3A%40c",
        "/voice/en/fe%76er/1",
        "/voice?k=%c3%a9",
        "/voice//en/fever/1",
    ],
)
def test_a_url_is_checked_as_it_came_over_the_wire(path: str) -> None:
    """Percent-escapes and double slashes change neither the signature nor the answer's kind."""
    response = post(path)
    assert response.status_code == 200
    assert response.mimetype == "text/xml"


def test_words_that_were_hardly_recognised_are_no_no() -> None:
    """A no of low or impossible confidence is asked again; without a confidence it counts."""
    path = "/voice/en/fever/1"
    for confidence, action in (
        ("0", "fever/2"),
        ("0.05", "fever/2"),
        ("0.9", "weight-loss/1"),
        ("1", "weight-loss/1"),
        ("1.01", "fever/2"),
        ("2", "fever/2"),
        ("-0.01", "fever/2"),
        ("nan", "fever/2"),
        ("?", "weight-loss/1"),
    ):
        response = post(path, SpeechResult="no", Confidence=confidence)
        assert actions(response)[-1] == f"/voice/en/{action}"


def test_a_truthful_answer_is_never_the_opposite() -> None:
    """At the last question, no form of "it does not ease" leads to the menu."""
    response = post("/voice/en/night-pain/2", SpeechResult="no it doesn't ease")
    assert actions(response)[-1] == "/voice/en/night-pain/3"


def test_the_line_never_dials_the_number_that_was_called() -> None:
    """A service's TTY number that is pointed at this line goes on to the next one."""
    response = post("/tty/en/navigator/1", To=NAVIGATOR_TTY)
    assert [number.text for number in fromstring(response.data).iter("Number")] == [CARELINE_TTY]


@pytest.mark.parametrize(
    ("at", "node"), [("07:00:05", "navigator-local"), ("06:59", "navigator-closed")]
)
def test_a_repeated_closing_notice_is_still_true(at: str, node: str) -> None:
    """* at the notice passes the office hours again: at 7:00:05 the Navigator is dialled."""
    now = datetime.fromisoformat(f"2026-11-23T{at}-06:00")
    app = create_app(SETTINGS, clock=lambda: now)
    response = post("/voice/en/navigator-closed/1", app, Digits="*")
    assert f"/voice/en/{node}/1" in response.text


def test_the_numbers_of_the_safe_exit_ring_one_after_the_other() -> None:
    """Two nurses are never rung at once."""
    assert verb(post("/voice/en/gone/1"), "Dial").get("sequential") == "true"


def test_the_answer_to_a_key_starts_after_half_a_second() -> None:
    """The first words are not covered by the key's own tone."""
    first = fromstring(post("/voice/en/fever/1", Digits="2").data).find("Gather/Say/break")
    assert first is not None
    assert first.get("time") == "500ms"


def test_a_question_is_put_slower_for_the_last_time() -> None:
    """And so are its keys; the words before them, and the wordings before, are not."""
    for attempt, rates in ((1, ["95%"] * 3), (2, ["95%", "85%", "85%"])):
        root = fromstring(post(f"/voice/en/fever/{attempt}", SpeechResult="qwertz").data)
        assert [each.get("rate") for each in root.iter("prosody")] == rates
