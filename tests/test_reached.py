"""Reached means talked to: an ended leg proves nothing, and who holds the line is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from click.testing import CliRunner
from line_facts import CARELINE, CARELINE_TTY, NAVIGATOR, SETTINGS, TOKEN
from test_config import directory_with
from test_tty_webhooks import document
from test_webhooks import post, post_form

from ivr import Settings, create_app
from ivr.__main__ import main
from ivr.config import VoiceLine
from ivr.config_errors import ConfigError
from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.carrier.transport import WsgiTransport
from offhook.pytest_plugin import phone_target

FIRST = "/voice/en/careline-local/1"
BOTH_ACCEPT = (
    ("[careline]", "[careline]\naccept = true"),
    ("[navigator]", "[navigator]\naccept = true"),
)


def dialled(root: Element) -> list[str | None]:
    """The numbers that a document rings."""
    return [number.text for number in root.iter("Number")]


def said(root: Element) -> str:
    """All that a document says."""
    return " ".join(" ".join("".join(each.itertext()) for each in root.iter("Say")).split())


@pytest.mark.parametrize("bridged", ["false", "False", "FALSE"])
@pytest.mark.parametrize("seconds", ["", "3", "600"])
def test_a_leg_that_was_not_put_through_reached_nobody(bridged: str, seconds: str) -> None:
    """A screen or a whisper turned the caller away: the next number rings."""
    form = {"DialCallStatus": "completed", "DialBridged": bridged, "DialCallDuration": seconds}
    assert dialled(document(post_form(FIRST, form))) == [CARELINE[1]]


@pytest.mark.parametrize("status", ["completed", "answered"])
@pytest.mark.parametrize("told", [{}, {"DialBridged": "true"}, {"DialBridged": ""}])
@pytest.mark.parametrize("seconds", ["", "0", "29", "30", "900", "-1", "x", "9" * 99])
def test_a_nurse_is_offered_again_after_every_leg(
    status: str, told: dict[str, str], seconds: str
) -> None:
    """Whatever Twilio says of the talk: the emergency first, then the offer; nobody is rung yet."""
    root = document(
        post_form(FIRST, {"DialCallStatus": status, "DialCallDuration": seconds} | told)
    )
    words = said(root)
    assert words.startswith("If this is an emergency, hang up and dial")
    assert "If you did not reach a nurse, press 1." in words
    assert dialled(root) == []
    assert root.find("Hangup") is None
    short = seconds in {"0", "29"}
    name = f"careline-local-{'short' if short else 'reached'}"
    assert [gather.get("action") for gather in root.iter("Gather")] == [f"/voice/en/{name}/1"]


@pytest.mark.parametrize(
    "form",
    [{"Digits": "1"}, {"Digits": "0"}, {"Digits": "5"}, {"SpeechResult": "nobody was there"}],
)
def test_who_reached_nobody_goes_on_with_the_hunt(form: dict[str, str]) -> None:
    """By 1, by 0, by another key or by any words; after the last number they are read out."""
    assert dialled(document(post_form("/voice/en/careline-local-reached/1", form))) == [CARELINE[1]]
    last = document(post_form("/voice/en/careline-toll-free-reached/1", form))
    assert "I could not reach anyone" in said(last)


def test_0_after_the_navigator_is_a_nurse() -> None:
    """1 goes on with the Navigator's other number; 0 is a nurse, as everywhere."""
    place = "/voice/en/navigator-local-reached/1"
    assert dialled(document(post(place, Digits="1"))) == [NAVIGATOR[1]]
    assert dialled(document(post(place, Digits="0"))) == [CARELINE[0]]


def test_silence_after_a_talk_is_a_goodbye() -> None:
    """Who has talked and waits is let go."""
    root = document(post("/voice/en/careline-local-reached/1"))
    assert "Goodbye" in said(root)
    assert root[-1].tag == "Hangup"


def test_silence_after_a_short_leg_rings_once_more() -> None:
    """The call may have dropped: the same number rings, and its next silence is a goodbye."""
    again = document(post("/voice/en/careline-local-short/1"))
    assert dialled(again) == [CARELINE[0]]
    dial = again.find("Dial")
    assert dial is not None
    form = {"DialCallStatus": "completed", "DialCallDuration": "4"}
    offer = document(post_form(dial.get("action", ""), form)).find("Gather")
    assert offer is not None
    assert document(post(offer.get("action", "")))[-1].tag == "Hangup"


def test_a_caller_whom_a_machine_answered_comes_to_a_nurse(phone: Phone) -> None:
    """The machine talks, the caller presses 1, and the next number rings, to the last word."""
    call = phone.dial()
    call.press("1")
    for number in CARELINE:
        call.expect_ringing(number)
        call.answer_by_machine()
        call.end_talk(40)
        call.expect_said("If you did not reach a nurse")
        call.press("1")
    call.expect_said("I could not reach anyone")
    assert call.numbers_dialled == [*CARELINE]


def test_a_dropped_call_rings_again_by_itself(phone: Phone) -> None:
    """A caller who says nothing after a leg of four seconds is put through once more."""
    call = phone.dial()
    call.press("0")
    for _ in range(2):
        call.expect_ringing(CARELINE[0])
        call.answer()
        call.end_talk(4)
        call.stay_silent()
    call.expect_said("Goodbye")
    assert call.numbers_dialled == [CARELINE[0]] * 2


def test_by_key_on_a_tty_a_nurse_is_offered_again() -> None:
    """Where typing can't be read too, silence lasts its 90 s, and 1 goes on with the hunt."""
    root = document(post("/keyed/en/careline-tty/1", DialCallStatus="completed"))
    gather = root.find("Gather")
    assert gather is not None
    assert gather.get("timeout") == "90"
    assert "/keyed/en/careline-tty-reached/1" in gather.get("action", "")
    goodbye = document(post("/keyed/en/careline-tty-reached/1"))
    assert goodbye[-1].tag == "Hangup"
    navigator = document(post("/keyed/en/navigator-tty-reached/1", Digits="1"))
    assert dialled(navigator) == [CARELINE_TTY]


# Who picks up is asked to accept


@pytest.fixture
def accepting_phone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Phone]:
    """A phone on a line whose services are asked to press 1."""
    target = phone_target(request.config)
    directory = directory_with(tmp_path, *BOTH_ACCEPT)
    settings = Settings(target.auth_token, directory=directory)
    app = create_app(settings, clock=lambda: datetime.now(UTC))
    base = target.line.voice_url.removesuffix("/voice")
    phone = Phone(replace(target, transport=WsgiTransport(app.wsgi_app, base)))
    yield phone
    phone.hang_up_all()


def at_the_nurse(phone: Phone) -> PhoneCall:
    """A call whose nurse rings."""
    call = phone.dial()
    call.press("0")
    call.expect_ringing(CARELINE[0])
    return call


def test_who_accepts_is_put_through(accepting_phone: Phone) -> None:
    """1 puts the caller through, who hears nothing of the question."""
    call = at_the_nurse(accepting_phone)
    call.answer(whisper="1")
    call.expect_said("To take the call, press 1", leg=CARELINE[0])
    assert "take the call" not in call.said
    call.end_talk(60)
    call.expect_said("If you did not reach a nurse")
    assert call.warnings == []


def test_who_declines_or_is_a_machine_is_no_nurse(accepting_phone: Phone) -> None:
    """Another key, a hang-up and a machine that says nothing lead on to the next number."""
    for whisper in ("2", "hangup", None):
        call = at_the_nurse(accepting_phone)
        call.answer(whisper=whisper)
        call.expect_said("Nobody picked up")
        call.expect_ringing(CARELINE[1])
        call.hang_up()


def test_what_is_asked_has_no_word_of_health(line: VoiceLine) -> None:
    """Who picks up may be anybody: nothing says what the call is about."""
    words = line.prompts["en"].texts["accept"].lower()
    assert not {"nurse", "back", "pain", "health", "doctor"} & set(words.split())


@pytest.mark.parametrize("language", ["xx", "%01", "EN"])
def test_in_any_language_who_picks_up_is_asked(language: str) -> None:
    """The safe exit is for callers: a nurse is asked in the directory's language."""
    assert document(post(f"/accept/{language}")).find("Gather/Say") is not None
    assert document(post(f"/accept/{language}/answer", Digits="2"))[0].tag == "Hangup"
    assert [*document(post(f"/accept/{language}/answer", Digits="1"))] == []


def test_a_tty_is_never_asked(tmp_path: Path) -> None:
    """A question in voice would be lost on it."""
    settings = replace(SETTINGS, directory=directory_with(tmp_path, *BOTH_ACCEPT))
    app = create_app(settings, clock=lambda: datetime.now(UTC))
    for path in ("/voice/en/careline-tty/1", "/keyed/en/fever/1"):
        root = document(post_form(path, {"Digits": "0"}, app))
        assert all(number.get("url") is None for number in root.iter("Number"))
    by_voice = document(post_form("/voice/en/fever/1", {"Digits": "0"}, app))
    assert [number.get("url") for number in by_voice.iter("Number")] == ["/accept/en"]


def test_a_menu_that_is_asked_to_accept_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It presses no key, so nobody would be put through: `ivr check` says so, and what to do."""
    asked = ("[careline]", "[careline]\naccept = true\nmenu = true")
    monkeypatch.setenv("IVR_DIRECTORY", str(directory_with(tmp_path, asked)))
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 0
    assert "[careline] has accept = true and menu = true" in result.output
    assert "leave accept out" in result.output


@pytest.mark.parametrize("value", ['"yes"', "1", "[]"])
def test_accept_is_true_or_false(tmp_path: Path, value: str) -> None:
    """Anything else is a fault that says what to write."""
    asked = ("[careline]", f"[careline]\naccept = {value}")
    with pytest.raises(ConfigError, match=r"careline: accept: is of the wrong kind. Write true or"):
        create_app(Settings(TOKEN, directory=directory_with(tmp_path, asked)))
