"""The TTY in the browser: what is typed there."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from flask import Flask

from offhook.browser.call import BrowserCall
from offhook.browser.calls import Calls
from offhook.browser.request_body import Unusable, body
from offhook.callers.realtime import DoesNotFit

if TYPE_CHECKING:
    from offhook.tty.line import TtyLine

NO_TTY = "Calls by TTY need an extra: install `tty` of offhook, as its README says."

EXTRAS = ("websockets", "numpy")

LONGEST = 2000
"""Characters that may be typed, or pasted, at once: some six minutes."""


def can_type() -> bool:
    """Whether there is what a TTY needs."""
    return all(find_spec(name) is not None for name in EXTRAS)


def register_tty(app: Flask, calls: Calls) -> None:
    """Put the TTY's keyboard into the app."""

    @app.post("/api/calls/<sid>/type")
    def type_(sid: str) -> tuple[str, int]:
        live = calls.find(sid)
        text = body().get("text")
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            raise Unusable(f"text of 1 to {LONGEST} characters is wanted")
        _type(_tty(live), text, over=live.over)
        return "", 204


def _type(line: TtyLine, text: str, *, over: bool) -> None:
    from offhook.tty.device import Untypable  # noqa: PLC0415 - an extra

    if over:
        raise DoesNotFit("the call is over")
    try:
        line.device.type(text)
    except Untypable as refusal:
        raise Unusable(str(refusal)) from refusal


def _tty(live: BrowserCall) -> TtyLine:
    if live.tty is None:
        raise Unusable("this call is not by TTY")
    return live.tty
