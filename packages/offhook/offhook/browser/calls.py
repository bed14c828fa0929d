"""The calls that the browser phone places, in real time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from offhook.account.exchange import Exchange, Text
from offhook.browser.call import BrowserCall
from offhook.browser.notifications import Bell, Notifications
from offhook.callers.phone import DEFAULT_CALLER, DEFAULT_NUMBER
from offhook.callers.place_call import CallRequest
from offhook.callers.realtime import Record
from offhook.callers.target import Target
from offhook.interpreter import say_text
from offhook.interpreter.options import Options
from offhook.rest.api import Order, RestApi

if TYPE_CHECKING:
    from offhook.audio.speech import Voices

KEPT = 100
"""Calls that are kept to be looked at again."""

NO_SPEECH = (
    "Prompts are shown, not heard: speech is not installed. "
    "To hear them, install the extra `audio` of offhook, as its README says."
)


def load_voices() -> Voices | None:
    """The voices, if they are installed."""
    try:
        from offhook.audio.speech import Voices  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    speech = Voices()
    return speech if speech.speaks("en") else None


class NoSuchCall(Exception):
    """A call that is not kept, or never was."""


@dataclass(frozen=True)
class PageDefaults:
    """What a page begins with.

    `call_map` is the app's flow as a Mermaid chart, `zone` its time zone (None: this
    machine's). Unless the page says otherwise, calls are from `caller` to `called`, and by
    TTY if `tty`.
    """

    call_map: str | None = None
    zone: tzinfo | None = None
    caller: str = DEFAULT_CALLER
    called: str = DEFAULT_NUMBER
    tty: bool = False


class Calls:
    """All calls of one browser phone, on one app."""

    def __init__(
        self, target: Target, options: Options | None = None, page: PageDefaults | None = None
    ) -> None:
        """Call this app; `page` is what its page begins with."""
        self.target = target
        self.page = page or PageDefaults()
        self.bell = Bell()
        self.news = Notifications(self.bell)
        self.exchange = Exchange(target.auth_token, wake=self._wake, texted=self._texted)
        self.api = RestApi(self.exchange, self)
        self.speech = load_voices()
        self._options = options or Options()
        self._calls: dict[str, BrowserCall] = {}
        self._lock = threading.Lock()

    def dial(  # noqa: PLR0913 - how a call is placed is named, not wrapped
        self,
        caller: str,
        called: str,
        at: datetime | None = None,
        faults: list[str] | None = None,
        *,
        patient: bool = False,
        tty: bool = False,
    ) -> BrowserCall:
        """Place a call. Raises FaultError for a fault that can't be read."""
        dialling = CallRequest(self.target, caller, called, at, faults or [], self._options)
        return self._hold(dialling, patient=patient, tty=tty)

    def order(self, order: Order) -> str:
        """A call that the REST API orders: it is answered at once."""
        dialling = CallRequest.ordered(order, self.target, self._options)
        return self._hold(dialling).call.sid

    def _hold(
        self, dialling: CallRequest, *, patient: bool = False, tty: bool = False
    ) -> BrowserCall:
        measure = self.speech.measure if self.speech is not None else say_text.spoken
        placed = dialling.place(self.exchange, measure)
        live = BrowserCall(placed, self.bell, self.speech, patient=patient, tty=tty)
        with self._lock:
            self._calls[placed.call.sid] = live
            if len(self._calls) > KEPT:
                self._calls.pop(next(iter(self._calls)))
        live.start()
        self.news.tell({"news": "call", **live.summary})
        return live

    def get(self, sid: str) -> BrowserCall | None:
        """A call by its sid."""
        return self._calls.get(sid)

    def find(self, sid: str) -> BrowserCall:
        """A call by its sid. Raises NoSuchCall."""
        found = self.get(sid)
        if found is None:
            raise NoSuchCall("there is no such call; it may be too long ago")
        return found

    @property
    def history(self) -> list[Record]:
        """All calls, the oldest first."""
        with self._lock:
            return [call.summary for call in self._calls.values()]

    def _texted(self, text: Text) -> None:
        self.news.tell({"news": "text", "from": text.sender, "to": text.to, "body": text.body})

    def _wake(self, sid: str) -> None:
        call = self._calls.get(sid)
        if call is not None:
            call.wake()
