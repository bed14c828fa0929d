"""A whole call of the line in the browser phone, in a real Chromium."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from browser_app import IN_WINTER, MONDAY_AT_10, TOKEN, HurriedVoices
from line_facts import CARELINE, NAVIGATOR
from playwright.sync_api import expect

from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine
from ivr.own_line import own_target

if TYPE_CHECKING:
    from browser_desk import Desk, OpenDesk

pytest_plugins = ("browser_desk",)
pytestmark = pytest.mark.slow


@pytest.fixture
def own_desk(open_desk: OpenDesk, hurried: HurriedVoices, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A browser phone on this project's line, in a hurry."""
    for name in os.environ:
        if name.startswith("IVR_"):
            monkeypatch.delenv(name)
    return open_desk(own_target(TOKEN), hurried)


def test_a_whole_call_by_the_dial_pad(own_desk: Desk, line: VoiceLine) -> None:
    """Six noes, benefits, one busy, one who is not the right one, and a nurse."""
    texts = line.prompts["en"].texts
    own_desk.chooses(MONDAY_AT_10)
    own_desk.call()
    for flag in RED_FLAGS:
        own_desk.hears_keys_behind(texts[f"{flag.name}.ask"])
        own_desk.press("2")
    own_desk.expect_said("For your benefits and treatment options, press 2.")
    own_desk.press("2")
    own_desk.answers_for(NAVIGATOR[0], "busy")
    own_desk.expect_said(texts["busy"])
    own_desk.answers_for(NAVIGATOR[1], "answered")
    expect(own_desk.on("now")).to_have_text(f"Talking with {NAVIGATOR[1]}.")
    own_desk.answers_for(NAVIGATOR[1], "hang-up")
    own_desk.expect_said("If you did not reach the Nurse Navigator, press 1.")
    own_desk.press("1")
    own_desk.answers_for(CARELINE[0], "answered")
    own_desk.answers_for(CARELINE[0], "hang-up")
    own_desk.expect_said("If you did not reach a nurse, press 1.")
    own_desk.on("hang-up").click()
    own_desk.expect_said("The call is over: the caller hung up.")
    expect(own_desk.on("call")).to_be_visible()


def test_sunday_at_3_is_one_press_away(own_desk: Desk) -> None:
    """A preset sets the call's clock, the clock shows it, and a yes is put to the CareLine."""
    own_desk.on("settings-summary").click()
    own_desk.on("preset-sunday-night").click()
    own_desk.on("at-offset").fill(IN_WINTER)
    own_desk.call()
    clock = re.compile(r"^Sun \d{4}-\d\d-\d\d 03:00:\d\d -06:00$")
    expect(own_desk.on("clock")).to_have_text(clock)
    own_desk.expect_said("For yes, press 1")
    own_desk.press("1")
    expect(own_desk.leg(CARELINE[0])).to_be_visible()
