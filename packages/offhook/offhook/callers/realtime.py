"""A call in real time, with a person on the line: a thread of its own.

Whoever shows the call reads its `record` as it grows; whoever is on the line does
things by `act`. Time is measured, not counted: a prompt of five seconds takes five.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from offhook.callers.conversation import NoStreams, Streams
from offhook.carrier.carrier import Carrier
from offhook.events import CALLER, Ended, Event, Listening
from offhook.interpreter.call import Call
from offhook.needs import (
    Activity,
    CloseStream,
    Connected,
    Fetch,
    HangUp,
    Input,
    LegStatus,
    Need,
    OpenStream,
    PartyLeft,
    Reply,
    SendKey,
    Wait,
    Waited,
)
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


class LiveCall:
    """One call that a person holds."""

    def __init__(
        self,
        call: Call,
        carrier: Carrier,
        streams: Streams | None = None,
        *,
        hang_up_after: int = 0,
        patient: bool = False,
    ) -> None:
        """Take a call that has not begun. If `patient`, the line waits for an answer for ever."""
        self.call = call
        self.record: list[Record] = []
        self.moments: list[Moment] = []
        self.over = False
        self._ended = False
        self._carrier = carrier
        self.streams: Streams = streams or NoStreams()
        self.speed = 1.0
        """How many times as fast as real time the call goes."""
        self.heed: Callable[[Event], None] = lambda _: None
        """Told of each event of the call before it is shown."""
        self.unheard: Callable[[], float] = lambda: 0.0
        """Seconds of what was played that the caller has yet to hear: no prompt is over before."""
        self._hang_up_after = hang_up_after
        self._patient = patient
        self._inputs: queue.Queue[tuple[Input, str] | None] = queue.Queue()
        self._need: Wait | None = None
        self._waits_since: float | None = None
        self._waits_at_most = math.inf
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"call {call.sid}", daemon=True)

    def start(self) -> None:
        """Let the call ring."""
        self.publish({"event": "clock", "now": self.call.now.isoformat(timespec="seconds")})
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end of the call."""
        self._thread.join(timeout)

    # What is done from outside

    def act(self, given: Input, leg: str = CALLER) -> None:
        """Somebody does something. Raises DoesNotFit if that can't be done now."""
        if self.over or self._ended:
            raise DoesNotFit("the call is over")
        doing = self._need.doing if self._need is not None else None
        wanted = FITS.get(type(given))
        if wanted is not None and doing not in wanted:
            raise DoesNotFit(
                f"that can't be done while {doing.value if doing else 'a webhook runs'}"
            )
        waits = self._need is not None and self._need.waits_for_somebody
        if isinstance(given, Connected) and not waits:
            raise DoesNotFit("the caller waits in no queue")
        self.put(given, leg)

    def put(self, given: Input, leg: str = CALLER) -> None:
        """Something happens, whether it fits or not; the call takes it when it waits."""
        self._inputs.put((given, leg))

    def tell(self, event: Event) -> None:
        """Show what happens outside of the call's documents: a warning, typed text."""
        moment = Moment(self.elapsed, event)
        self.moments.append(moment)
        self.publish(self.describe(moment))

    @property
    def need(self) -> Wait | None:
        """What goes on while the call waits; None while it runs, and when it is over."""
        return self._need

    @property
    def elapsed(self) -> float:
        """Seconds since the call began, with what has passed of what goes on."""
        since = self._waits_since
        waited = 0.0 if since is None else (time.monotonic() - since) * self.speed
        return self.call.elapsed + min(waited, self._waits_at_most)

    def wake(self) -> None:
        """There is something in the call's mailbox."""
        self._inputs.put(None)

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

    # The call

    def publish(self, record: Record) -> None:
        """Put a record behind the others, for all who follow."""
        with self._changed:
            at = round(self.elapsed, 2)
            self.record.append({"seq": len(self.record), "at": at, **record})
            self._changed.notify_all()

    def _run(self) -> None:
        steps = self.call.run()
        reply: Reply | None = None
        try:
            while True:
                step = next(steps) if reply is None else steps.send(reply)
                reply = self._answered(step)
        except StopIteration:
            pass
        except Exception as error:
            logger.exception("the simulator failed in a call")
            self.publish(Moment(0, Ended(f"the simulator failed: {error!r}")).as_told())
        finally:
            self.publish({"event": "over"})
            with self._changed:
                self.over = True
                self._changed.notify_all()

    def _answered(self, step: Event | Need) -> Reply | None:
        match step:
            case Fetch():
                response = self._carrier.perform(step, self.call)
                time.sleep(response.seconds)  # an answer that is slow on request is slow
                return response
            case Wait():
                return self._wait(step)
            case OpenStream():
                return self.streams.open(step)
            case CloseStream():
                return self.streams.close(step)
            case SendKey():
                return self.streams.press(step)
        self.heed(step)
        moment = Moment(self.call.elapsed, step)
        self._ended = self._ended or isinstance(step, Ended)
        self.moments.append(moment)
        self.publish(self.describe(moment))
        return None

    def describe(self, moment: Moment) -> Record:
        """An event as it is shown: its fields, whose it is, and the sentence that tells it."""
        return moment.as_told()

    def _wait(self, need: Wait) -> Waited:
        """Real time passes, until somebody does something or it is over."""
        if self._hang_up_after and len(self.moments) >= self._hang_up_after:
            self._hang_up_after = 0
            return Waited(0.0, HangUp(), CALLER)
        self._need = need
        self.publish(_passing(need))
        endless = self._patient and need.doing is Activity.GATHER and not need.collected
        most = math.inf if endless or need.seconds is None else need.seconds
        self._waits_at_most = most
        self._waits_since = began = time.monotonic()
        over = began + most / self.speed
        try:
            while True:
                found = self._input_within(
                    lambda: max(over - time.monotonic(), self._unheard(need))
                )
                passed = min((time.monotonic() - began) * self.speed, most)
                if found is not None:
                    return Waited(passed, *found)
                mail = self.call.take_mail()
                if mail is not None:  # else the call has taken it before it came to wait
                    return replace(mail, seconds=passed)
        except queue.Empty:
            return Waited(need.seconds or 0.0)
        finally:
            self._need = self._waits_since = None
            self._waits_at_most = math.inf

    def _input_within(self, left: Callable[[], float]) -> tuple[Input, str] | None:
        """What is done next, None for mail. Raises queue.Empty once no seconds are `left`."""
        while (seconds := left()) > 0:
            with suppress(queue.Empty):
                return self._inputs.get(timeout=None if seconds == math.inf else seconds)
        return self._inputs.get_nowait()

    def _unheard(self, need: Wait) -> float:
        """Real seconds until the caller has heard a prompt out."""
        return self.unheard() / self.speed if need.doing is Activity.PROMPT else 0.0


def _passing(need: Wait) -> Record:
    """What goes on now, and what can be done."""
    listening = need.listening or Listening(keys=False, speech=False, seconds=0.0)
    return {
        "event": "passing",
        "doing": need.doing.name.lower(),
        "seconds": need.seconds,
        "leg": need.leg,
        "party": need.party,
        "ringing": list(need.ringing),
        "keys": listening.keys or need.doing in {Activity.RECORD, Activity.TALK, Activity.STREAM},
        "speech": listening.speech or need.doing is Activity.RECORD,
    }
