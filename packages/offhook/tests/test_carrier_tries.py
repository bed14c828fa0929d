"""How often and how long the carrier tries, and faults on request."""

from __future__ import annotations

import re
import time

import pytest
from apps.asking import QUICK_SECONDS, answered, codes, moved
from apps.serving import (
    BASE,
    FIRST,
    Answer,
    App,
    phone_for,
)
from werkzeug.wrappers import Response

from offhook.carrier.fault_injection import HOW_TO_WRITE, FaultError
from offhook.carrier.overrides import Overrides, overrides_of


@pytest.mark.parametrize(
    ("fragment", "status", "tries"),
    [
        ("", 503, 1),
        ("", 404, 1),
        ("#rc=2&rp=all", 503, 3),
        ("#rc=2&rp=all", 404, 3),
        ("#rp=5xx", 500, 2),
        ("#rp=5xx", 404, 1),
        ("#rc=5&rp=4xx,5xx", 404, 6),
        ("#rc=0&rp=all", 500, 1),
        ("#rc=9&rp=all", 500, 2),
        ("#rp=rt,ct", 500, 1),
        ("#rc=2", 500, 1),
        ("#rc=2&rp=all", 200, 1),
    ],
)
def test_a_webhooks_fragment_says_what_is_tried_again(
    fragment: str, status: int, tries: int
) -> None:
    """Without a fragment there is no second try after an answer of any kind."""
    app = App({"first": answered("<Response/>", status)})
    call = phone_for(app, FIRST + fragment).dial()
    assert len(app.requests) == tries
    assert call.requests[0].attempt == tries
    assert codes(call) == ([] if status == 200 else [11200])


def test_without_a_fragment_only_a_connection_is_tried_again_once() -> None:
    """A webhook that gets no connection is tried twice, one without an answer once."""
    app = App({"first": "<Hangup/>"})
    dropped = phone_for(app).dial(faults=["drop:1"])
    assert dropped.requests[0].attempt == 2
    late = phone_for(app).dial(faults=["slow:1:20"])
    assert late.requests[0].attempt == 1
    assert len(app.requests) == 1


def test_overrides_that_can_not_be_read_keep_their_defaults() -> None:
    """Limits are clamped to Twilio's, nonsense is ignored."""
    assert overrides_of(FIRST) == Overrides()
    assert overrides_of(f"{FIRST}#rc=x&ct=soon&tt=-1&rt=") == Overrides()
    clamped = overrides_of(f"{FIRST}#ct=1&rt=99999&tt=99999&rc=5&rp=all")
    assert clamped == Overrides(0.1, 15.0, 15.0, 5, frozenset(("all",)))


def test_an_answer_after_fifteen_seconds_is_none() -> None:
    """The call's clock counts the fifteen seconds, and 11200 follows; nobody waits for them."""
    app = App({"first": "<Say>hi</Say>"})
    began = time.process_time()
    call = phone_for(app).dial(faults=["slow:1:20"])
    assert codes(call) == [11200]
    assert "no answer within 15 s" in call.warnings[0].message
    assert call.elapsed == pytest.approx(15.0)
    assert time.process_time() - began < QUICK_SECONDS


def test_a_slow_answer_in_time_counts() -> None:
    """Three seconds of a webhook are three seconds of the call."""
    call = phone_for(App({"first": "<Hangup/>"})).dial(faults=["slow:1:3"])
    assert not call.warnings
    assert call.elapsed == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("fragment", "seconds", "tries"),
    [
        ("#rc=5&rp=rt", 15.0, 1),
        ("#rt=4000&rc=5&rp=rt", 15.0, 4),
        ("#rt=4000&tt=6000&rc=5&rp=all", 6.0, 2),
        ("#rt=2000&rc=1&rp=rt", 4.0, 2),
        ("#rt=2000", 2.0, 1),
    ],
)
def test_all_tries_together_stay_within_the_total(
    fragment: str, seconds: float, tries: int
) -> None:
    """The hard limit holds for a webhook with all its tries, the last is cut short."""
    app = App({"first": "<Hangup/>"})
    call = phone_for(app, FIRST + fragment).dial(faults=["slow:1:20"])
    assert call.elapsed == pytest.approx(seconds)
    assert call.requests[0].attempt == tries


def test_slow_redirects_share_one_limit() -> None:
    """Three hops of six seconds are too long together."""
    app = App({"first": moved(307, "/a"), "a": moved(307, "/b"), "b": moved(307, "/c"), "c": ""})
    call = phone_for(app).dial(faults=["slow:1:6"])
    assert codes(call) == [11200]
    assert call.elapsed == pytest.approx(15.0)


def test_twice_delivers_one_request_two_times() -> None:
    """Both have the same form and the same token; the call goes on with the second answer."""
    answers = iter(["<Say>one</Say>", "<Say>two</Say>"])
    app = App({"first": lambda _: next(answers)})
    call = phone_for(app).dial(faults=["twice:1"])
    assert call.said == "two"
    assert app.forms[0] == app.forms[1]
    assert len(set(app.headers("I-Twilio-Idempotency-Token"))) == 1
    assert len(set(app.headers("X-Twilio-Signature"))) == 1


@pytest.mark.parametrize(
    ("fault", "code", "asked"),
    [("drop:2", 11205, 1), ("slow:2:16", 11200, 2), ("500:2", 11200, 1), ("bad-xml:2", 12100, 2)],
)
def test_a_fault_befalls_the_webhook_of_its_number(fault: str, code: int, asked: int) -> None:
    """The others go well, and the warning has the code of the real failure."""
    app = App({"first": "<Redirect>/next</Redirect>", "next": "<Say>x</Say>"})
    call = phone_for(app).dial(faults=[fault])
    assert codes(call) == [code]
    assert len(app.requests) == asked
    assert call.said == ""


@pytest.mark.parametrize("fault", ["drop:*", "500:*", "bad-xml:*", "slow:*:16"])
def test_a_star_stands_for_every_webhook(fault: str) -> None:
    """The fallback fails as well."""
    app = App({"first": "<Say>x</Say>", "fallback": "<Say>y</Say>"})
    call = phone_for(app, fallback=f"{BASE}/fallback").dial(faults=[fault])
    assert len(codes(call)) == 2
    assert call.said == ""


def test_the_caller_hangs_up_after_an_event_on_request() -> None:
    """`hangup:2` ends the call where its second event has passed."""
    app = App({"first": "<Say>one</Say><Say>two</Say><Say>three</Say>"})
    call = phone_for(app).dial(faults=["hangup:2"])
    assert call.said == "one"
    assert call.ended == "the caller hung up"


@pytest.mark.parametrize(
    "word",
    [
        "",
        "drop",
        "drop:",
        "drop:x",
        "slow:1",
        "slow:1:",
        "slow:1:x",
        "500:-1",
        "hangup:*",
        "drop:1 ",
    ],
)
def test_a_word_that_is_no_fault_is_answered_with_those_that_are(word: str) -> None:
    """The message names the word and all that could be written."""
    with pytest.raises(FaultError, match=re.escape(f"{word!r} is no fault; write {HOW_TO_WRITE}")):
        phone_for(App({})).dial(faults=[word])


def test_a_status_callback_that_fails_is_a_warning_only() -> None:
    """The call has ended as it did."""
    app = App({"first": "<Hangup/>", "status": Response("", 500)})
    call = phone_for(app, status=f"{BASE}/status").dial()
    assert codes(call) == [11200]
    assert call.ended == "the app hung up (Hangup)"
    assert app.forms[-1]["CallStatus"] == "completed"


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ("<Hangup/>", "completed"),
        ("<Reject reason='busy'/>", "busy"),
        (Response("", 500), "completed"),  # it was answered, by the recorded message
    ],
)
def test_the_status_callback_tells_how_the_call_ended(first: Answer, status: str) -> None:
    """CallStatus is one of Twilio's final ones, with the duration in seconds."""
    app = App({"first": first, "status": ""})
    phone_for(app, status=f"{BASE}/status").dial()
    assert app.forms[-1]["CallStatus"] == status
    assert app.forms[-1]["CallDuration"] == "0"
