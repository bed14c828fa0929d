"""A call that is held step by step, on its own clock: it waits wherever somebody could act."""

from __future__ import annotations

import textwrap
import time
from typing import TYPE_CHECKING, NoReturn

from offhook.callers.driver import Driver
from offhook.callers.place_call import PlacedCall
from offhook.callers.script import ANSWER_SECONDS, KEY_SECONDS, REACTION_SECONDS, RING_SECONDS
from offhook.callers.streams import HandsetStreams
from offhook.events import (
    CALLER,
    Ended,
    Event,
    Requested,
    Ringing,
    Said,
    Warned,
)
from offhook.interpreter.speech_rate import seconds
from offhook.needs import (
    Activity,
    Connected,
    HangUp,
    Input,
    Key,
    LegStatus,
    PartyLeft,
    Speech,
    Wait,
    Waited,
)
from offhook.transcript import Moment, transcript

if TYPE_CHECKING:
    from offhook.callers.phone import Phone
    from offhook.media.sockets import Handset


class StillClock:
    """Time that a test lets pass; only words that nobody can interrupt pass by themselves."""

    def wait(self, need: Wait) -> Waited | None:
        """Stand still wherever somebody could do something."""
        if need.doing is Activity.PROMPT and not need.listening and not need.party:
            return Waited(need.seconds or 0.0)
        return None

    def spend(self, seconds: float) -> None:
        """Nobody waits: the call counts it."""


class PhoneCall:
    """A call that is held step by step. It stands still wherever somebody could do something."""

    def __init__(self, phone: Phone, placed: PlacedCall) -> None:
        """Take a call that has not begun."""
        self.call = placed.call
        self.phone = phone
        self.moments: list[Moment] = []
        self._streams = HandsetStreams(placed.call, phone.target, phone.impairments)
        self._driver = Driver(placed, StillClock(), self._notice, self._streams)
        self._heard_from = 0

    # Running

    def begin(self) -> None:
        """Ring, and run to where somebody could do something."""
        self._driver.run()

    def take_mail(self) -> bool:
        """Take one input from the mailbox, if the call waits and has mail."""
        return self._driver.take_mail()

    def _notice(self, event: Event) -> None:
        self.moments.append(Moment(self.call.elapsed, event))

    @property
    def _need(self) -> Wait | None:
        return self._driver.need

    @property
    def handset(self) -> Handset | None:
        """The caller's end of media streams, once one was opened."""
        return self._streams.handset

    def _do(self, given: Input | None, after: float, leg: str = "") -> None:
        """Somebody does something (or nothing), and the call goes on."""
        self._driver.run(Waited(after, given, leg))
        self.phone.pump()

    def _listen(self) -> None:
        """Let what is being said end, and digits be complete; a wait document has no end."""
        while self._need is not None and self._goes_on(self._need) and not self._need.party:
            self._do(None, self._need.seconds or 0.0)

    def _rounds(self) -> int:
        """How often a wait document was requested."""
        return sum(request.purpose == "wait" for request in self.requests)

    def _await(self, *doing: Activity, interrupt: bool = False, leg: str = CALLER) -> Wait:
        """The open need, if it is one of these; otherwise the test has failed."""
        if interrupt and self._need is not None and self._need.listening:
            return self._need
        rounds = self._rounds()
        while (
            self._need is not None
            and self._need.doing is Activity.PROMPT
            and self._rounds() < rounds + 2
        ):
            self._do(None, self._need.seconds or 0.0)
        if self._need is not None and leg == CALLER != self._need.leg:
            self._listen_to_whisper()
        if self._need is None:
            self._fail(f"the call is over: {self.ended}")
        if self._need.doing not in doing:
            self._fail(f"that can't be done while {self._need.doing.value}")
        return self._need

    def _listen_to_whisper(self) -> None:
        """A dialled party that is asked something, and of whom nothing was said, stays silent."""
        while self._need is not None and self._need.leg != CALLER:
            self._do(None, self._need.seconds or 0.0)

    def _fail(self, what: str) -> NoReturn:
        __tracebackhide__ = True
        raise AssertionError(f"{what}\n\n{self.transcript}")

    # What the caller does

    def press(self, keys: str, *, interrupt: bool = False) -> None:
        """Press keys, one after another."""
        __tracebackhide__ = True
        takes = (Activity.GATHER, Activity.RECORD, Activity.TALK, Activity.STREAM)
        need = self._await(*takes, interrupt=interrupt)
        self._heard_from = len(self.moments)
        after = min(REACTION_SECONDS, need.seconds or REACTION_SECONDS)
        for key in keys:
            self._do(Key(key), after)
            after = KEY_SECONDS
            if self._need is None:
                return

    def say(self, words: str, *, interrupt: bool = False) -> None:
        """Say words."""
        __tracebackhide__ = True
        self._await(Activity.GATHER, Activity.RECORD, interrupt=interrupt)
        self._heard_from = len(self.moments)
        spoken = seconds(words)
        self._do(Speech(words, spoken), REACTION_SECONDS)
        if spoken and self._need is not None and self._need.doing is Activity.RECORD:
            self._do(None, self._need.seconds or 0.0)  # until the words are over
        self._listen_on()

    def _listen_on(self) -> None:
        """Let the words that were said be recognised."""
        while (
            self._need is not None and self._need.doing is Activity.GATHER and self._need.collected
        ):
            self._do(None, self._need.seconds or 0.0)

    def stay_silent(self) -> None:
        """Do nothing for as long as there is to answer."""
        __tracebackhide__ = True
        need = self._await(Activity.GATHER, Activity.RECORD)
        self._heard_from = len(self.moments)
        self._do(None, need.seconds or 0.0)

    def wait(self, seconds: float) -> None:
        """Let time pass: in a talk, a queue, or wherever the call stands."""
        __tracebackhide__ = True
        left = seconds
        while left > 0 and self._need is not None:
            most = self._need.seconds
            step = left if most is None else min(left, most)
            self._do(None, step)
            left -= step

    def hang_up(self) -> None:
        """Hang up."""
        if self._need is not None:
            self._do(HangUp(), 0.0, CALLER)

    # What others do

    def answer(self, whisper: str | None = None) -> None:
        """The dialled party picks up.

        `whisper` is what it does when its whisper asks: keys, `say:yes`, or `hangup`.
        """
        __tracebackhide__ = True
        self._leg("answered", ANSWER_SECONDS)
        if whisper is None:
            return
        if whisper == "hangup" and self._need is not None and self._need.leg != CALLER:
            self._do(HangUp(), REACTION_SECONDS, self._need.leg)
            return
        while self._need is not None and self._need.doing is Activity.PROMPT:
            self._do(None, self._need.seconds or 0.0)
        if (
            self._need is None
            or self._need.doing is not Activity.GATHER
            or self._need.leg == CALLER
        ):
            self._fail("the dialled party was asked nothing")
        leg = self._need.leg
        if whisper.startswith("say:"):
            self._do(Speech(whisper[4:], seconds(whisper[4:])), REACTION_SECONDS, leg)
            self._listen_on()
            return
        for key in whisper:
            self._do(Key(key), KEY_SECONDS, leg)

    def be_busy(self) -> None:
        """The dialled party is busy."""
        __tracebackhide__ = True
        self._leg("busy", RING_SECONDS["busy"])

    def ring_out(self) -> None:
        """The dialled party does not answer."""
        __tracebackhide__ = True
        self._leg("no-answer", None)

    def be_unreachable(self) -> None:
        """The dialled party can't be reached."""
        __tracebackhide__ = True
        self._leg("failed", RING_SECONDS["failed"])

    def answer_by_machine(self) -> None:
        """A machine answers at the dialled party's."""
        __tracebackhide__ = True
        self._leg("machine", ANSWER_SECONDS)

    def _leg(self, status: str, after: float | None) -> None:
        __tracebackhide__ = True
        need = self._await(Activity.RING)
        self._heard_from = len(self.moments)
        self._do(LegStatus(status), (need.seconds or 0.0) if after is None else after)

    def end_talk(self, after: float = 60.0) -> None:
        """The other party of a talk hangs up, after so many seconds."""
        __tracebackhide__ = True
        self._listen_to_whisper()
        self._await(Activity.TALK, Activity.STREAM)
        self._heard_from = len(self.moments)
        self._do(PartyLeft(), after)

    def await_stream_end(self, timeout: float = 30.0) -> None:
        """Wait, in real time, until the app closes the media stream; then the call goes on."""
        __tracebackhide__ = True
        self._await(Activity.STREAM)
        began = time.monotonic()
        if self.handset is None or not self.handset.hung_up.wait(timeout):
            self._fail(f"the app has not closed the media stream within {timeout:g} s")
        self.handset.hung_up.clear()
        self._do(PartyLeft(), time.monotonic() - began)

    def connect_agent(self, who: str = "an agent") -> None:
        """Somebody takes the caller out of the queue, or joins the conference."""
        __tracebackhide__ = True
        if self._need is None or not self._need.waits_for_somebody:
            self._fail("the caller waits in no queue")
        self._heard_from = len(self.moments)
        self._do(Connected(who), 0.0)

    # What happened

    def expect_said(self, text: str, *, leg: str = CALLER) -> None:
        """Assert that this was said since the caller's last act; what is being said goes on."""
        __tracebackhide__ = True
        wanted, rounds = _plain(text), self._rounds()
        while wanted not in self._said(leg, self._heard_from):
            need = self._need
            if need is None or not self._goes_on(need) or self._rounds() > rounds + 1:
                heard = self._said(leg, self._heard_from) or "nothing"
                self._fail(f"not heard: {text!r}\nheard instead: {textwrap.shorten(heard, 300)}")
            self._do(None, need.seconds or 0.0)

    def _goes_on(self, need: Wait) -> bool:
        """Whether something more is heard without anybody doing anything."""
        asked = need.leg != CALLER and need.doing is Activity.GATHER  # silence answers a whisper
        return need.doing is Activity.PROMPT or bool(need.collected) or asked

    def _said(self, leg: str, start: int) -> str:
        return _plain(
            " ".join(
                event.text
                for event in self.events[start:]
                if isinstance(event, Said) and event.leg == leg
            )
        )

    def expect_ringing(self, number: str) -> None:
        """Assert that this number (client:name, sip:address, queue:name) rings now."""
        __tracebackhide__ = True
        self._listen()
        ringing = self._need.ringing if self._need is not None else ()
        if number not in ringing:
            rings = ", ".join(ringing) or "nothing"
            self._fail(f"{number} does not ring; {rings} does")

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        return [moment.event for moment in self.moments]

    @property
    def said(self) -> str:
        """All words that the caller heard so far, what is being said included."""
        self._listen()
        return " ".join(
            event.text for event in self.events if isinstance(event, Said) and event.leg == CALLER
        )

    @property
    def numbers_dialled(self) -> list[str]:
        """The numbers that rang, in order."""
        self._listen()
        return [event.number for event in self.events if isinstance(event, Ringing)]

    @property
    def requests(self) -> list[Requested]:
        """The webhooks that were called."""
        return [event for event in self.events if isinstance(event, Requested)]

    @property
    def warnings(self) -> list[Warned]:
        """What Twilio's debugger would have shown."""
        return [event for event in self.events if isinstance(event, Warned)]

    @property
    def ended(self) -> str:
        """Why the call ended; "" while it goes on."""
        self._listen()
        return next((event.reason for event in self.events if isinstance(event, Ended)), "")

    @property
    def elapsed(self) -> float:
        """Seconds on the call's own clock."""
        return self.call.elapsed

    @property
    def transcript(self) -> str:
        """The call as one reads it."""
        return transcript(self.call.identity, self.moments)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
