"""The calls that the browser phone places, in real time, each with its sound."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from ivr.simulator import saying
from ivr.simulator.browser.news import Bell, News
from ivr.simulator.browser.overheard import Overheard
from ivr.simulator.call import Call
from ivr.simulator.carrier import Carrier
from ivr.simulator.events import (
    CALLER,
    Answered,
    Bridged,
    LegEnded,
    Listening,
    Played,
    Requested,
    Said,
)
from ivr.simulator.exchange import Exchange, Text
from ivr.simulator.live import DoesNotFit, LiveCall, Record
from ivr.simulator.needs import Deed, PartyLeft
from ivr.simulator.options import Options
from ivr.simulator.phone import DEFAULT_CALLER, DEFAULT_NUMBER
from ivr.simulator.placing import Dialling
from ivr.simulator.rest import Order, RestApi
from ivr.simulator.saved import as_scenario
from ivr.simulator.target import Target
from ivr.simulator.transcript import Moment

if TYPE_CHECKING:
    from ivr.simulator.audio.speech import Speech
    from ivr.simulator.tty.device import News as TtyNews
    from ivr.simulator.tty.line import TtyLine

KEPT = 100
"""Calls that are kept to be looked at again."""

NO_SPEECH = (
    "Prompts are shown, not heard: speech is not installed. "
    "To hear them: pip install 'back-pain-line[audio]'."
)

NO_SCENARIO = "a call by TTY can't be saved as a scenario: no step of a scenario types"


def load_speech() -> Speech | None:
    """The voices, if they are installed."""
    try:
        from ivr.simulator.audio.speech import Speech  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    speech = Speech()
    return speech if speech.speaks("en") else None


class HeardCall(LiveCall):
    """A call whose prompts can be heard."""

    def __init__(
        self,
        call: Call,
        carrier: Carrier,
        bell: Bell,
        *,
        hang_up_after: int = 0,
        patient: bool = False,
    ) -> None:
        """Take a call that has not begun, as LiveCall does; all that is new rings the bell."""
        super().__init__(call, carrier, hang_up_after=hang_up_after, patient=patient)
        self._played: list[str] = []
        self.overheard = Overheard(lambda: self.elapsed, bell.ring)
        self._bell = bell

    speech: Speech | None = None
    dated = False
    faults: Sequence[str] = ()
    tty: TtyLine | None = None

    def use_tty(self, auth_token: str) -> None:
        """Let a TTY stand where the handset is. Needs the extras `streams` and `tty`."""
        from ivr.simulator.tty.device import YOU, Sound  # noqa: PLC0415 - an extra
        from ivr.simulator.tty.line import TtyLine  # noqa: PLC0415 - an extra

        def overhear(news: TtyNews) -> None:
            if isinstance(news, Sound):
                take = self.overheard.sent if news.by == YOU else self.overheard.heard
                take(news.ulaw)

        self.tty = TtyLine(self, self._carrier, auth_token)
        self.tty.device.listen(overhear)
        self.tty.start()

    def use_streams(self, auth_token: str) -> None:
        """Let media streams open, if the extra for them is installed."""
        try:
            from ivr.simulator.sockets import Ends, SocketStreams  # noqa: PLC0415 - an extra
        except ImportError:
            return
        ends = Ends(
            earpiece=self.overheard.heard,
            closed=lambda sid: self.put(PartyLeft(), f"stream:{sid}"),
            warned=self.tell,
        )
        self.streams = SocketStreams(auth_token, ends)

    def act(self, deed: Deed, leg: str = CALLER) -> None:
        """Somebody does something. Raises DoesNotFit if that can't be done now, or by nobody."""
        if leg != CALLER and leg not in self._others and not self.over:
            raise DoesNotFit(f"nobody is on the line at {leg}")
        super().act(deed, leg)

    @property
    def _others(self) -> set[str]:
        """Who is on the line besides the caller."""
        others: set[str] = set()
        for moment in self.moments:
            match moment.event:
                case Answered(number=number) | Bridged(number=number):
                    others.add(number)
                case LegEnded(number=number):
                    others.discard(number)
        return others

    def publish(self, record: Record) -> None:
        """Put a record behind the others, and tell the pages that there is one."""
        super().publish(record)
        self._bell.ring()

    def describe(self, moment: Moment) -> Record:
        """The event, with the sound of what is said."""
        record = super().describe(moment)
        if isinstance(moment.event, Said) and self.speech is not None:
            from ivr.simulator.audio.speech import key  # noqa: PLC0415 - an extra

            name = key(moment.event.text, moment.event.language)
            if self.speech.kept(name) is not None:
                record["audio"] = f"/api/audio/{name}.wav"
        if isinstance(moment.event, Said) and self.tty is not None:
            record["voice"] = True  # which somebody deaf does not hear
        if isinstance(moment.event, Played) and moment.event.url and self.tty is None:
            self._played.append(moment.event.url)
            record["audio"] = f"/api/calls/{self.call.sid}/played/{len(self._played) - 1}"
        return record

    def recording(self, place: int) -> tuple[bytes, str] | None:
        """A recording that the call has played, and its content type, in a form browsers play."""
        urls = self._played[place : place + 1]
        response = self._carrier.recording(urls[0]) if urls else None
        if response is None:
            return None
        try:
            from ivr.simulator.audio import recorded, telephone  # noqa: PLC0415 - an extra
        except ImportError:
            sound = None
        else:
            sound = recorded.telephone_sound(response.body, response.content_type)
        if sound is not None:
            return telephone.as_wav(telephone.decode(sound)), "audio/wav"
        kind = response.content_type
        return response.body, kind if kind.startswith("audio/") else "application/octet-stream"

    @property
    def hints(self) -> tuple[str, ...]:
        """What the line expects to hear now."""
        for moment in reversed(self.moments):
            if isinstance(moment.event, Listening):
                return moment.event.hints
            if isinstance(moment.event, Requested):
                break
        return self._need.listening.hints if self._need and self._need.listening else ()

    @property
    def summary(self) -> Record:
        """The call in a line of the history."""
        parameters = self.call.identity
        return {
            "id": self.call.sid,
            "from": parameters["From"],
            "to": parameters["To"],
            "at": self.call.started.isoformat(timespec="seconds"),
            "seconds": round(self.call.elapsed, 1),
            "ended": self.over,
            "tty": self.tty is not None,
        }

    def scenario(self) -> str:
        """The call as a scenario file. Raises DoesNotFit."""
        if self.tty is not None:
            raise DoesNotFit(NO_SCENARIO)
        parameters = self.call.identity
        title = f"A call from {parameters['From']} to {parameters['To']}"
        at = self.call.shared.started if self.dated else None
        events = [moment.event for moment in self.moments]
        return as_scenario(parameters, events, title, at, self.faults)


class NoSuchCall(Exception):
    """A call that is not kept, or never was."""


class Calls:
    """All calls of one browser phone, on one app."""

    def __init__(self, target: Target, options: Options | None = None) -> None:
        """Call this app.

        Set `call_map` to its flow as a Mermaid chart, `zone` to its time zone. Unless the page
        says otherwise, calls are from `caller` to `called`, and by TTY if `tty_wanted`.
        """
        self.target = target
        self.call_map: str | None = None
        self.zone: tzinfo | None = None
        self.caller = DEFAULT_CALLER
        self.called = DEFAULT_NUMBER
        self.tty_wanted = False
        self.bell = Bell()
        self.news = News(self.bell)
        self.exchange = Exchange(target.auth_token, wake=self._wake, texted=self._texted)
        self.api = RestApi(self.exchange, self)
        self.speech = load_speech()
        self._options = options or Options()
        self._calls: dict[str, HeardCall] = {}
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
    ) -> HeardCall:
        """Place a call. Raises FaultError for a fault that can't be read."""
        dialling = Dialling(self.target, caller, called, at, faults or [], self._options)
        return self._hold(dialling, patient=patient, tty=tty)

    def order(self, order: Order) -> str:
        """A call that the REST API orders: it is answered at once."""
        dialling = Dialling.ordered(order, self.target, self._options)
        return self._hold(dialling).call.sid

    def _hold(self, dialling: Dialling, *, patient: bool = False, tty: bool = False) -> HeardCall:
        measure = self.speech.measure if self.speech is not None else saying.spoken
        placed = dialling.place(self.exchange, measure)
        live = HeardCall(
            placed.call,
            placed.carrier,
            self.bell,
            hang_up_after=placed.hang_up_after,
            patient=patient,
        )
        if tty:
            live.use_tty(self.target.auth_token)
        else:
            live.use_streams(self.target.auth_token)
        live.speech, live.dated = self.speech, dialling.at is not None
        live.faults = dialling.faults
        with self._lock:
            self._calls[placed.call.sid] = live
            if len(self._calls) > KEPT:
                self._calls.pop(next(iter(self._calls)))
        live.start()
        self.news.tell({"news": "call", **live.summary})
        return live

    def get(self, sid: str) -> HeardCall | None:
        """A call by its sid."""
        return self._calls.get(sid)

    def find(self, sid: str) -> HeardCall:
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
