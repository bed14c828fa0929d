"""Dial: who rings, for how long, as whom, and what the action is told."""

from __future__ import annotations

import pytest
from verbs_app import CALLER, LINE, NURSE, SECOND, App, codes, dial, of, phone, times, told

from offhook.events import Bridged, LegEnded, Ringing
from offhook.needs import LegStatus

COVERS: dict[str, str] = {
    "Dial.action": "test_with_an_action_the_call_goes_on_there",
    "Dial.method": "test_an_action_is_requested_by_its_method",
    "Dial.timeout": "test_a_leg_rings_for_the_timeout",
    "Dial.timeLimit": "test_a_talk_is_over_at_the_time_limit",
    "Dial.hangupOnStar": "test_a_star_ends_the_talk_where_that_counts",
    "Dial.callerId": "test_a_leg_is_dialled_as_the_caller_unless_told_otherwise",
    "Dial.sequential": "test_numbers_ring_at_once_or_one_after_another",
}

RING = 6.0
TOLD = ("DialCallStatus", "DialCallDuration", "DialBridged")
TWO = f"<Number>{NURSE}</Number><Number>{SECOND}</Number>"


def test_without_an_action_the_document_goes_on() -> None:
    """After the talk the next verb runs, if the caller is still there."""
    app, call = dial(f"<Dial>{NURSE}</Dial><Say>on</Say>")
    call.expect_ringing(NURSE)
    call.answer()
    call.end_talk(30)
    assert of(call, Bridged) == [Bridged(NURSE)]
    assert call.said == "on"
    assert call.elapsed == pytest.approx(RING + 30 + 0.3)
    assert app.paths == ["first", "status"]


def test_with_an_action_the_call_goes_on_there() -> None:
    """The action is told how the leg ended, and what follows the Dial is not reached."""
    app, call = dial(f'<Dial action="next">{NURSE}</Dial><Say>No</Say>', next="<Say>Yes</Say>")
    call.answer()
    call.end_talk(30)
    asked = app.asked("next")[0]
    assert told(asked, *TOLD) == {
        "DialCallStatus": "completed",
        "DialCallDuration": "30",
        "DialBridged": "true",
    }
    assert asked["DialCallSid"].startswith("CA")
    assert asked["DialCallSid"] != asked["CallSid"] == call.call.sid
    assert call.said == "Yes"


@pytest.mark.parametrize(
    ("how", "status", "seconds"),
    [("be_busy", "busy", 2), ("be_unreachable", "failed", 1), ("ring_out", "no-answer", 30)],
)
def test_an_unanswered_leg_is_told_with_its_status(how: str, status: str, seconds: float) -> None:
    """A leg that was not answered has a status of its own, no duration, and no bridge."""
    app, call = dial(f'<Dial action="next">{NURSE}</Dial>')
    getattr(call, how)()
    assert told(app.asked("next")[0], *TOLD) == {"DialCallStatus": status, "DialBridged": "false"}
    assert times(call, "action") == [seconds]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_action_is_requested_by_its_method(method: str) -> None:
    """GET and POST both bring the status along."""
    app, call = dial(f'<Dial action="next" method="{method}">{NURSE}</Dial>')
    call.be_busy()
    assert app.methods("next") == [method]
    assert app.asked("next")[0]["DialCallStatus"] == "busy"


@pytest.mark.parametrize(("timeout", "seconds"), [("", 30), ('timeout="12"', 12)])
def test_a_leg_rings_for_the_timeout(timeout: str, seconds: int) -> None:
    """Nobody answers for the timeout, by default thirty seconds: no-answer."""
    app, call = dial(f'<Dial action="next" {timeout}>{NURSE}</Dial>')
    assert of(call, Ringing) == [Ringing(NURSE, CALLER, seconds)]
    call.wait(seconds - 1)
    assert app.asked("next") == []
    call.wait(1)
    assert app.asked("next")[0]["DialCallStatus"] == "no-answer"


@pytest.mark.parametrize(("limit", "seconds"), [("", 14_400), ('timeLimit="90"', 90)])
def test_a_talk_is_over_at_the_time_limit(limit: str, seconds: int) -> None:
    """The talk lasts as long as timeLimit, by default four hours; then the leg is completed."""
    app, call = dial(f'<Dial action="next" {limit}>{NURSE}</Dial>')
    call.answer()
    call.wait(seconds - 10)
    assert app.asked("next") == []
    if limit:  # the whole call has a limit of four hours as well
        call.wait(10)
        assert told(app.asked("next")[0], *TOLD) == {
            "DialCallStatus": "completed",
            "DialCallDuration": "90",
            "DialBridged": "true",
        }


@pytest.mark.parametrize(("star", "ends"), [("true", True), ("false", False)])
def test_a_star_ends_the_talk_where_that_counts(star: str, ends: bool) -> None:  # noqa: FBT001 - what happens
    """With hangupOnStar the caller's * drops the other party; another key never does."""
    app, call = dial(f'<Dial action="next" hangupOnStar="{star}">{NURSE}</Dial>')
    call.answer()
    call.press("5")
    assert app.asked("next") == []
    call.press("*")
    assert [asked["DialCallStatus"] for asked in app.asked("next")] == ["completed"] * ends


@pytest.mark.parametrize(
    ("attribute", "shown"),
    [("", CALLER), (f'callerId="{LINE}"', LINE), (f'callerId="{CALLER}"', CALLER)],
)
def test_a_leg_is_dialled_as_the_caller_unless_told_otherwise(attribute: str, shown: str) -> None:
    """The leg sees the caller's number, or the call's From or To as callerId."""
    _, call = dial(f"<Dial {attribute}>{NURSE}</Dial>")
    assert of(call, Ringing) == [Ringing(NURSE, shown, 30)]
    assert codes(call) == []


def test_a_strangers_number_as_caller_id_is_warned_of() -> None:
    """A callerId that is neither the call's nor the account's is a 13214, a verified one is not."""
    app = App(first=f'<Dial callerId="+16125550177">{NURSE}</Dial>')
    line = phone(app)
    assert codes(line.dial(LINE)) == [13214]
    line.exchange.verified.add("+16125550177")
    assert codes(line.dial(LINE)) == []


@pytest.mark.parametrize("caller", ["anonymous", "unknown", "", "+1"])
def test_a_withheld_number_can_not_be_dialled_with(caller: str) -> None:
    """Without a usable caller id the leg fails at once with 13214; the line's own helps."""
    app = App(first=f'<Dial action="next">{NURSE}</Dial>')
    call = phone(app).dial(LINE, caller=caller)
    assert codes(call) == [13214]
    assert app.asked("next")[0]["DialCallStatus"] == "failed"
    assert call.elapsed == 0
    app = App(first=f'<Dial action="next" callerId="{LINE}">{NURSE}</Dial>')
    call = phone(app).dial(LINE, caller=caller)
    assert codes(call) == []
    call.expect_ringing(NURSE)


def test_numbers_ring_at_once_or_one_after_another() -> None:
    """Numbers ring at once by default; sequential ones ring until one answers."""
    _, call = dial(f"<Dial>{TWO}</Dial>")
    call.expect_ringing(NURSE)
    call.expect_ringing(SECOND)
    app, call = dial(
        f'<Dial sequential="true" action="next">{TWO}<Number>+16125550197</Number></Dial>'
    )
    assert call.numbers_dialled == [NURSE]
    call.be_busy()
    assert call.numbers_dialled == [NURSE, SECOND]
    call.answer()
    call.end_talk(10)
    assert call.numbers_dialled == [NURSE, SECOND]
    assert app.asked("next")[0]["DialCallStatus"] == "completed"


def test_sequential_numbers_each_ring_for_the_whole_timeout() -> None:
    """The timeout counts for each number, and the last number's status is told."""
    app, call = dial(f'<Dial sequential="true" timeout="10" action="next">{TWO}</Dial>')
    call.ring_out()
    call.ring_out()
    assert app.asked("next")[0]["DialCallStatus"] == "no-answer"
    assert times(call, "action") == [20]


def test_the_first_answer_wins_and_the_others_are_canceled() -> None:
    """Of legs that ring at once only the one that answers first is bridged."""
    app, call = dial(f'<Dial action="next">{TWO}</Dial>')
    call.call.deliver(LegStatus("answered", SECOND))
    call.phone.pump()
    assert of(call, LegEnded) == [LegEnded(NURSE, "canceled")]
    assert of(call, Bridged) == [Bridged(SECOND)]
    call.end_talk(10)
    assert app.asked("next")[0]["DialCallStatus"] == "completed"


def test_a_busy_leg_leaves_the_others_ringing() -> None:
    """One busy leg does not end the Dial; the last to end decides what is told."""
    app, call = dial(f'<Dial action="next" timeout="20">{TWO}</Dial>')
    call.be_busy()
    call.expect_ringing(SECOND)
    call.ring_out()
    assert app.asked("next")[0]["DialCallStatus"] == "no-answer"
    assert times(call, "action") == [20]


def test_no_more_than_ten_legs_ring() -> None:
    """An eleventh number is warned of, and does not ring."""
    numbers = [f"+161255502{place:02}" for place in range(11)]
    _, call = dial("<Dial>" + "".join(f"<Number>{each}</Number>" for each in numbers) + "</Dial>")
    assert call.numbers_dialled == numbers[:10]
    assert codes(call) == [12200]


@pytest.mark.parametrize(
    "written",
    [
        "+16125550199",
        "6125550199",
        "(612) 555-0199",
        "612.555.0199",
        "1-612-555-0199",
        "16125550199",
    ],
)
@pytest.mark.parametrize("noun", ["{}", "<Number>{}</Number>"])
def test_numbers_may_be_written_as_in_the_united_states(written: str, noun: str) -> None:
    """Ten digits get +1, eleven a +; spaces, brackets, dots and dashes do not count."""
    _, call = dial(f"<Dial>{noun.format(written)}</Dial>")
    assert call.numbers_dialled == [NURSE]


@pytest.mark.parametrize("noun", ["<Number>555</Number>", "<Number>nurse</Number>", ""])
def test_what_is_no_number_fails(noun: str) -> None:
    """Where there is nothing that could be dialled the Dial fails with 13223."""
    app, call = dial(f'<Dial action="next">{noun}</Dial>')
    assert codes(call) == [13223]
    assert told(app.asked("next")[0], *TOLD) == {"DialCallStatus": "failed", "DialBridged": "false"}


def test_a_caller_who_hangs_up_cancels_what_rings() -> None:
    """The legs end with the call, and no action is requested."""
    app, call = dial(f'<Dial action="next">{TWO}</Dial>')
    call.hang_up()
    assert of(call, LegEnded) == [LegEnded(NURSE, "canceled"), LegEnded(SECOND, "canceled")]
    assert call.ended == "the caller hung up"
    assert app.paths == ["first", "status"]


def test_a_caller_who_hangs_up_in_a_talk_completes_the_leg() -> None:
    """The talk ends with the call, and no action is requested."""
    app, call = dial(f'<Dial action="next">{NURSE}</Dial>')
    call.answer()
    call.hang_up()
    assert of(call, LegEnded) == [LegEnded(NURSE, "completed")]
    assert app.paths == ["first", "status"]
