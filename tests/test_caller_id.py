"""With which number a leg is dialled, and that it is never dialled to who was called."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from click.testing import CliRunner
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from line_facts import CALLER, CARELINE, CARELINE_TTY, NAVIGATOR, TTY_NUMBER, VOICE_NUMBER
from test_webhooks import post_form, verb

from ivr.__main__ import main
from ivr.call.lines import PHONE_NUMBER
from ivr.config import VoiceLine
from ivr.twilio.inbound import caller_id
from offhook.callers.phone import Phone
from offhook.events import Ringing

DIALLING: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("/voice/en/fever/1", {"Digits": "0"}),
    ("/voice/en/careline-local/1", {"DialCallStatus": "busy"}),
    ("/voice/en/main-menu/1", {"Digits": "2"}),
    ("/voice/en/gone/1", {}),
    ("/keyed/en/fever/1", {"Digits": "0"}),
    ("/tty/en/careline-tty/1/dial", {}),
    ("/tty/en/navigator-tty/1", {"DialCallStatus": "busy"}),
    ("/tty/en/gone/1", {}),
    ("/tty/safe-exit", {}),
)
"""Webhooks whose answer dials: on the ordinary way and by the safe exit, by voice and on a TTY."""

SHOWN = (
    CALLER,
    "+12025550143",
    "+19895550143",
    "+18005550143",
    "+18004115550",  # exchanges such as 411 are forbidden but for toll-free numbers
    "+18884115550",
    "+447700900123",
    "+4930123456",
    "+29012345",
    "+999123456789012",
)
"""Numbers that somebody can have."""

WITHHELD = (
    "",
    "anonymous",
    "Anonymous",
    "Restricted",
    "unknown",
    "client:anna",
    "client:+16125550123",
    "sip:+16125550123@example.org",
    "sip:anna@example.org",
    "16125550123",
    " 16125550123",
    "+16125550123 ",
    "+1612555012\u0663",
    "+0612555012",
    "+266696687",  # ANONYMOUS
    "+7378742833",  # RESTRICTED
    "+7378742883",
    "+86282452253",  # UNAVAILABLE
    "+2562533",  # BLOCKED
    "+7748283",  # PRIVATE
    "+8656696",  # UNKNOWN
    "+4612345",
    "+4412345678901234",
    "+1000000000",
    "+161255501234",
    "+1612555012",
    "+10000000000",
    "+11234567890",
    "+19999999999",
    "+12925550123",
    "+10125550123",
    "+19115550123",
    "+14115550123",
    "+16120550123",
    "+16121550123",
    "+16129110123",
    "+16122110123",
    "+18009115550",
    "+18000550143",
    "+18224115550",
)
"""What comes as `From` of a caller who withheld the number, or that nobody can have."""


@pytest.mark.parametrize("caller", WITHHELD)
@pytest.mark.parametrize(("path", "form"), DIALLING, ids=[path for path, _ in DIALLING])
def test_a_withheld_caller_is_dialled_with_the_number_that_was_called(
    path: str, form: Mapping[str, str], caller: str
) -> None:
    """Every document that dials carries it as callerId, since the caller's could be rejected."""
    response = post_form(path, {**form, "From": caller, "To": VOICE_NUMBER})
    assert verb(response, "Dial").get("callerId") == VOICE_NUMBER


@pytest.mark.parametrize("caller", SHOWN)
@pytest.mark.parametrize(("path", "form"), DIALLING, ids=[path for path, _ in DIALLING])
def test_an_ordinary_caller_gets_no_number_of_ours(
    path: str, form: Mapping[str, str], caller: str
) -> None:
    """Without a callerId Twilio shows the nurse who calls."""
    response = post_form(path, {**form, "From": caller, "To": VOICE_NUMBER})
    assert verb(response, "Dial").get("callerId") is None


@pytest.mark.parametrize("called", WITHHELD)
@pytest.mark.parametrize("path", ["/voice/en/gone/1", "/voice/en/careline-local/1", "/tty/en/-/1"])
def test_a_number_that_cant_be_shown_is_never_ours(path: str, called: str) -> None:
    """Where the called one is no usable number either, Twilio chooses."""
    form = {"From": "anonymous", "To": called, "DialCallStatus": "busy"}
    assert verb(post_form(path, form), "Dial").get("callerId") is None


def test_a_form_without_numbers_has_no_caller_id() -> None:
    """Neither From nor To: nothing is invented."""
    assert caller_id({}) is None
    assert caller_id({"To": VOICE_NUMBER}) == VOICE_NUMBER


@given(st.from_regex(r"\+1[0-9]{10}", fullmatch=True))
def test_a_north_american_number_has_the_plans_form(number: str) -> None:
    """An area code is 2-9, not 9, any; an exchange 2-9; N11 is neither (but in toll-free ones)."""
    area, exchange = number[2:5], number[5:8]
    toll_free = area in {"800", "833", "844", "855", "866", "877", "888"}
    n11 = {f"{first}11" for first in "23456789"}
    possible = (
        area[0] in "23456789"
        and area[1] != "9"
        and area not in n11
        and exchange[0] in "23456789"
        and exchange not in ({"911"} if toll_free else n11)
    )
    assert bool(PHONE_NUMBER.fullmatch(number)) is possible


@pytest.mark.parametrize(
    "caller", ["anonymous", "unknown", "", "+266696687", "+19999999999", "client:someone"]
)
def test_the_nurse_sees_our_number_in_a_withheld_callers_place(phone: Phone, caller: str) -> None:
    """Every leg of the hunt rings with the number that was called, and is connected."""
    call = phone.dial(VOICE_NUMBER, caller=caller)
    call.press("0")
    call.expect_ringing(CARELINE[0])
    call.be_busy()
    call.expect_ringing(CARELINE[1])
    call.answer()
    rung = [moment.event for moment in call.moments if isinstance(moment.event, Ringing)]
    assert [event.caller_id for event in rung] == [VOICE_NUMBER] * 2
    assert call.warnings == []


# The number that was called


EXITS = ("/voice/en/gone/1", "/unknown", "/voice/xx/fever", "/voice/en/fever/9")


def dialled(path: str, **form: str) -> list[str | None]:
    """The numbers that a webhook's answer dials."""
    return [number.text for number in fromstring(post_form(path, form).data).iter("Number")]


def test_advice_is_heard_where_the_number_that_was_called_is_not_dialled(line: VoiceLine) -> None:
    """What is said before a number that does not ring is said all the same."""
    form = {"Digits": "1", "From": CALLER, "To": CARELINE[0]}
    root = fromstring(post_form("/voice/en/fever/1", form).data)
    said = " ".join("".join(say.itertext()) for say in root.iter("Say"))
    assert line.prompts["en"].texts["advice.urgent"].splitlines()[0] in said
    assert [number.text for number in root.iter("Number")] == [CARELINE[1]]


@pytest.mark.parametrize("path", EXITS)
@pytest.mark.parametrize("caller", [CALLER, "anonymous"])
def test_the_safe_exit_does_not_dial_who_was_called(path: str, caller: str) -> None:
    """A call on one of the CareLine's numbers is put through to the other one."""
    assert dialled(path, To=CARELINE[0], From=caller) == [CARELINE[1]]
    assert dialled(path, To=CARELINE[1], From=caller) == [CARELINE[0]]
    for called in (VOICE_NUMBER, NAVIGATOR[0], "", "anonymous"):
        assert dialled(path, To=called, From=caller) == [*CARELINE]


@pytest.mark.parametrize("path", ["/tty/en/gone/1", "/tty/safe-exit", "/keyed/xx/fever/1"])
@pytest.mark.parametrize("caller", [CALLER, "anonymous"])
def test_the_safe_exit_of_a_tty_does_not_dial_who_was_called(path: str, caller: str) -> None:
    """The CareLine's TTY number, and its voice numbers where that one was called."""
    assert dialled(path, To=CARELINE_TTY, From=caller) == [*CARELINE]
    for called in (*CARELINE, TTY_NUMBER, VOICE_NUMBER):
        assert dialled(path, To=called, From=caller) == [CARELINE_TTY]


def test_the_fallback_does_not_dial_the_number_that_it_is_for() -> None:
    """It can't see which number was called, but knows its own by the caller id."""
    for own, others in (
        (CARELINE[0], [CARELINE[1]]),
        (CARELINE[1], [CARELINE[0]]),
        (VOICE_NUMBER, [*CARELINE]),
    ):
        printed = CliRunner().invoke(main, ["fallback", "--caller-id", own]).output
        root = fromstring(printed)
        assert [number.text for number in root.iter("Number")] == others
        assert [dial.get("callerId") for dial in root.iter("Dial")] == [own]


@pytest.mark.parametrize("number", ["+10000000000", "+16129110123", "6125550123", "anonymous"])
def test_the_fallbacks_caller_id_is_a_number(number: str) -> None:
    """What can't be shown is refused with an example."""
    result = CliRunner().invoke(main, ["fallback", "--caller-id", number])
    assert result.exit_code == 2
    assert "such as +19525550100" in result.output
