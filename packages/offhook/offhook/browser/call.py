"""A call of the browser phone: its prompts, and what crosses the line beside them, as sound."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from offhook.browser.line_audio import LineAudio
from offhook.browser.notifications import Bell
from offhook.callers.place_call import PlacedCall
from offhook.callers.realtime import DoesNotFit, HandsetEnd, LiveCall, RealClock, Record
from offhook.callers.scenario_writer import as_scenario
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
        placed: PlacedCall,
        bell: Bell,
        voices: Voices | None = None,
        *,
        patient: bool = False,
        tty: bool = False,
    ) -> None:
        """Take a call that has not begun; all that is new rings the bell.

        `voices` say its prompts; if `tty`, a TTY stands where the handset is, which needs
        the extras `streams` and `tty`; if `patient`, the line waits for an answer for ever.
        """
        self.overheard = LineAudio(lambda: self.elapsed, bell.ring)
        self.tty: TtyLine | None = None
        self._bell = bell
        self._voices = voices
        self._request = placed.request
        self._played: list[str] = []
        super().__init__(
            placed,
            self._lay_into_tty if tty else self._lift_handset,
            make_clock=partial(RealClock, patient=patient),
        )

    def _lay_into_tty(self, live: LiveCall) -> TtyLine:
        from offhook.media.sockets import SocketStreams  # noqa: PLC0415 - an extra
        from offhook.tty.device import YOU, Sound  # noqa: PLC0415 - an extra
        from offhook.tty.line import TtyLine  # noqa: PLC0415 - an extra

        def overhear(news: TtyNews) -> None:
            if isinstance(news, Sound):
                take = self.overheard.sent if news.by == YOU else self.overheard.heard
                take(news.ulaw)

        self.tty = TtyLine(live, lambda ends: SocketStreams(self._auth_token, ends))
        self.tty.device.listen(overhear)
        return self.tty

    def _lift_handset(self, live: LiveCall) -> HandsetEnd:
        """A handset, with media streams if the extra for them is installed."""
        try:
            from offhook.media.sockets import Ends, SocketStreams  # noqa: PLC0415 - an extra
        except ImportError:
            return HandsetEnd()
        ends = Ends(
            earpiece=self.overheard.heard,
            closed=lambda need: live.put(PartyLeft(), need.party),
            warned=live.tell,
        )
        return HandsetEnd(SocketStreams(self._auth_token, ends))

    @property
    def _auth_token(self) -> str:
        return self._request.target.auth_token

    def input(self, given: Input, leg: str = CALLER) -> None:
        """Somebody does something. Raises DoesNotFit if that can't be done now, or by nobody."""
        if leg != CALLER and leg not in self._others and not self.over:
            raise DoesNotFit(f"nobody is on the line at {leg}")
        super().input(given, leg)

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
        if isinstance(moment.event, Said) and self._voices is not None:
            from offhook.audio.speech import key  # noqa: PLC0415 - an extra

            name = key(moment.event.text, moment.event.language)
            if self._voices.kept(name) is not None:
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
        response = self.carrier.recording(urls[0]) if urls else None
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
        listening = self.need.listening if self.need is not None else None
        return listening.hints if listening is not None else ()

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
        title = f"A call from {self._request.caller} to {self._request.called}"
        return as_scenario(self._request, [moment.event for moment in self.moments], title)
