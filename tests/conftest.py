"""What the line's tests share: the line, and a phone whose number has a fallback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from line_facts import VOICE_NUMBER
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from ivr import Settings, create_app
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.twilio.fallback import safe_exit
from ivr.wording import SHIPPED_PROMPTS
from offhook.callers.phone import Phone
from offhook.carrier.transport import WsgiTransport
from offhook.pytest_plugin import phone_target


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
