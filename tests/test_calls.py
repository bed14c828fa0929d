"""Whole calls, from the first ring to the end, as callers make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from line_facts import (
    CARELINE,
    CARELINE_TTY,
    MONDAY_AT_7_PM,
    MONDAY_AT_10,
    NAVIGATOR,
    NAVIGATOR_TTY,
    SUNDAY_AT_3,
    TTY_NUMBER,
)

from ivr import Settings
from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine
from ivr.twilio.incidents import Incidents
from ivr.twilio.webhooks import Webhooks
from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.carrier.transport import WsgiTransport
from offhook.pytest_plugin import phone_target

CALL_DOCTOR = "call your doctor right away"
DIAL_911 = "hang up and dial 911"


def spoken(number: str) -> str:
    """A number in the groups it is said in."""
    return f"{number[2:5]} {number[5:8]} {number[8:]}"


def press(call: PhoneCall, keys: str) -> None:
    """Answer one prompt after another."""
    for key in keys.split():
        call.press(key)


def main_menu(phone: Phone, at: str | datetime = MONDAY_AT_10) -> PhoneCall:
    """A call that has said no to every question."""
    call = phone.dial(at=at)
    for _ in RED_FLAGS:
        call.press("2")
    return call


def is_connected(call: PhoneCall, number: str) -> None:
    """The number is dialled and answers; a nurse is offered again, and silence is a goodbye."""
    call.expect_ringing(number)
    call.answer()
    call.end_talk()
    call.expect_said(DIAL_911)
    call.expect_said("If you did not reach")
    call.stay_silent()
    call.expect_said("Goodbye")
    assert call.ended == "the app hung up (Hangup)"


def test_a_yes_at_3_am_on_a_sunday_reaches_the_careline(phone: Phone) -> None:
    """A first-question yes is answered with advice and the CareLine, day or night."""
    call = phone.dial(at=SUNDAY_AT_3)
    call.expect_said(DIAL_911)
    call.press("1")
    call.expect_said(CALL_DOCTOR)
    call.expect_said(DIAL_911)
    is_connected(call, CARELINE[0])
    assert call.warnings == []


def test_six_noes_and_benefits_hunt_through_all_numbers(phone: Phone) -> None:
    """On a working day the Navigator is dialled; after busy and no answer, the CareLine."""
    call = main_menu(phone)
    call.press("2")
    call.expect_ringing(NAVIGATOR[0])
    call.be_busy()
    call.expect_said("That number is busy")
    call.expect_ringing(NAVIGATOR[1])
    call.ring_out()
    call.expect_said("Nobody picked up")
    is_connected(call, CARELINE[0])


def test_at_closing_time_the_navigator_is_closed(phone: Phone) -> None:
    """At 7 p.m. a caller hears that it is closed and when it opens, and can have a nurse."""
    call = main_menu(phone, MONDAY_AT_7_PM)
    call.press("2")
    call.expect_said("The Nurse Navigator is closed now")
    call.expect_said("It opens again tomorrow at 7 a.m")
    call.press("1")
    is_connected(call, CARELINE[0])


@pytest.mark.parametrize(("at", "is_open"), [("18:57:30", True), ("18:58:30", False)])
def test_the_hours_count_when_the_menu_is_reached(phone: Phone, at: str, *, is_open: bool) -> None:
    """Who calls at closing time finds the Navigator closed once the questions are answered."""
    call = main_menu(phone, f"2026-11-23T{at}-06:00")
    call.press("2", interrupt=True)
    assert ("closed now" in call.said) is not is_open


def test_on_a_weekend_the_opening_day_is_named(phone: Phone) -> None:
    """On a Saturday the line opens on Monday."""
    call = main_menu(phone, "2026-11-21T03:00-06:00")
    call.press("2")
    call.expect_said("It opens again on Monday at 7 a.m")


@pytest.fixture
def plain_phone(request: pytest.FixtureRequest, line: VoiceLine) -> Iterator[Phone]:
    """A phone on a line that was installed without the extra `tty`."""
    target = phone_target(request.config)
    app = Flask("plain")
    settings = Settings(target.auth_token)
    Webhooks(line, settings, lambda: datetime.now(UTC), Incidents()).register(app)
    base = target.line.voice_url.removesuffix("/voice")
    phone = Phone(replace(target, transport=WsgiTransport(app.wsgi_app, base)))
    yield phone
    phone.hang_up_all()


@pytest.mark.parametrize(
    ("at", "number"), [(MONDAY_AT_10, NAVIGATOR_TTY), (MONDAY_AT_7_PM, CARELINE_TTY)]
)
def test_9_reaches_the_right_tty_number(plain_phone: Phone, at: datetime, number: str) -> None:
    """Where TTYs can't be read, 9 dials the TTY number of the service that is open."""
    call = plain_phone.dial(at=at)
    call.press("9")
    call.expect_said(spoken(number))
    call.expect_said("711")
    is_connected(call, number)


def test_a_tty_number_leads_straight_to_the_tty_path(plain_phone: Phone) -> None:
    """There, a call on a TTY number is not asked questions by voice."""
    is_connected(plain_phone.dial(TTY_NUMBER, at=MONDAY_AT_10), NAVIGATOR_TTY)


def test_tty_callers_whom_nobody_answers_get_the_numbers(plain_phone: Phone) -> None:
    """There, when no TTY number answers, both are read out, and 711."""
    call = plain_phone.dial(at=MONDAY_AT_10)
    call.press("9")
    call.expect_ringing(NAVIGATOR_TTY)
    call.ring_out()
    call.expect_ringing(CARELINE_TTY)
    call.be_unreachable()
    call.expect_said("I could not reach anyone on the T T Y numbers")
    for number in (NAVIGATOR_TTY, CARELINE_TTY):
        call.expect_said(spoken(number))


def test_silence_throughout_reaches_a_nurse(phone: Phone) -> None:
    """Three silences are answered with advice and a nurse, never taken for a no."""
    call = phone.dial(at=SUNDAY_AT_3)
    call.stay_silent()
    call.expect_said("Take your time")
    call.expect_said("You may hear tones for a text telephone")
    assert call.said.index("Take your time") < call.said.index("You may hear tones")
    call.stay_silent()
    call.stay_silent()
    call.expect_said(CALL_DOCTOR)
    is_connected(call, CARELINE[0])


def test_when_nobody_answers_the_numbers_are_read_and_the_hunt_goes_on(phone: Phone) -> None:
    """No hang-up: the numbers are read out, and silence dials the CareLine again."""
    call = phone.dial()
    call.press("0")
    for number in CARELINE:
        call.expect_ringing(number)
        call.ring_out()
    call.expect_said("A CareLine nurse is on duty day and night")
    for _ in range(3):
        call.stay_silent()
    call.expect_ringing(CARELINE[0])
    call.be_busy()
    is_connected(call, CARELINE[1])


@pytest.mark.parametrize("position", range(len(RED_FLAGS)))
@pytest.mark.parametrize("answer", ["1", "3", "yes", "not sure", "I don\u2019t know."])
def test_any_yes_or_not_sure_ends_the_questions(phone: Phone, position: int, answer: str) -> None:
    """At every question a yes or not sure, by key or word, leads to advice and the CareLine."""
    call = phone.dial()
    for _ in range(position):
        call.press("2")
    if answer.isdecimal():
        call.press(answer)
    else:
        call.say(answer)
    call.expect_said(CALL_DOCTOR)
    stronger = "go to an emergency room" in call.said
    assert stronger == (RED_FLAGS[position].tier == "emergency")
    is_connected(call, CARELINE[0])


@pytest.mark.parametrize("answer", ["1", "3"])
@pytest.mark.parametrize("position", range(len(RED_FLAGS)))
def test_advice_names_the_sign_and_has_one_order_of_steps(
    phone: Phone, line: VoiceLine, position: int, answer: str
) -> None:
    """The sign first; 911 before the doctor in an emergency, behind the doctor otherwise."""
    call = phone.dial()
    press(call, "2 " * position + answer)
    flag = RED_FLAGS[position]
    sign = line.prompts["en"].texts[f"{flag.name}.sign"]
    steps = [sign.rstrip("."), "dial 911", CALL_DOCTOR, "stay on the line"]
    places = [call.said.rindex(step) for step in steps]
    urgent = [places[0], places[2], places[1]]
    assert places == sorted(places) if flag.tier == "emergency" else urgent == sorted(urgent)
    call.expect_ringing(CARELINE[0])


@pytest.mark.parametrize("before", ["", "2 2", "2 2 2 2 2 2", "2 2 2 2 2 2 3 1 3"])
def test_who_speaks_of_suicide_hears_where_help_is_and_comes_to_a_person(
    phone: Phone, before: str
) -> None:
    """From everywhere, whatever else was said: 988 and 911, then a nurse."""
    call = phone.dial()
    press(call, before)
    call.say("yes I want to kill myself")
    call.expect_said("You can call or text 988")
    call.expect_said(DIAL_911)
    is_connected(call, CARELINE[0])


def test_the_opening_says_whose_line_it_is_and_that_it_is_automated(phone: Phone) -> None:
    """And how to reach a nurse, before the first question."""
    call = phone.dial()
    call.expect_said("automated back pain line of HealthPartners")
    call.expect_said("For a nurse, at any time, press 0")


def test_the_answer_keys_are_told_in_short_from_the_third_question_on(phone: Phone) -> None:
    """Who has answered twice knows them; who needs it again hears it whole."""
    call = phone.dial()
    press(call, "2 2")
    assert call.said.count("For yes, press 1") == 2
    call.expect_said("For yes, 1. For no, 2. Not sure, 3")
    call.say("something else")
    assert call.said.count("For yes, press 1") == 3


def test_six_noes_are_told_what_to_watch_for(phone: Phone) -> None:
    """The emergency signs mean 911, the others a doctor."""
    call = main_menu(phone)
    after = call.said.split("does not mean that nothing is wrong")[1]
    for sign in ("bladder or bowels", "where you sit", "leg gets weaker"):
        assert after.index(sign) < after.index(DIAL_911)
    for sign in ("fever", "weight loss", "pain all night"):
        assert after.index(DIAL_911) < after.index(sign) < after.index(CALL_DOCTOR)


def test_a_no_inside_other_words_is_not_a_no(phone: Phone) -> None:
    """A sentence that begins with "no" is asked again, not taken for a no."""
    call = phone.dial()
    call.press("2")
    call.say("no more than usual")
    call.expect_said("Sorry, I did not get that")
    assert call.requests[-1].path == "/voice/en/upper-leg-numbness/1"


def test_words_do_what_keys_do(phone: Phone) -> None:
    """A whole call can be held in words."""
    call = phone.dial(at=MONDAY_AT_10)
    for _ in RED_FLAGS:
        call.say("no")
    call.say("my benefits please")
    is_connected(call, NAVIGATOR[0])


@pytest.mark.parametrize("before", ["", "2 2", "2 2 2 2 2 2", "2 2 2 2 2 2 3 1 2"])
def test_0_reaches_a_nurse_from_everywhere(phone: Phone, before: str) -> None:
    """0 dials the CareLine, whatever the line is saying."""
    call = phone.dial()
    press(call, before)
    call.press("0", interrupt=True)
    is_connected(call, CARELINE[0])


def test_star_repeats_from_the_first_wording(phone: Phone) -> None:
    """After silence, * plays the question as it was first asked."""
    call = phone.dial()
    call.stay_silent()
    call.press("*")
    call.expect_said("Have you noticed any change")


def test_the_library_goes_on_and_back(phone: Phone) -> None:
    """Next plays the following piece, back leads to the menu above, and again above that."""
    call = main_menu(phone)
    press(call, "3 1 3")
    call.expect_said("The pelvic tilt.")
    call.press("1")
    call.expect_said("The knee raise.")
    press(call, "# # #")
    call.expect_said("For your benefits and treatment options")
    assert call.requests[-1].path == "/voice/en/self-care/1"


def test_numbers_are_read_when_the_caller_is_ready(phone: Phone) -> None:
    """Each number is read digit by digit, twice."""
    call = main_menu(phone)
    press(call, "4 1 1 1")
    for number in (*CARELINE, *NAVIGATOR, CARELINE_TTY, NAVIGATOR_TTY):
        assert call.said.count(spoken(number)) == 2
    assert "Monday through Friday, from 7 a.m. to 7 p.m" in call.said


def test_no_webhook_of_any_call_is_refused_or_warned_of(phone: Phone) -> None:
    """Every webhook of a long call answers 200, its end 204, and Twilio's debugger is quiet."""
    call = main_menu(phone, MONDAY_AT_10)
    press(call, "3 2 1 # 3 1 1 1 1 1 # # # 4 1 # 2")
    for _ in (*NAVIGATOR, *CARELINE):
        call.be_busy()
    press(call, "1 0")
    is_connected(call, CARELINE[0])
    *webhooks, status = [request.status for request in call.requests]
    assert set(webhooks) == {200}
    assert status == 204
    assert call.warnings == []


@pytest.mark.parametrize("fault", ["500:3", "drop:3", "bad-xml:3", "slow:3:20"])
def test_when_the_app_fails_the_fallback_connects_the_caller(
    fallback_phone: Phone, fault: str
) -> None:
    """Whatever happens to a webhook, the static fallback dials the CareLine."""
    call = fallback_phone.dial(faults=[fault])
    press(call, "2 2")
    call.expect_ringing(CARELINE[0])
    call.ring_out()
    call.expect_ringing(CARELINE[1])
    call.answer()
    call.end_talk()
    assert len(call.warnings) == 1


def test_a_webhook_that_is_delivered_twice_changes_nothing(phone: Phone) -> None:
    """A call whose every webhook comes twice goes as any other."""
    call = phone.dial(faults=["twice:*"])
    press(call, "2 2 2 2 2 2 1")
    is_connected(call, CARELINE[0])
