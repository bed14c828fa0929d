"""One pretend Twilio for all tests: the simulator's own carrier, and callers with scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest

from ivr import Settings, create_app
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.simulator.call import Line
from ivr.simulator.carrier import Carrier, WsgiTransport
from ivr.simulator.conversation import converse
from ivr.simulator.events import Ended, Event, Requested, Ringing, Said, Warned
from ivr.simulator.script import ScriptedCaller
from ivr.wording import SHIPPED_PROMPTS

TOKEN = "12345"
BASE = "https://line.example.org"
SETTINGS = Settings(TOKEN, BASE)

CALLER = "+16125550123"
VOICE_NUMBER = "+19525550100"
TTY_NUMBER = "+19525550171"

MONDAY_AT_10 = datetime.fromisoformat("2026-11-23T10:00-06:00")
MONDAY_AT_7_PM = datetime.fromisoformat("2026-11-23T19:00-06:00")
SUNDAY_AT_3 = datetime.fromisoformat("2026-11-22T03:00-06:00")

NAVIGATOR = ("+19528835000", "+18008832177")
CARELINE = ("+16123393663", "+18005510859")
NAVIGATOR_TTY = "+19528835127"
CARELINE_TTY = "+19528835474"


@dataclass(frozen=True)
class FinishedCall:
    """What happened in a call that is over."""

    events: tuple[Event, ...]

    @property
    def said(self) -> str:
        """All words that were said, in one text."""
        return " ".join(event.text for event in self.events if isinstance(event, Said))

    @property
    def dialled(self) -> list[str]:
        """The numbers that rang, in order."""
        return [event.number for event in self.events if isinstance(event, Ringing)]

    @property
    def warnings(self) -> list[Warned]:
        """What Twilio's debugger would have shown."""
        return [event for event in self.events if isinstance(event, Warned)]

    @property
    def requested(self) -> list[Requested]:
        """The webhooks that were called."""
        return [event for event in self.events if isinstance(event, Requested)]

    @property
    def ended(self) -> str:
        """Why the call ended."""
        (reason,) = (event.reason for event in self.events if isinstance(event, Ended))
        return reason


PlaceCall = Callable[..., FinishedCall]


@pytest.fixture
def place_call() -> PlaceCall:
    """Place a call on the line at a time, and follow a script."""

    def place(
        script: str,
        at: datetime = MONDAY_AT_10,
        caller: str = CALLER,
        called: str = VOICE_NUMBER,
        settings: Settings = SETTINGS,
    ) -> FinishedCall:
        app = create_app(settings, clock=lambda: at)
        carrier = Carrier(WsgiTransport(app), TOKEN)
        call = carrier.call(Line(f"{BASE}/voice", f"{BASE}/voice/status"), caller, called)
        events: list[Event] = []
        scripted = ScriptedCaller(script)
        converse(call, carrier, scripted, events.append)
        scripted.check_finished()
        return FinishedCall(tuple(events))

    return place


@pytest.fixture(scope="session")
def line() -> VoiceLine:
    """The line as it is shipped."""
    return load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS)
