"""Twilio's own REST client works with the local Twilio: in process, and over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from apps.serving import BASE, FIRST, TOKEN, App, phone_for
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from offhook.browser.calls import Calls
from offhook.browser.page_server import listen, phone_server
from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.events import Requested, StayedSilent
from offhook.rest.client import LocalHttpClient

pytestmark = pytest.mark.slow

FROM = "+19525550100"
TO = "+16125550199"
HELLO = "<Response><Say>hello</Say></Response>"
HOLD = "<Response><Gather timeout='600'/></Response>"

WAIT_SECONDS = 10.0
"""A hang shows as a failure after this time."""


class Local:
    """A local Twilio: a client for it, and its inbox."""

    def __init__(self, client: Any, texts: list[Any], app: App) -> None:  # noqa: ANN401 - untyped
        """Take what the tests look at."""
        self.client = client
        self.texts = texts
        self.app = app


@pytest.fixture
def app() -> App:
    """An app that answers and waits."""
    held = "<Gather timeout='600' action='/next'/>"
    return App({"first": held, "next": "<Say>next</Say>", "status": ""})


@pytest.fixture
def server(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Calls]]:
    """The browser phone's server, on a free port; it has no voices, which take long to load."""
    monkeypatch.setattr("offhook.browser.calls.load_voices", lambda: None)
    calls = Calls(phone_for(app).target)
    served = listen(phone_server(calls), 0)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}", calls
    for sid in list(calls.exchange.calls):
        held = calls.get(sid)
        if held is not None and not held.over:
            calls.api.handle("POST", _path(calls, sid), _basic(calls), {"Status": "completed"})
            held.join(WAIT_SECONDS)
    served.shutdown()
    thread.join()
    served.server_close()


def _path(calls: Calls, sid: str) -> str:
    return f"/2010-04-01/Accounts/{calls.exchange.account_sid}/Calls/{sid}.json"


def _basic(calls: Calls) -> str:
    prepared = requests.Request(
        "GET", "http://x/", auth=(calls.exchange.account_sid, TOKEN)
    ).prepare()
    return prepared.headers["Authorization"]


@pytest.fixture(params=["in process", "over HTTP"])
def local(request: pytest.FixtureRequest, app: App) -> Local:
    """The same account, reached in both ways."""
    if request.param == "in process":
        phone = phone_for(app)
        return Local(phone.rest_client, phone.texts, app)
    url, calls = request.getfixturevalue("server")
    client = Client(calls.exchange.account_sid, TOKEN, http_client=LocalHttpClient(url))
    return Local(client, calls.exchange.texts, app)


def refused(order: Any, **parameters: object) -> tuple[int, int]:  # noqa: ANN401 - untyped
    """HTTP status and code of a request that is refused."""
    with pytest.raises(TwilioRestException) as caught:
        order(**parameters)
    assert caught.value.msg
    return caught.value.status, caught.value.code


# Both ways


def test_a_call_can_be_created_fetched_and_listed(local: Local) -> None:
    """What comes back is what twilio's client reads: sids, numbers, status, dates."""
    made = local.client.calls.create(to=TO, from_=FROM, twiml=HOLD)
    assert made.sid.startswith("CA")
    assert made.account_sid.startswith("AC")
    assert made.direction == "outbound-api"
    fetched = local.client.calls(made.sid).fetch()
    assert (fetched.sid, fetched.to, fetched._from) == (made.sid, TO, FROM)  # noqa: SLF001
    assert fetched.start_time is not None
    assert fetched.end_time is None
    other = local.client.calls.create(to="+16125550198", from_=FROM, twiml=HOLD)
    assert [each.sid for each in local.client.calls.list()] == [other.sid, made.sid]
    assert [each.sid for each in local.client.calls.list(limit=1)] == [other.sid]
    assert [each.sid for each in local.client.calls.list(to=TO)] == [made.sid]
    assert local.client.calls.list(status="failed") == []


def test_a_text_lands_in_the_inbox(local: Local) -> None:
    """It can be fetched and listed, whatever is in it."""
    body = "Über 1,600? No: ☎ & =+\n" + "x" * 1500
    sent = local.client.messages.create(to=TO, from_=FROM, body=body)
    assert [(text.sender, text.to, text.body) for text in local.texts] == [(FROM, TO, body)]
    assert local.client.messages(sent.sid).fetch().body == body
    local.client.messages.create(to="+16125550198", from_=FROM, body="two")
    assert [each.body for each in local.client.messages.list()] == ["two", body]
    assert [each.body for each in local.client.messages.list(to=TO)] == [body]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": "0800", "from_": FROM, "twiml": HELLO}, 21211),
        ({"to": "", "from_": FROM, "twiml": HELLO}, 21211),
        ({"to": "+1", "from_": FROM, "twiml": HELLO}, 21211),
        ({"to": TO, "from_": "", "twiml": HELLO}, 21213),
        ({"to": TO, "from_": FROM}, 21205),
        ({"to": TO, "from_": FROM, "url": "first"}, 21205),
        ({"to": TO, "from_": FROM, "url": "http://["}, 21205),
        ({"to": TO, "from_": FROM, "twiml": "<Response>"}, 12100),
    ],
)
def test_a_call_that_can_not_be_placed_is_refused_with_its_code(
    local: Local, parameters: dict[str, str], code: int
) -> None:
    """Nothing is placed, and twilio's client raises with Twilio's code."""
    assert refused(local.client.calls.create, **parameters) == (400, code)
    assert local.client.calls.list() == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": "12", "from_": FROM, "body": "x"}, 21211),
        ({"to": TO, "body": "x"}, 21603),
        ({"to": TO, "from_": FROM, "body": ""}, 21602),
        ({"to": TO, "from_": FROM}, 21602),
        ({"to": TO, "from_": FROM, "body": "x" * 1601}, 21617),
    ],
)
def test_a_text_that_can_not_be_sent_is_refused_with_its_code(
    local: Local, parameters: dict[str, str], code: int
) -> None:
    """Nothing lands in the inbox."""
    assert refused(local.client.messages.create, **parameters) == (400, code)
    assert not local.texts


def test_what_does_not_exist_is_a_20404(local: Local) -> None:
    """Calls, texts and resources that are not there."""
    unknown = "CA" + "0" * 32
    assert refused(local.client.calls(unknown).fetch) == (404, 20404)
    assert refused(local.client.calls(unknown).update, status="completed") == (404, 20404)
    assert refused(local.client.messages("SM1").fetch) == (404, 20404)
    assert refused(local.client.queues.create, friendly_name="q") == (404, 20404)


def test_who_does_not_know_the_token_is_a_20003(local: Local) -> None:
    """Neither another token nor another account may call."""
    known = local.client
    for sid, token in ((known.account_sid, "wrong"), ("AC" + "0" * 32, TOKEN)):
        stranger = Client(sid, token, http_client=known.http_client)
        assert refused(stranger.calls("CA1").fetch) == (401, 20003)
        assert refused(stranger.messages.create, to=TO, from_=FROM, body="x") == (401, 20003)
    assert not local.texts


def test_unset_and_empty_parameters_are_not_told(local: Local) -> None:
    """None is left out, as twilio's own HTTP client leaves it out."""
    made = local.client.calls.create(to=TO, from_=FROM, twiml=HOLD, url=None, method=None)
    assert made.sid


# In process: step by step


@pytest.fixture
def phone(app: App) -> Phone:
    """A phone on the app."""
    return phone_for(app)


def test_an_outbound_calls_requests_say_so(phone: Phone, app: App) -> None:
    """Direction is outbound-api, the call is answered, and the callback comes at its end."""
    status = f"{BASE}/status"
    phone.rest_client.calls.create(to=TO, from_=FROM, url=FIRST, status_callback=status)
    assert app.forms == []
    call = phone.pick_up()
    first = app.forms[0]
    assert (first["Direction"], first["CallStatus"]) == ("outbound-api", "in-progress")
    assert (first["From"], first["To"]) == (FROM, TO)
    signed = app.requests[0].headers["X-Twilio-Signature"]
    assert RequestValidator(TOKEN).validate(FIRST, first, signed)
    call.wait(12)
    call.hang_up()
    assert app.paths == ["/first", "/status"]
    assert (app.forms[1]["CallStatus"], app.forms[1]["CallDuration"]) == ("completed", "12")
    fetched = phone.rest_client.calls(call.call.sid).fetch()
    assert (fetched.status, fetched.duration) == ("completed", "12")
    assert (fetched.end_time - fetched.start_time).total_seconds() == 12


def test_an_outbound_call_tells_the_events_that_were_asked_for(phone: Phone, app: App) -> None:
    """Initiated, ringing, answered and completed come in this order, each with its status."""
    asked = "initiated ringing answered completed"
    phone.rest_client.calls.create(
        to=TO,
        from_=FROM,
        twiml=HELLO,
        status_callback=f"{BASE}/status",
        status_callback_event=asked.split(),
    )
    phone.pick_up().expect_said("hello")
    phone.hang_up_all()
    told = [(form["CallStatus"], form["SequenceNumber"]) for form in app.forms]
    assert told == [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]


def test_an_outbound_call_may_use_get(phone: Phone, app: App) -> None:
    """The parameters then stand in the query."""
    phone.rest_client.calls.create(to=TO, from_=FROM, url=f"{FIRST}?a=1", method="GET")
    phone.pick_up()
    (request,) = app.requests
    assert request.method == "GET"
    assert request.args["a"] == "1"
    assert request.args["Direction"] == "outbound-api"


def test_a_fallback_url_of_an_order_is_called(phone: Phone, app: App) -> None:
    """It stands in for a URL that fails."""
    phone.rest_client.calls.create(
        to=TO, from_=FROM, url=f"{BASE}/gone", fallback_url=f"{BASE}/next"
    )
    assert phone.pick_up().said == "next"
    assert app.forms[-1]["ErrorCode"] == "11200"


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"twiml": "<Response><Say>moved</Say></Response>"}, "moved"),
        ({"url": f"{BASE}/next"}, "next"),
        ({"url": f"{BASE}/next", "method": "GET"}, "next"),
    ],
)
def test_a_live_call_moves_where_an_update_says(
    phone: Phone, update: dict[str, str], said: str
) -> None:
    """What it waited for is dropped at once."""
    call = phone.dial()
    moved = phone.rest_client.calls(call.call.sid).update(**update)
    assert call.said == said
    assert moved.status == "completed"
    assert call.ended == "the document ended"


def test_an_update_with_status_completed_hangs_up(phone: Phone) -> None:
    """A call in progress ends; one that is over can't be moved any more."""
    call = phone.dial()
    handle = phone.rest_client.calls(call.call.sid)
    assert handle.update(status="completed").status == "completed"
    assert call.ended == "the call was ended through the REST API"
    assert refused(handle.update, status="completed") == (400, 21220)


def test_a_call_in_progress_is_not_canceled(phone: Phone) -> None:
    """`canceled` concerns calls that are queued or ringing alone."""
    call = phone.dial()
    handle = phone.rest_client.calls(call.call.sid)
    assert handle.update(status="canceled").status == "in-progress"
    assert call.ended == ""
    call.hang_up()


@pytest.mark.parametrize("status", ["canceled", "completed"])
def test_a_call_that_has_not_been_answered_can_be_called_off(
    phone: Phone, app: App, status: str
) -> None:
    """It does not ring any more, and no webhook is called for it."""
    made = phone.rest_client.calls.create(to=TO, from_=FROM, url=FIRST)
    assert phone.rest_client.calls(made.sid).update(status=status).status == "canceled"
    with pytest.raises(AssertionError, match="the phone does not ring"):
        phone.pick_up()
    assert app.requests == []


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"status": "busy"}, 21218),
        ({}, 21218),
        ({"twiml": "<Respon"}, 12100),
        ({"url": "nowhere"}, 21205),
    ],
)
def test_an_update_that_makes_no_sense_changes_nothing(
    phone: Phone, update: dict[str, str], code: int
) -> None:
    """It is refused, and the call goes on."""
    call = phone.dial()
    assert refused(phone.rest_client.calls(call.call.sid).update, **update) == (400, code)
    call.press("1#")
    assert call.said == "next"


def test_only_numbers_of_the_account_may_call(phone: Phone) -> None:
    """21210 for another caller id, once the account has numbers; verified ones are fine."""
    phone.dial().hang_up()
    create = phone.rest_client.calls.create
    assert refused(create, to=TO, from_="+15005550006", twiml=HELLO) == (400, 21210)
    phone.exchange.verified.add("+15005550006")
    create(to=TO, from_="+15005550006", twiml=HELLO)
    create(to=TO, from_=FROM, twiml=HELLO)
    assert [phone.pick_up().said, phone.pick_up().said] == ["hello", "hello"]


def test_an_app_can_place_calls_and_texts_in_the_middle_of_a_webhook(
    phone: Phone, app: App
) -> None:
    """The REST API may be used while a call waits for its answer."""

    def answer(_: object) -> str:
        client = phone.rest_client
        client.messages.create(to=TO, from_=FROM, body="you are called")
        client.calls.create(to=TO, from_=FROM, twiml=HELLO)
        return "<Say>called</Say>"

    app.answers["first"] = answer
    assert phone.dial().said == "called"
    assert phone.pick_up().said == "hello"
    assert [text.body for text in phone.texts] == ["you are called"]


def test_an_app_can_move_a_call_in_the_middle_of_its_webhook(phone: Phone, app: App) -> None:
    """The document that was on its way is left where it first takes time."""

    def answer(request: Any) -> str:  # noqa: ANN401 - werkzeug's
        update = phone.rest_client.calls(request.form["CallSid"]).update
        update(twiml="<Response><Say>moved</Say></Response>")
        return "<Pause/><Say>stayed</Say>"

    app.answers["first"] = answer
    call: PhoneCall = phone.dial()
    assert call.said == "moved"


# Over HTTP: in real time


def test_a_live_call_is_moved_and_ended_over_http(server: tuple[str, Calls], app: App) -> None:
    """An order is answered at once; updates reach it while it waits."""
    url, calls = server
    client = Client(calls.exchange.account_sid, TOKEN, http_client=LocalHttpClient(url))
    made = client.calls.create(to=TO, from_=FROM, url=FIRST)
    held = calls.get(made.sid)
    assert held is not None
    follow = held.follow()
    assert next(each for each in follow if each["event"] == "passing")["doing"] == "gather"
    assert client.calls(made.sid).fetch().status == "in-progress"
    client.calls(made.sid).update(url=f"{BASE}/first")
    requested = [each for each in _until_passing(follow) if each["event"] == "requested"]
    assert [each["purpose"] for each in requested] == ["update"]
    client.calls(made.sid).update(status="completed")
    held.join(WAIT_SECONDS)
    assert held.over
    assert client.calls(made.sid).fetch().status == "completed"
    assert app.forms[0]["Direction"] == "outbound-api"


def _until_passing(records: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
    for record in records:
        yield record
        if record["event"] == "passing":
            return


def test_a_call_that_is_moved_during_its_webhook_still_waits_afterwards(
    server: tuple[str, Calls], app: App
) -> None:
    """Mail that was taken already does not cut short what comes next."""
    url, calls = server
    client = Client(calls.exchange.account_sid, TOKEN, http_client=LocalHttpClient(url))

    def answer(request: Any) -> str:  # noqa: ANN401 - werkzeug's
        client.calls(request.form["CallSid"]).update(twiml=HOLD)
        return "<Pause/>"

    app.answers["first"] = answer
    held = calls.dial(FROM, TO)
    records = _until_passing(held.follow())
    assert [each for each in records if each["event"] == "passing"]
    silent = [each for each in held.record if each["event"] == "stayedsilent"]
    assert (silent, held.over) == ([], False)
    client.calls(held.call.sid).update(status="completed")
    held.join(WAIT_SECONDS)
    assert held.over
    assert not [each for each in held.moments if isinstance(each.event, StayedSilent)]
    assert [each.event.status for each in held.moments if isinstance(each.event, Requested)] == [
        200
    ]


def test_the_api_is_for_this_machine_alone(server: tuple[str, Calls]) -> None:
    """Another name, or another site's page, gets no answer."""
    url, calls = server
    path = f"{url}/2010-04-01/Accounts/{calls.exchange.account_sid}/Calls.json"
    auth = (calls.exchange.account_sid, TOKEN)
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        answer = requests.get(path, headers=headers, auth=auth, timeout=WAIT_SECONDS)
        assert answer.status_code == 403
    assert requests.delete(path, auth=auth, timeout=WAIT_SECONDS).status_code == 405
    assert requests.get(path, timeout=WAIT_SECONDS).json()["code"] == 20003
