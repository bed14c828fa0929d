"""Whole calls, from the first ring to the end, as callers make them."""

from __future__ import annotations

import pytest
from conftest import (
    CARELINE,
    CARELINE_TTY,
    MONDAY_AT_7_PM,
    MONDAY_AT_10,
    NAVIGATOR,
    NAVIGATOR_TTY,
    SUNDAY_AT_3,
    TTY_NUMBER,
    PlaceCall,
)

from ivr.call.red_flags import RED_FLAGS


def spoken(number: str) -> str:
    """A number in the groups it is said in."""
    return f"{number[2:5]} {number[5:8]} {number[8:]}"


SIX_NOES = " ".join("2" for _ in RED_FLAGS)
CALL_DOCTOR = "call your doctor right away"
DIAL_911 = "hang up and dial 911"


def test_a_yes_at_3_am_on_a_sunday_reaches_the_careline(place_call: PlaceCall) -> None:
    """A first-question yes is answered with advice and the CareLine, day or night."""
    call = place_call("1 completed", at=SUNDAY_AT_3)
    assert call.dialled == [CARELINE[0]]
    assert CALL_DOCTOR in call.said
    assert call.said.count(DIAL_911) == 2  # the greeting's and the advice's
    assert "Goodbye" in call.said
    assert not call.warnings


def test_six_noes_and_benefits_hunt_through_all_numbers(place_call: PlaceCall) -> None:
    """On a working day the Navigator is dialled; after busy and no answer, the CareLine."""
    call = place_call(f"{SIX_NOES} 2 busy no-answer completed", at=MONDAY_AT_10)
    assert call.dialled == [*NAVIGATOR, CARELINE[0]]
    assert "That number is busy" in call.said
    assert "Nobody picked up" in call.said
    assert call.ended == "the app hung up (Hangup)"


def test_at_closing_time_the_navigator_is_closed(place_call: PlaceCall) -> None:
    """At 19:00:00 a caller hears that it is closed and when it opens, and can have a nurse."""
    call = place_call(f"{SIX_NOES} 2 1 completed", at=MONDAY_AT_7_PM)
    assert "The Nurse Navigator is closed now" in call.said
    assert "It opens again tomorrow at 7 a.m" in call.said
    assert call.dialled == [CARELINE[0]]


def test_on_a_weekend_the_opening_day_is_named(place_call: PlaceCall) -> None:
    """On a Saturday the line opens on Monday."""
    saturday = SUNDAY_AT_3.replace(day=21)
    call = place_call(f"{SIX_NOES} 2 hangup", at=saturday)
    assert "It opens again on Monday at 7 a.m" in call.said


@pytest.mark.parametrize(
    ("at", "number"), [(MONDAY_AT_10, NAVIGATOR_TTY), (MONDAY_AT_7_PM, CARELINE_TTY)]
)
def test_9_reaches_the_right_tty_number(place_call: PlaceCall, at: object, number: str) -> None:
    """9 dials the Navigator's TTY number in its hours, else the CareLine's, and names 711."""
    call = place_call("9 completed", at=at)
    assert call.dialled == [number]
    assert spoken(number) in call.said
    assert "711" in call.said


def test_a_tty_number_leads_straight_to_the_tty_path(place_call: PlaceCall) -> None:
    """A call on a TTY number is not asked questions by voice."""
    call = place_call("completed", called=TTY_NUMBER)
    assert call.dialled == [NAVIGATOR_TTY]


def test_tty_callers_whom_nobody_answers_get_the_numbers(place_call: PlaceCall) -> None:
    """When no TTY number answers, both are read out, and 711."""
    call = place_call("9 no-answer failed hangup")
    assert call.dialled == [NAVIGATOR_TTY, CARELINE_TTY]
    assert "I could not reach anyone on the T T Y numbers" in call.said


def test_silence_throughout_reaches_a_nurse(place_call: PlaceCall) -> None:
    """Three silences are answered with advice and a nurse, never taken for a no."""
    call = place_call("silence silence silence completed", at=SUNDAY_AT_3)
    assert call.dialled == [CARELINE[0]]
    assert "Take your time" in call.said
    assert CALL_DOCTOR in call.said


def test_when_nobody_answers_the_numbers_are_read_and_the_hunt_goes_on(
    place_call: PlaceCall,
) -> None:
    """No hang-up: the numbers are read out, and silence dials the CareLine again."""
    hunt = "no-answer failed"
    call = place_call(f"0 {hunt} silence silence silence busy completed")
    assert call.dialled == [*CARELINE, *CARELINE]
    assert "A CareLine nurse is on duty day and night" in call.said


@pytest.mark.parametrize("position", range(len(RED_FLAGS)))
@pytest.mark.parametrize(
    "answer", ["1", "3", "say:yes", "'say:not sure'", "'say:I don\u2019t know.'"]
)
def test_any_yes_or_not_sure_ends_the_questions(
    place_call: PlaceCall, position: int, answer: str
) -> None:
    """At every question a yes or not sure, by key or word, leads to advice and the CareLine."""
    call = place_call(f"{'2 ' * position} {answer} completed")
    assert call.dialled == [CARELINE[0]]
    assert CALL_DOCTOR in call.said
    stronger = "go to an emergency room" in call.said
    assert stronger == (RED_FLAGS[position].tier == "emergency")


def test_a_no_inside_other_words_is_not_a_no(place_call: PlaceCall) -> None:
    """A sentence that begins with "no" is asked again, not taken for a no."""
    call = place_call("2 'say:no feeling in my legs' hangup")
    assert "Sorry, I did not get that" in call.said
    assert call.requested[-2].path == "/voice/en/upper-leg-numbness/1"


def test_words_do_what_keys_do(place_call: PlaceCall) -> None:
    """A whole call can be held in words."""
    noes = " ".join("say:no" for _ in RED_FLAGS)
    call = place_call(f"{noes} 'say:my benefits please' completed")
    assert call.dialled == [NAVIGATOR[0]]


@pytest.mark.parametrize("before", ["", "2 2", SIX_NOES, f"{SIX_NOES} 3 1 2", f"{SIX_NOES} 4 1"])
def test_0_reaches_a_nurse_from_everywhere(place_call: PlaceCall, before: str) -> None:
    """0 dials the CareLine, whatever the line is saying."""
    assert place_call(f"{before} 0 completed").dialled == [CARELINE[0]]


def test_star_repeats_from_the_first_wording(place_call: PlaceCall) -> None:
    """After silence, * plays the question as it was first asked."""
    call = place_call("silence * hangup")
    assert call.said.count("Have you noticed any change") == 2


def test_the_library_goes_on_and_back(place_call: PlaceCall) -> None:
    """Next plays the following piece, back leads to the menu above, and again above that."""
    call = place_call(f"{SIX_NOES} 3 1 3 1 # # # hangup")
    assert "The pelvic tilt." in call.said
    assert "The knee raise." in call.said
    assert call.requested[-2].path == "/voice/en/self-care/1"
    assert call.said.count("For your benefits and treatment options") == 2


def test_numbers_are_read_when_the_caller_is_ready(place_call: PlaceCall) -> None:
    """Each number is read digit by digit, twice."""
    call = place_call(f"{SIX_NOES} 4 1 1 1 hangup")
    for number in (*CARELINE, *NAVIGATOR, CARELINE_TTY, NAVIGATOR_TTY):
        assert call.said.count(spoken(number)) == 2
    assert "Monday through Friday, from 7 a.m. to 7 p.m" in call.said


@pytest.mark.parametrize("caller", ["anonymous", "unknown", "", "+266696687", "client:someone"])
def test_withheld_callers_are_put_through(place_call: PlaceCall, caller: str) -> None:
    """Without a usable caller id the leg is dialled with the number that was called."""
    call = place_call("0 completed", caller=caller)
    assert call.dialled == [CARELINE[0]]
    assert not call.warnings


def test_no_webhook_of_any_call_is_refused_or_warned_of(place_call: PlaceCall) -> None:
    """Every webhook of a long call answers 200, its end 204, and Twilio's debugger is quiet."""
    call = place_call(
        f"{SIX_NOES} 3 2 1 # 3 1 1 1 1 1 # # # 4 1 # 2 busy busy busy busy 1 0 completed"
    )
    *webhooks, status = [request.status for request in call.requested]
    assert set(webhooks) == {200}
    assert status == 204
    assert not call.warnings
