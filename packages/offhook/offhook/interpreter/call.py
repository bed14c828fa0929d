"""The interpreter: one call, run as Twilio runs it, sans-I/O.

`Call.run()` is a generator. It yields events, to be shown, and needs, to be
answered (see `needs`). Its clock is `elapsed`: seconds since the call began, as
counted from what is said, waited for and replied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from offhook.account.exchange import Exchange, Line, Text
from offhook.events import CALLER, HUNG_UP, Ended, Warned
from offhook.interpreter import say_text
from offhook.interpreter.call_state import CallState, HungUp, LimitReached, Measure
from offhook.interpreter.document import Document, parse, warnings
from offhook.interpreter.leg import Go, Leg, Repertoire, Run
from offhook.interpreter.options import Options
from offhook.interpreter.verbs import VERBS
from offhook.needs import Input, Waited

RINGING = ("initiated", "ringing")
"""What becomes of a call that is placed, before somebody answers: CallStatus, and event."""

UNANSWERED = {"busy": "busy", "rejected": "failed"}
"""CallStatus at the end of a rejected call, by Reject's reason. Nobody could confirm it."""


class Call:
    """One call on a line."""

    def __init__(  # noqa: PLR0913 - what surrounds a call is named, not wrapped
        self,
        line: Line,
        identity: Mapping[str, str],
        exchange: Exchange,
        *,
        options: Options | None = None,
        measure: Measure = say_text.spoken,
        started: datetime | None = None,
        twiml: str = "",
        outdated: str = "",
    ) -> None:
        """Take the call's own parameters (CallSid, From, To …), which every request carries.

        `measure` says how long a `<Say>` lasts; `twiml` is run instead of the line's
        voice URL, for calls that the REST API places; `outdated` says why the app is not
        as it was edited.
        """
        self.line = line
        now = started or datetime.now(UTC)
        self._state = CallState(exchange, options or Options(), measure, started=now)
        self._leg = Leg(self._state, CALLER, identity, Repertoire(VERBS), line)
        self._twiml = twiml
        self._outdated = outdated
        self._sequence = 0
        self.status = "queued" if identity["Direction"] == "outbound-api" else "ringing"

    @property
    def sid(self) -> str:
        """The CallSid."""
        return self._leg.identity["CallSid"]

    @property
    def identity(self) -> Mapping[str, str]:
        """The parameters that the call's requests carry."""
        return self._leg.identity

    @property
    def started(self) -> datetime:
        """When the call began, on its own clock."""
        return self._state.started

    @property
    def elapsed(self) -> float:
        """Seconds since the call began, on its own clock."""
        return self._state.elapsed

    @property
    def now(self) -> datetime:
        """The time on the call's own clock."""
        return self._state.now

    @property
    def texts(self) -> Sequence[Text]:
        """The text messages of the call's account."""
        return self._state.exchange.texts

    def deliver(self, given: Input, leg: str = "") -> None:
        """Put an input into the call's mailbox: it happens as soon as the call waits.

        `leg` is whose it is, "" for the leg that waits then.
        """
        self._state.mailbox.append(Waited(0.0, given, leg))

    def cancel(self) -> None:
        """Let a call that nobody has answered ring no more."""
        self.status = "canceled"

    def take_mail(self) -> Waited | None:
        """The next of the mailbox, None if it is empty."""
        return self._state.mailbox.popleft() if self._state.mailbox else None

    def run(self) -> Run[None]:
        """The call from its first request to its last."""
        if self._outdated:
            what = f"the app is as it was before it was edited: {self._outdated.rstrip('.')}"
            yield Warned(0, what, "Mend it and call again.")
        if self.identity["Direction"] == "outbound-api":
            for self.status in RINGING:
                yield from self._report(self.status)
        self.status = "in-progress"
        try:
            yield from self._report("answered")
            yield from self._leg.run((yield from self._first()))
            reason = self._leg.reason
        except HungUp:
            reason = HUNG_UP
        except LimitReached as limit:
            reason = str(limit)
            yield Warned(0, reason, "Give the caller a way out of it.")
        self.status = UNANSWERED.get(self._leg.rejected, "completed")
        self._state.exchange.part(self.sid)
        for opened in list(self._state.streams.values()):
            yield from opened.close()
        yield Ended(reason)
        yield from self._report("completed", {"CallDuration": f"{self.elapsed:.0f}"})

    def _report(self, event: str, more: Mapping[str, str] | None = None) -> Run[None]:
        """Tell the status URL of an event, if it is to be told."""
        if self.line.status_url and event in self.line.status_events:
            told = self._state.progress(self.status, self._sequence)
            self._sequence += 1
            url, method = self.line.status_url, self.line.status_method
            yield from self._leg.notify(url, told | dict(more or {}), method)

    def _first(self) -> Run[Go]:
        if self._twiml:
            root = parse(self._twiml.encode())
            yield from warnings(root)
            return Go(Document(self.line.voice_url, root))
        return (
            yield from self._leg.fetch(self.line.voice_method, self.line.voice_url, {}, "voice")
        )
