"""A call of the browser phone: its prompts, and what crosses the line beside them, as sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from offhook.browser.line_audio import LineAudio
from offhook.browser.notifications import Bell
from offhook.callers.realtime import DoesNotFit, LiveCall, Record
from offhook.callers.scenario_writer import as_scenario
from offhook.carrier.carrier import Carrier
from offhook.events import (
    CALLER,
    Answered,
    Bridged,
    LegEnded,
    Listening,
    Played,
    Requested,
    Said,
)
from offhook.interpreter.call import Call
from offhook.needs import Input, PartyLeft
from offhook.transcript import Moment

if TYPE_CHECKING:
    from offhook.audio.speech import Voices
    from offhook.tty.device import News as TtyNews
    from offhook.tty.line import TtyLine

NO_SCENARIO = "a call by TTY can't be saved as a scenario: no step of a scenario types"


class BrowserCall(LiveCall):
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
        self.overheard = LineAudio(lambda: self.elapsed, bell.ring)
        self._bell = bell

    speech: Voices | None = None
    dated = False
    faults: Sequence[str] = ()
    tty: TtyLine | None = None

    def use_tty(self, auth_token: str) -> None:
        """Let a TTY stand where the handset is. Needs the extras `streams` and `tty`."""
        from offhook.media.sockets import SocketStreams  # noqa: PLC0415 - an extra
        from offhook.tty.device import YOU, Sound  # noqa: PLC0415 - an extra
        from offhook.tty.line import TtyLine  # noqa: PLC0415 - an extra

        def overhear(news: TtyNews) -> None:
            if isinstance(news, Sound):
                take = self.overheard.sent if news.by == YOU else self.overheard.heard
                take(news.ulaw)

        self.tty = TtyLine(self, self._carrier, lambda ends: SocketStreams(auth_token, ends))
        self.tty.device.listen(overhear)
        self.tty.start()

    def use_streams(self, auth_token: str) -> None:
        """Let media streams open, if the extra for them is installed."""
        try:
            from offhook.media.sockets import Ends, SocketStreams  # noqa: PLC0415 - an extra
        except ImportError:
            return
        ends = Ends(
            earpiece=self.overheard.heard,
            closed=lambda need: self.put(PartyLeft(), need.party),
            warned=self.tell,
        )
        self.streams = SocketStreams(auth_token, ends)

    def act(self, given: Input, leg: str = CALLER) -> None:
        """Somebody does something. Raises DoesNotFit if that can't be done now, or by nobody."""
        if leg != CALLER and leg not in self._others and not self.over:
            raise DoesNotFit(f"nobody is on the line at {leg}")
        super().act(given, leg)

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
            from offhook.audio.speech import key  # noqa: PLC0415 - an extra

            name = key(moment.event.text, moment.event.language)
            if self.speech.kept(name) is not None:
                record["audio"] = f"/api/audio/{name}.wav"
        if isinstance(moment.event, Said) and self.tty is not None:
            record["who"] = "(voice)"  # which somebody deaf does not hear
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
            from offhook.audio import recorded, telephone  # noqa: PLC0415 - an extra
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
        at = self.call.started if self.dated else None
        events = [moment.event for moment in self.moments]
        return as_scenario(parameters, events, title, at, self.faults)
