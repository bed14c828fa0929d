"""The carrier's requests: parameters, headers, signature, cookies, HTTP redirects."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from apps.asking import MAY, VOICE, codes, moved, one, setting
from apps.serving import (
    BASE,
    TOKEN,
    App,
    http_phone,
    phone_for,
    serving,
    twiml,
)
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response


def test_a_webhook_has_these_parameters_and_no_others() -> None:
    """Every request of an inbound call carries the documented parameters, the later ones too."""
    app = App({"first": "<Gather action='/next'/>", "next": "<Hangup/>", "status": ""})
    phone = phone_for(app, status=f"{BASE}/status")
    phone.dial().press("1#")
    first, second, last = app.forms
    assert set(first) == VOICE
    assert set(second) == VOICE | {"Digits", "FinishedOnKey", "msg"} & set(second) | {"Digits"}
    progress = {"CallDuration", "CallbackSource", "SequenceNumber", "Timestamp"}
    assert set(last) == VOICE | progress
    assert [form["CallStatus"] for form in app.forms] == ["ringing", "in-progress", "completed"]
    assert {form["CallSid"] for form in app.forms} == {first["CallSid"]}
    assert re.fullmatch(r"CA[0-9a-f]{32}", first["CallSid"])
    assert re.fullmatch(r"AC[0-9a-f]{32}", first["AccountSid"])
    assert last["CallDuration"] == str(round(phone.calls[0].elapsed))


def test_every_request_is_signed_and_looks_like_twilios() -> None:
    """User agent, accepted types and signature stand on each webhook and callback."""
    app = App({"first": "<Redirect method='GET'>/next?x=%20y</Redirect>", "next": "", "status": ""})
    phone_for(app, status=f"{BASE}/status").dial()
    assert app.headers("User-Agent") == ["TwilioProxy/1.1"] * 3
    assert app.headers("Accept") == ["text/xml, application/xml, text/html"] * 3
    for request in app.requests:
        url = f"{BASE}{request.environ['REQUEST_URI']}"
        signed = request.headers["X-Twilio-Signature"]
        assert RequestValidator(TOKEN).validate(url, request.form, signed)


@pytest.mark.slow
def test_the_url_of_a_webhook_may_name_a_user() -> None:
    """User and password go as basic auth, in process as over HTTP, and are not signed."""
    app = App({"first": "<Hangup/>"})
    phone_for(app, "https://us%40er:p%3Aw@app.example.org/first").dial()
    with serving(app) as url:
        http_phone(url.replace("//", "//us%40er:p%3Aw@") + "/first").dial()
    for request, base in zip(app.requests, (BASE, url), strict=True):
        assert request.authorization is not None
        assert request.authorization.username == "us@er"
        assert request.authorization.password == "p:w"
        signed = request.headers["X-Twilio-Signature"]
        assert RequestValidator(TOKEN).validate(f"{base}/first", request.form, signed)


def test_a_token_tells_retries_from_new_webhooks() -> None:
    """All tries of one webhook have one idempotency token, the next webhook has another."""
    app = App({"first": "<Redirect>/next#rc=2&amp;rp=all</Redirect>", "next": Response("", 503)})
    call = phone_for(app).dial()
    tokens = app.headers("I-Twilio-Idempotency-Token")
    assert app.paths == ["/first", "/next", "/next", "/next"]
    assert len(set(tokens)) == 2
    assert len(set(tokens[1:])) == 1
    assert [request.attempt for request in call.requests] == [1, 3]


@pytest.mark.slow
@pytest.mark.parametrize("over_http", [False, True])
def test_several_cookies_are_kept_over_a_call_and_none_on_the_next(over_http: bool) -> None:  # noqa: FBT001
    """Each cookie of an answer comes back by itself, also beside an expiry date."""
    dated = "b=2; Expires=Wed, 09 Jun 2100 10:18:14 GMT; Path=/"
    app = App({"first": setting("a=1; HttpOnly", dated, "c=3; Max-Age=3600"), "next": "<Hangup/>"})
    with serving(app) as url:
        phone = http_phone(f"{url}/first") if over_http else phone_for(app)
        phone.dial()
        phone.dial()
    seen = [dict(request.cookies) for request in app.requests]
    assert seen == [{}, {"a": "1", "b": "2", "c": "3"}] * 2


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("a=1; Max-Age=31", True),
        ("a=1; max-age=29", False),
        ("a=1; Max-Age=0", False),
        ("a=1; Max-Age=31; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("a=1; Expires=never", True),
        ("a=1; Path=/elsewhere", False),
        ("a=1; Domain=other.example", False),
        ("a=1; Secure", True),
    ],
)
def test_a_cookie_lives_as_long_as_it_says_on_the_calls_clock(cookie: str, *, kept: bool) -> None:
    """Thirty seconds of a call pass for its cookies too, though nobody waits for them."""
    app = App({"first": setting(cookie), "next": "<Hangup/>"})
    phone_for(app).dial(at=MAY)
    assert dict(app.requests[1].cookies) == ({"a": "1"} if kept else {})


@pytest.mark.parametrize(("seconds", "kept"), [(3600, True), (20, False)])
def test_a_cookie_expires_by_the_time_that_the_app_sees(seconds: int, *, kept: bool) -> None:
    """A call placed at another time keeps the cookies that an app dates by that time."""

    def answer(request: Request) -> Response:
        del request
        expires = format_datetime(_now_plus(seconds), usegmt=True)
        return setting(f"a=1; Expires={expires}")(Request({}))

    app = App({"first": answer, "next": "<Hangup/>"})
    phone_for(app).dial(at=MAY)
    assert dict(app.requests[1].cookies) == ({"a": "1"} if kept else {})


def _now_plus(seconds: int) -> datetime:
    return datetime.fromtimestamp(time.time() + seconds, UTC)


def test_a_cookie_can_be_taken_back() -> None:
    """What an app deletes does not come back."""
    app = App({"first": setting("a=1", "b=2"), "next": "<Redirect>/last</Redirect>", "last": ""})
    taking = twiml("<Redirect>/last</Redirect>")
    taking.delete_cookie("a")
    app.answers["next"] = taking
    phone_for(app).dial()
    assert dict(app.requests[2].cookies) == {"b": "2"}


@pytest.mark.slow
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("over_http", [False, True])
def test_an_http_redirect_is_followed_as_a_browser_does(status: int, over_http: bool) -> None:  # noqa: FBT001
    """301 to 303 turn into a GET without a form, 307 and 308 repeat the request; each is signed."""
    app = App({"first": moved(status, "next?a=1&é=ü"), "next": "<Redirect>last</Redirect>"})
    app.answers["last"] = "<Hangup/>"
    with serving(app) as url:
        base = url if over_http else BASE
        call = http_phone(f"{url}/first").dial() if over_http else phone_for(app).dial()
    keeps = status >= 307
    assert app.paths == ["/first", "/next", "/last"]
    assert [request.method for request in app.requests] == [
        "POST",
        "POST" if keeps else "GET",
        "POST",
    ]
    assert app.forms[1] == (app.forms[0] if keeps else {})
    assert len(set(app.headers("I-Twilio-Idempotency-Token")[:2])) == 1
    for request in app.requests:
        signed = request.headers["X-Twilio-Signature"]
        wire = base + request.environ["REQUEST_URI"]
        assert RequestValidator(TOKEN).validate(wire, request.form, signed)
    assert [event.status for event in call.requests] == [200, 200]


def test_a_cookie_of_a_redirect_is_sent_to_its_target() -> None:
    """A log-in that sets a cookie and redirects works."""
    setting_one = moved(302, "/next")
    setting_one.set_cookie("a", "1")
    app = App({"first": setting_one, "next": "<Hangup/>"})
    phone_for(app).dial()
    assert dict(app.requests[1].cookies) == {"a": "1"}


def test_ten_redirects_are_followed_and_no_more() -> None:
    """The eleventh is an 11215, and the call ends with what happened written down."""
    app = App({f"{place}": moved(302, f"/{place + 1}") for place in range(10)})
    app.answers["10"] = "<Say>there</Say>"
    assert phone_for(app, f"{BASE}/0").dial().said == "there"
    app.answers["10"] = moved(302, "/11")
    call = phone_for(app, f"{BASE}/0").dial()
    assert codes(call) == [11215]
    assert "more than 10 HTTP redirects" in call.transcript
    assert len(app.requests) == 22


@pytest.mark.parametrize(
    "location",
    ["ftp://x.example/", "javascript:alert(1)", "http://[", "http://x:99999/", "//", "http:///x"],
)
def test_a_redirect_to_what_is_no_web_address_is_one_clear_warning(location: str) -> None:
    """A Location that can't be requested ends the call with 11200, not the simulator."""
    call = one(moved(302, location))
    assert codes(call) == [11200]
    assert call.warnings[0].message
    assert call.ended == "the app failed"


@pytest.mark.parametrize("url", ["ftp://x.example/", "mailto:x@y.example", "http://x:99999/"])
def test_a_webhook_that_is_no_web_address_is_one_clear_warning(url: str) -> None:
    """A URL that can't be requested is named in the warning, wherever it stands."""
    app = App({"first": f"<Redirect>{url}</Redirect>"})
    for call in (phone_for(app).dial(), phone_for(app, url).dial()):
        assert codes(call) == [11200]
        assert url in call.warnings[0].message


def test_a_redirect_without_a_location_is_a_failure() -> None:
    """There is nowhere to go: 11200."""
    assert codes(one(Response("", 302))) == [11200]
