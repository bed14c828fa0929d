"""The REST API moves a live call, whatever goes on in it: elsewhere, or to its end."""

from __future__ import annotations

import pytest
from verbs_app import AGENT, BASE, LINE, NURSE, SECOND, App, of, phone, told

from offhook.callers.phone_call import PhoneCall
from offhook.events import Bridged, Dequeued, LegEnded

GATHER = '<Gather action="next"><Say>one two</Say></Gather>'
DIAL = (
    f'<Dial action="next"><Number statusCallback="/leg">{NURSE}</Number>'
    f'<Number statusCallback="/leg">{SECOND}</Number></Dial>'
)
ENQUEUE = '<Enqueue action="next">support</Enqueue>'
WAITING = '<Enqueue action="next" waitUrl="/wait">support</Enqueue>'
CONFERENCE = '<Dial action="next"><Conference>room</Conference></Dial>'
STANDING = pytest.mark.parametrize("standing", [GATHER, DIAL, ENQUEUE, WAITING, CONFERENCE])
HOLD = "<Say>hold on</Say>"


def dial(first: str, **documents: str) -> tuple[App, PhoneCall]:
    """A call that stands in this document."""
    app = App(first=first, wait=HOLD, moved="<Say>elsewhere</Say>", **documents)
    return app, phone(app).dial(LINE)


def update(call: PhoneCall, **changes: str) -> None:
    """Change a call by Twilio's own REST client."""
    call.phone.rest_client.calls(call.call.sid).update(**changes)


@STANDING
def test_a_live_call_is_moved_to_other_twiml(standing: str) -> None:
    """The document that is sent runs at once, in place of the one that ran; no verb is barred."""
    _, call = dial(standing)
    update(call, twiml=f"<Response><Say>moved</Say><Dial>{AGENT}</Dial></Response>")
    call.expect_said("moved")
    call.expect_ringing(AGENT)
    assert not call.warnings


@STANDING
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_live_call_is_moved_to_another_url(standing: str, method: str) -> None:
    """The URL is requested with the call's parameters by the method that is named."""
    app, call = dial(standing)
    update(call, url=f"{BASE}/moved", method=method)
    call.expect_said("elsewhere")
    assert app.methods("moved") == [method]
    assert told(app.asked("moved")[0], "CallSid", "CallStatus") == {
        "CallSid": call.call.sid,
        "CallStatus": "in-progress",
    }


@STANDING
def test_a_live_call_is_ended(standing: str) -> None:
    """With Status=completed the call is over."""
    app, call = dial(standing)
    update(call, status="completed")
    assert call.ended == "the call was ended through the REST API"
    assert app.asked("status")[0]["CallStatus"] == "completed"


def test_a_moved_gather_posts_nothing() -> None:
    """Digits that were pressed before the move are lost."""
    app, call = dial(GATHER)
    call.press("12")
    update(call, url=f"{BASE}/moved")
    assert app.paths == ["first", "moved", "status"]
    assert call.said == "one two elsewhere"


def test_a_moved_call_cancels_the_legs_that_ring() -> None:
    """The legs of a Dial end with it, and their callbacks are told; its action is not."""
    app, call = dial(DIAL)
    update(call, url=f"{BASE}/moved")
    assert of(call, LegEnded) == [LegEnded(NURSE, "canceled"), LegEnded(SECOND, "canceled")]
    assert [each["CallStatus"] for each in app.asked("leg")] == ["canceled", "canceled"]
    assert "next" not in app.paths


def test_a_moved_call_completes_the_leg_that_talks() -> None:
    """The other party's leg is over when the caller's call goes elsewhere."""
    app, call = dial(DIAL)
    call.answer()
    call.wait(20)
    update(call, url=f"{BASE}/moved")
    assert of(call, LegEnded)[-1] == LegEnded(NURSE, "completed")
    assert told(app.asked("leg")[-1], "CallStatus", "CallDuration") == {
        "CallStatus": "completed",
        "CallDuration": "20",
    }
    assert "next" not in app.paths
    call.expect_said("elsewhere")


def test_a_call_is_moved_out_of_a_whisper() -> None:
    """While the dialled party is asked, it is the caller who is moved, and the leg ends."""
    number = f'<Number url="/whisper">{NURSE}</Number>'
    app, call = dial(f"<Dial>{number}</Dial>", whisper="<Gather><Say>a caller</Say></Gather>")
    call.answer()
    update(call, url=f"{BASE}/moved")
    call.expect_said("elsewhere")
    assert of(call, LegEnded) == [LegEnded(NURSE, "completed")]
    assert of(call, Bridged) == []
    assert app.paths == ["first", "whisper", "moved", "status"]


@pytest.mark.parametrize("standing", [ENQUEUE, WAITING])
def test_a_call_moved_out_of_a_queue_is_told_as_redirected(standing: str) -> None:
    """The Enqueue's action is told, its answer is not run, and the place in the queue is free."""
    app, call = dial(standing, next="<Say>No</Say>", agent="<Dial><Queue>support</Queue></Dial>")
    call.wait(7)
    update(call, url=f"{BASE}/moved")
    assert of(call, Dequeued) == [Dequeued("support", "redirected")]
    assert told(app.asked("next")[0], "QueueResult", "QueueTime") == {
        "QueueResult": "redirected",
        "QueueTime": "7",
    }
    call.expect_said("elsewhere")
    assert "No" not in call.said
    assert of(call.phone.dial(AGENT), Bridged) == []


def test_a_call_moved_away_from_its_agent_is_told_so() -> None:
    """A caller who talks to an agent by then is redirected from the bridge; the agent goes on."""
    app, call = dial(ENQUEUE, agent="<Dial><Queue>support</Queue></Dial><Say>gone</Say>")
    agent = call.phone.dial(AGENT)
    update(call, url=f"{BASE}/moved")
    assert app.asked("next")[0]["QueueResult"] == "redirected-from-bridged"
    call.expect_said("elsewhere")
    agent.expect_said("gone")


def test_a_call_moved_out_of_a_conference_leaves_it() -> None:
    """The conference loses its participant, and ends with the last."""
    app, call = dial(
        '<Dial><Conference statusCallback="/told" statusCallbackEvent="leave end">room'
        "</Conference></Dial>"
    )
    update(call, url=f"{BASE}/moved")
    events = [each["StatusCallbackEvent"] for each in app.asked("told")]
    assert events == ["participant-leave", "conference-end"]
    assert call.phone.exchange.rooms == {}
