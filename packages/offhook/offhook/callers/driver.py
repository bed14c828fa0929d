"""Runs a call: one loop that answers all that a call needs, on the clock it is given.

Who holds the phone differs in how time passes: a script knows what is done and when, a
test acts step by step while the call stands still, a person takes real time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from offhook.callers.place_call import PlacedCall
from offhook.callers.streams import NoStreams, Streams
from offhook.events import CALLER, Event
from offhook.needs import (
    CloseStream,
    Fetch,
    HangUp,
    Need,
    OpenStream,
    Reply,
    Response,
    SendKey,
    Wait,
    Waited,
)


class CallClock(Protocol):
    """How time passes on a call."""

    def wait(self, need: Wait) -> Waited | None:
        """What ends the wait, and after how many seconds; None if the call is to stand still."""

    def spend(self, seconds: float) -> None:
        """A webhook has taken so long, as a fault asked for."""


class Driver:
    """One call, from its first ring to its end.

    `need` is what the call waits for; None while it runs, and when it is `over`.
    """

    def __init__(
        self,
        placed: PlacedCall,
        clock: CallClock,
        tell: Callable[[Event], None],
        streams: Streams | None = None,
    ) -> None:
        """Take a call that has not begun; `tell` is told of each of its events."""
        self.call = placed.call
        self.need: Wait | None = None
        self.over = False
        self._carrier = placed.carrier
        self._hang_up_after = placed.hang_up_after
        self._clock = clock
        self._tell = tell
        self._streams = streams or NoStreams()
        self._steps = placed.call.run()
        self._events = 0

    def run(self, reply: Reply | None = None) -> None:
        """Run, with the reply to `need`, to where the clock stands still, or to the end.

        Raises what the clock raises.
        """
        while True:
            self.need = None
            try:
                step = next(self._steps) if reply is None else self._steps.send(reply)
            except StopIteration:
                self.over = True
                return
            reply = self._answer(step)
            if reply is None and isinstance(step, Wait):
                return

    def take_mail(self) -> bool:
        """Take one input from the call's mailbox, if the call waits and has mail."""
        mail = self.call.take_mail() if self.need is not None else None
        if mail is not None:
            self.run(mail)
        return mail is not None

    def _answer(self, step: Event | Need) -> Reply | None:
        """The reply to a need; None to an event, and where the call is to stand still."""
        match step:
            case Fetch():
                return self._fetch(step)
            case Wait():
                self.need = step
                return self._hang_up() or self._clock.wait(step)
            case OpenStream():
                return self._streams.open(step)
            case CloseStream():
                return self._streams.close(step)
            case SendKey():
                return self._streams.press(step)
            case _:
                self._events += 1
                self._tell(step)
                return None

    def _fetch(self, need: Fetch) -> Response:
        response = self._carrier.perform(need, self.call)
        self._clock.spend(response.seconds)
        return response

    def _hang_up(self) -> Waited | None:
        """The caller hangs up after so many events, once, if a fault asked for it."""
        if not self._hang_up_after or self._events < self._hang_up_after:
            return None
        self._hang_up_after = 0
        return Waited(0.0, HangUp(), CALLER)
