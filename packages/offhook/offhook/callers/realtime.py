"""A call in real time, with a person on the line: a thread of its own.

Whoever shows the call reads its `record` as it grows; whoever is on the line does
things by `input`. Time is measured, not counted: a prompt of five seconds takes five.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from offhook.callers.driver import Driver
from offhook.callers.place_call import PlacedCall
from offhook.callers.streams import NoStreams, Streams
from offhook.events import CALLER, Ended, Event, Listening
from offhook.needs import Activity, Connected, Input, LegStatus, PartyLeft, Wait, Waited
from offhook.transcript import Moment

logger = logging.getLogger(__name__)

Record = dict[str, object]

FITS: dict[type, frozenset[Activity]] = {
    LegStatus: frozenset((Activity.RING,)),
    PartyLeft: frozenset((Activity.TALK, Activity.STREAM)),
}
"""What goes on while an input can be done; an input that is not named always can."""


class DoesNotFit(Exception):
    """Something was done that can't be done now; the text says why."""


class CallerEnd(Protocol):
    """What stands at the caller's end of a live call: a handset, or a TTY."""

    @property
    def streams(self) -> Streams:
        """What opens the call's media streams."""

    @property
    def unheard(self) -> float:
        """Seconds of what was played that are yet to be heard: no prompt is over before."""

    def start(self) -> None:
        """The call is about to ring."""

    def notice(self, event: Event) -> None:
        """Something has happened in the call, which is not shown yet."""


@dataclass
class HandsetEnd:
    """A handset at the caller's end: what is played is heard at once."""

    streams: Streams = field(default_factory=NoStreams)
    unheard: float = 0.0

    def start(self) -> None:
        """Nothing is to be done."""

    def notice(self, event: Event) -> None:
        """Nothing is to be done."""


class RealClock:
    """Time that is measured: a wait lasts until somebody does something, or it is over.

    It goes `speed` times as fast as real time. If `patient`, an answer is waited for for
    ever.
    """

    def __init__(self, live: LiveCall, *, speed: float = 1.0, patient: bool = False) -> None:
        """Begin with nothing to be waited for."""
        self.speed = speed
        self._live = live
        self._patient = patient
        self._inputs: queue.Queue[tuple[Input, str] | None] = queue.Queue()
        self._since: float | None = None
        self._most = math.inf

    def put(self, given: Input, leg: str) -> None:
        """Something happens; the wait that goes on, or the next one, ends with it."""
        self._inputs.put((given, leg))

    def wake(self) -> None:
        """There is something in the call's mailbox."""
        self._inputs.put(None)

    def spend(self, seconds: float) -> None:
        """An answer that is slow on request is slow."""
        time.sleep(seconds)

    @property
    def waited(self) -> float:
        """Seconds that have passed of the wait that goes on."""
        since = self._since
        return 0.0 if since is None else min((time.monotonic() - since) * self.speed, self._most)

    def wait(self, need: Wait) -> Waited | None:
        """Real time passes, until somebody does something or it is over."""
        self._live.show_wait(need)
        endless = self._patient and need.doing is Activity.GATHER and not need.collected
        self._most = math.inf if endless or need.seconds is None else need.seconds
        self._since = time.monotonic()
        over = self._since + self._most / self.speed
        try:
            return self._input_before(over, need)
        except queue.Empty:
            return Waited(need.seconds or 0.0)
        finally:
            self._since = None

    def _input_before(self, over: float, need: Wait) -> Waited:
        """What is done before a moment, or while a prompt is yet to be heard.

        Raises queue.Empty if nothing is.
        """
        while True:
            found = self._next_input(lambda: max(over - time.monotonic(), self._unheard(need)))
            if found is not None:
                return Waited(self.waited, *found)
            mail = self._live.call.take_mail()
            if mail is not None:  # else the call has taken it before it came to wait
                return replace(mail, seconds=self.waited)

    def _next_input(self, left: Callable[[], float]) -> tuple[Input, str] | None:
        """What is done next, None for mail. Raises queue.Empty once no seconds are `left`."""
        while (seconds := left()) > 0:
            with suppress(queue.Empty):
                return self._inputs.get(timeout=None if seconds == math.inf else seconds)
        return self._inputs.get_nowait()

    def _unheard(self, need: Wait) -> float:
        """Real seconds until the caller has heard a prompt out."""
        return self._live.end.unheard / self.speed if need.doing is Activity.PROMPT else 0.0


class LiveCall:
    """One call that a person holds."""

    def __init__(
        self,
        placed: PlacedCall,
        make_end: Callable[[LiveCall], CallerEnd] = lambda _: HandsetEnd(),
        *,
        make_clock: Callable[[LiveCall], RealClock] = RealClock,
    ) -> None:
        """Take a call that has not begun, with what its caller holds and how its time passes."""
        self.call = placed.call
        self.carrier = placed.carrier
        self.target_name = placed.request.target.name
        self.record: list[Record] = []
        self.moments: list[Moment] = []
        self.begun = False
        self.over = False
        self._ended = False
        self._changed = threading.Condition()
        self.clock = make_clock(self)
        self.end = make_end(self)
        self._thread = threading.Thread(
            target=self.go_on, name=f"call {self.call.sid}", daemon=True
        )
        self._driver = Driver(placed, self.clock, self._take, self.end.streams)

    def start(self) -> None:
        """Let the call ring."""
        self.begun = True
        self.end.start()
        self.publish({"event": "clock", "now": self.call.now.isoformat(timespec="seconds")})
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end of the call."""
        self._thread.join(timeout)

    # What is done from outside

    def input(self, given: Input, leg: str = CALLER) -> None:
        """Somebody does something. Raises DoesNotFit if that can't be done now."""
        if self.over or self._ended:
            raise DoesNotFit("the call is over")
        need = self.need
        wanted = FITS.get(type(given))
        if wanted is not None and (need is None or need.doing not in wanted):
            doing = need.doing.value if need is not None else "a webhook runs"
            raise DoesNotFit(f"that can't be done while {doing}")
        if isinstance(given, Connected) and not (need is not None and need.waits_for_somebody):
            raise DoesNotFit("the caller waits in no queue")
        self.put(given, leg)

    def put(self, given: Input, leg: str = CALLER) -> None:
        """Something happens, whether it fits or not; the call takes it when it waits."""
        self.clock.put(given, leg)

    def wake(self) -> None:
        """There is something in the call's mailbox."""
        self.clock.wake()

    def tell(self, event: Event) -> None:
        """Show what happens outside of the call's documents: a warning, typed text."""
        self._show(Moment(self.elapsed, event))

    @property
    def need(self) -> Wait | None:
        """What goes on while the call waits; None while it runs, and when it is over."""
        return self._driver.need

    @property
    def elapsed(self) -> float:
        """Seconds since the call began, with what has passed of what goes on."""
        return self.call.elapsed + self.clock.waited

    def follow(self, start: int = 0) -> Iterator[Record]:
        """The record from a place on, and what comes, until the call is over."""
        place = start
        while True:
            with self._changed:
                while len(self.record) <= place and not self.over:
                    self._changed.wait()
                new, over = self.record[place:], self.over
            yield from new
            place += len(new)
            if over and place >= len(self.record):
                return

    # What is shown of the call

    def publish(self, record: Record) -> None:
        """Put a record behind the others, for all who follow."""
        with self._changed:
            at = round(self.elapsed, 2)
            self.record.append({"seq": len(self.record), "at": at, **record})
            self._changed.notify_all()

    def describe(self, moment: Moment) -> Record:
        """An event as it is shown: its fields, whose it is, and the sentence that tells it."""
        return moment.as_told()

    def show_wait(self, need: Wait) -> None:
        """Show what goes on now, and what can be done."""
        listening = need.listening or Listening(keys=False, speech=False, seconds=0.0)
        takes = {Activity.RECORD, Activity.TALK, Activity.STREAM}
        self.publish(
            {
                "event": "passing",
                "doing": need.doing.name.lower(),
                "seconds": need.seconds,
                "leg": need.leg,
                "party": need.party,
                "ringing": list(need.ringing),
                "keys": listening.keys or need.doing in takes,
                "speech": listening.speech or need.doing is Activity.RECORD,
            }
        )

    def _take(self, event: Event) -> None:
        self.end.notice(event)
        self._ended = self._ended or isinstance(event, Ended)
        self._show(Moment(self.call.elapsed, event))

    def _show(self, moment: Moment) -> None:
        self.moments.append(moment)
        self.publish(self.describe(moment))

    def go_on(self, reply: Waited | None = None) -> None:
        """Run, in this thread, to where the clock stands still, or to the end.

        `reply` says what has ended the wait that the call stands still in.
        """
        try:
            self._driver.run(reply)
        except Exception as error:
            logger.exception("the simulator failed in a call")
            self.publish(Moment(0, Ended(f"the simulator failed: {error!r}")).as_told())
            self._finish()
        else:
            if self._driver.over:
                self._finish()

    def _finish(self) -> None:
        self.publish({"event": "over"})
        with self._changed:
            self.over = True
            self._changed.notify_all()
