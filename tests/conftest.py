"""What the tests share: the line's numbers and times, and phones that call it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import hypothesis
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from ivr import Settings, create_app
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.simulator.phone import Phone
from ivr.simulator.pytest_plugin import phone_target
from ivr.simulator.transport import WsgiTransport
from ivr.voice.fallback import safe_exit
from ivr.wording import SHIPPED_PROMPTS

TOKEN = "12345"
BASE = "https://line.example.org"
SETTINGS = Settings(TOKEN, BASE)

hypothesis.settings.register_profile("line", deadline=None, print_blob=True)
hypothesis.settings.load_profile("line")  # a deadline would measure the machine
SEARCHES = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
hypothesis.settings.register_profile("mutants", deadline=None, database=None, phases=SEARCHES)

os.environ["TWILIO_AUTH_TOKEN"] = TOKEN  # wsgi.py reads it when the first phone calls

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


SLOW = frozenset(("socket.bind", "socket.connect", "subprocess.Popen", "os.posix_spawn"))
"""What a test may do only if it is marked as slow, in the names of Python's audit events."""

GARBAGE = 20_000
"""Objects that come before garbage is searched for: with the 700 of Python it takes a twentieth
of the time."""

running: list[pytest.Item] = []
"""The test that runs now, if it is not marked as slow."""


def _watch(event: str, _: object) -> None:
    if event in SLOW and running:
        raise AssertionError(f"{event} in a test that is not marked as slow: pytest.mark.slow")


sys.addaudithook(_watch)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long tests, so that no process waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Search for garbage less often, and never among the tests, which stay to the end."""
    gc.freeze()
    gc.set_threshold(GARBAGE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Hold a test that is not marked as slow to it."""
    if item.get_closest_marker("slow") is None:
        running.append(item)
    try:
        return (yield)
    finally:
        running.clear()


@pytest.fixture(scope="session")
def line() -> VoiceLine:
    """The line as it is shipped."""
    return load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS)


@pytest.fixture
def fallback_phone(request: pytest.FixtureRequest, line: VoiceLine) -> Iterator[Phone]:
    """A phone whose number has the static fallback, hosted beside the app."""
    target = phone_target(request.config)
    document = safe_exit(line.prompts["en"], line.directory, VOICE_NUMBER)
    app = DispatcherMiddleware(
        create_app(Settings(target.auth_token)).wsgi_app,
        {"/fallback": Response(document, mimetype="text/xml")},
    )
    base = target.line.voice_url.removesuffix("/voice")
    hosted = replace(target.line, fallback_url=f"{base}/fallback")
    phone = Phone(replace(target, line=hosted, transport=WsgiTransport(app, base)))
    yield phone
    phone.hang_up_all()
