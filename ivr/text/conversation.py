"""A conversation in text, without input or output: the engine's turns, half duplex.

What happens on the line comes in by methods, each with the time on the stream in
seconds; what is to be done goes out as actions. The caller's turn opens when the mark
behind our text has come back: then it has been played.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from ivr.call.common_options import EVERYWHERE
from ivr.call.engine import (
    Dial,
    DialEnded,
    Early,
    Heard,
    Key,
    Listen,
    Position,
    Silence,
    SwitchMedium,
    Turn,
    Words,
)
from ivr.call.flow import START
from ivr.call.nodes import Option, Outcome, Way
from ivr.call.on_tty import TAKE_YOUR_TIME, TIME_WARNING, is_everywhere
from ivr.config import VoiceLine
from ivr.text.actions import Action, Aim, Clear, Move, Send
from ivr.text.answer_decoder import Meant, is_finished, may_go_on, read
from ivr.text.outgoing import ANSWER_SECONDS, OutgoingText, OutgoingTexts
from ivr.text.pages import reading_seconds
from ttymodem.baudot import CR, LF
from ttymodem.receiver import Character

AFTER_WARNING_SECONDS = 45
"""The time there is after the warning."""

MORE_SECONDS = 180
"""The time there is for one who asks for more."""

QUIET_SECONDS = 3
"""After an answer without GA; typing is slow, so it might go on."""

UNSURE_SECONDS = 8
"""After what may be the beginning of an answer."""

AGAIN_SECONDS = 1
"""After typing without GA through what is read in full, which begins again then: a TTY is
announced by taps on the space bar."""

MARK_SECONDS = 5
"""How late the mark behind a text may come back before the caller's turn opens without it."""

INTERRUPTING = 2
"""Characters typed through our text, or in a break of it, that interrupt it."""

BEGIN_AGAIN_SECONDS = 30
"""After a text that is read in full could have been read, it is not begun again any more."""

LONGEST_ANSWER = 200
"""Characters, some 40 s of typing, after which what was typed is answered in any case."""


class Conversation:
    """One caller on a TTY, led by the table."""

    def __init__(
        self,
        line: VoiceLine,
        language: str,
        clock: Callable[[], datetime],
        *,
        heeds_voice: bool = True,
    ) -> None:
        """Hold the line's words and engine, those for a TTY; whether a voice counts."""
        self._line = line
        self._language = language
        self._vocabulary = line.prompts[language].vocabulary
        self._passages = OutgoingTexts(line, language)
        self._clock = clock
        self._turn: Turn | None = None
        self._waiting: deque[OutgoingText] = deque()
        self._passage = self._asked = OutgoingText("")
        self._begins_again_until = 0.0
        self._marks = 0
        self._typed: list[Character] = []
        self._early: Heard | None = None
        self._complete_at = 0.0
        self._until: float | None = None
        self._warned = self._unread = False
        self._heeds_voice = self._speech_counts = heeds_voice
        self._leaving = False
        self.sending = False
        self.moving = False

    # What happens on the line

    def begin(self, way: Way, at: float, typed: Sequence[Character] = ()) -> list[Action]:
        """The conversation begins at the end of a way. Raises CallError as the engine does.

        What was typed before it came here answers the question there, if that was read
        before; else it counts if it works everywhere.
        """
        actions = self._enter(way, at)
        if not typed:
            return actions
        meant = read(typed, self._options, self._vocabulary)
        counts = way.to != START or self._works_everywhere(meant)
        if isinstance(meant, Meant) or not counts or self._chosen(meant) is None:
            return actions
        return self._hear(meant, at)

    def played(self, mark: str, at: float) -> list[Action]:
        """A mark came back: the text before it was played."""
        current = self.sending and mark == str(self._marks)
        return self._go_on(at) if current else []

    def typed(self, characters: Sequence[Character], at: float) -> list[Action]:
        """The caller types."""
        if self.moving:
            return []
        self._typed += characters
        stop = self._typed_through(at) if self.sending else []
        self._complete_at = at + self._patience
        finished = is_finished(self._typed) or len(self._typed) >= LONGEST_ANSWER
        return [*stop, *self._answer(at)] if finished and not self.sending else stop

    def pressed(self, key: str, at: float) -> list[Action]:
        """The caller presses a key; what was typed before it is forgotten."""
        if self.moving or not self._options:
            return []
        if self._passage.in_full and (self.sending or self.pausing):
            self._early = Key(key) if key in EVERYWHERE else self._early
            return []
        early = self._too_early or not self._passage.asks
        stop = [Clear()] if self.sending else []
        return [*stop, *self._hear(Early(key) if early else Key(key), at)]

    def spoken(self, at: float) -> list[Action]:
        """Somebody talks; what is said can be understood elsewhere."""
        busy = self._until is None or self.sending or self.pausing or self.moving
        if busy or self._typed or not (self._options and self._speech_counts):
            return []
        self._speech_counts = False
        return self._move(Aim.ALOUD, at)

    def passed(self, at: float) -> list[Action]:
        """Time has passed."""
        if self._until is None:
            return []
        if self._leaving and self._may_leave:
            return self._move(Aim.READ, at)
        if self.moving:
            return self.not_moved(at) if at >= self._until else []
        if self.sending:
            return self._go_on(at) if at >= self._until else []
        if self._typed:
            return self._answer(at) if at >= self._complete_at else []
        return self._silence(at) if at >= self._until else []

    def not_moved(self, at: float) -> list[Action]:
        """The call could not go on elsewhere: it goes on here."""
        if not self.moving:
            return []
        self.moving = self._leaving = False
        turn = self._current
        if isinstance(turn.then, Listen):
            return self._listen(at, ANSWER_SECONDS)
        if isinstance(turn.then, Dial | SwitchMedium):
            failed = DialEnded(Outcome.FAILED)
            return self._enter(self._line.engine.answer(turn.position, failed), at)
        return []

    def hand_over(self) -> None:
        """Who holds the conversation is to stop: it goes on elsewhere as soon as it can.

        That is when all has been read and the caller has not begun to type. There the turn
        is read again.
        """
        self._leaving = True

    # The turn

    @property
    def _may_leave(self) -> bool:
        busy = self.sending or self.pausing or self.moving or self._waiting or self._typed
        return bool(self._options) and not busy

    @property
    def pausing(self) -> bool:
        """Whether it is quiet between two pages, or behind the last one of a call that moves on."""
        return not (self.sending or self.moving or self._passage.asks)

    @property
    def _too_early(self) -> bool:
        """Whether a question was not sent to its end when what was typed was begun."""
        return self._passage.early and (self.sending or self._unread)

    @property
    def position(self) -> Position:
        """Where the call is."""
        return self._current.position

    @property
    def _current(self) -> Turn:
        if self._turn is None:
            raise ValueError("the conversation has not begun")
        return self._turn

    @property
    def _options(self) -> tuple[Option, ...]:
        then = self._current.then
        return then.options if isinstance(then, Listen) else ()

    def _hear(self, heard: Heard, at: float) -> list[Action]:
        return self._enter(self._line.engine.answer(self.position, heard), at)

    def _enter(self, way: Way, at: float) -> list[Action]:
        self._turn = self._line.engine.enter(self._language, way, self._clock())
        self._waiting = deque(self._passages.of(self._turn))
        self._early = None
        self._speech_counts = self._heeds_voice
        self.sending = False
        return self._next(at)

    # Sending and listening

    def _go_on(self, at: float) -> list[Action]:
        """Our text was read: the caller may type."""
        if self._early:
            return self._next(at)
        if at >= self._complete_at:
            self._typed.clear()  # a stray character under our text answers nothing
        self._unread = self._passage.early and bool(self._typed)
        return self._listen(at, self._passage.quiet)

    def _next(self, at: float) -> list[Action]:
        """Send what waits, or do what comes behind it."""
        if self._waiting and self._early and not self._waiting[0].in_full:
            return self._hear(self._early, at)
        if self._waiting:
            passage = self._waiting.popleft()
            self._begins_again_until = at + reading_seconds(passage.text) + BEGIN_AGAIN_SECONDS
            return self._send(passage, at)
        match self._current.then:
            case Dial():
                return self._move(Aim.DIAL, at)
            case SwitchMedium():
                return self._move(Aim.VOICE, at)
            case _:
                return self._move(Aim.HANG_UP, at)

    def _send(self, passage: OutgoingText, at: float) -> list[Action]:
        self._asked = self._passage = passage
        self._typed.clear()
        self._warned = self._unread = False
        self._marks += 1
        self.sending = True
        self._until = at + reading_seconds(passage.text) + MARK_SECONDS
        return [Send(passage.text, str(self._marks))]

    def _say(self, prompt: str, seconds: float, at: float) -> list[Action]:
        """Say something beside the table; space taps then repeat what was asked, not this."""
        asked = self._asked
        actions = self._send(self._passages.asked(prompt, seconds), at)
        self._asked = asked
        return actions

    def _listen(self, at: float, seconds: float) -> list[Action]:
        self.sending = False
        self._until = at + seconds
        return []

    def _typed_through(self, at: float) -> list[Action]:
        """Who types does not read: our text stops, until it can't begin again any more."""
        goes_on = self._passage.in_full and at >= self._begins_again_until
        if goes_on or not self._interrupts:
            return []
        self._unread = True
        return [Clear(), *self._listen(at, ANSWER_SECONDS)]

    def _move(self, aim: Aim, at: float) -> list[Action]:
        self._listen(at, ANSWER_SECONDS)
        self.moving = True
        return [Move(self.position, aim)]

    # The caller's turn

    @property
    def _interrupts(self) -> bool:
        counting = sum(each.code not in {CR, LF} for each in self._typed)  # those follow a GA
        return counting >= INTERRUPTING

    @property
    def _patience(self) -> float:
        if self._unread and self._passage.in_full:
            return AGAIN_SECONDS
        unsure = may_go_on(self._typed, self._options, self._vocabulary)
        return UNSURE_SECONDS if unsure else QUIET_SECONDS

    def _answer(self, at: float) -> list[Action]:
        """Act on what was typed."""
        meant = self._meant()
        self._typed.clear()
        if self._unread and self._passage.in_full:
            return self._broke_in(meant, at)
        if isinstance(meant, Meant):
            return self._act_on(meant, at)
        if self.pausing or not self._options:
            return self._broke_in(meant, at)
        return self._hear(meant, at)

    def _act_on(self, meant: Meant, at: float) -> list[Action]:
        """Act on what is no answer."""
        match meant:
            case Meant.AGAIN:
                return self._send(self._asked, at)
            case Meant.MORE_TIME:
                return self._say(TAKE_YOUR_TIME, MORE_SECONDS, at)
            case Meant.ALOUD if self._options and not self.pausing:
                return self._move(Aim.ALOUD, at)
            case Meant.GO_ON | Meant.ALOUD:
                more = self._waiting or not self._options
                return self._next(at) if more else self._send(self._asked, at)

    def _meant(self) -> Heard | Meant:
        """What was typed; before its question was sent, no answer and no wish for time is heard."""
        if self.pausing and not self._interrupts:
            return Meant.GO_ON  # a stray character
        meant = read(self._typed, self._options, self._vocabulary)
        counts = meant in {Meant.AGAIN, Meant.GO_ON} or self._works_everywhere(meant)
        return Early("") if self._too_early and not counts else meant

    def _broke_in(self, meant: Heard | Meant, at: float) -> list[Action]:
        """Before the last page counts what works everywhere; what is asked was not read yet."""
        if not isinstance(meant, Meant) and self._works_everywhere(meant):
            self._early = meant
        again = self._unread and (self._passage.in_full or not self._early)
        return self._send(self._passage, at) if again else self._next(at)

    def _works_everywhere(self, meant: Heard | Meant) -> bool:
        option = self._chosen(meant)
        return option is not None and is_everywhere(option)

    def _chosen(self, meant: Heard | Meant) -> Option | None:
        match meant:
            case Key(key):
                return next((each for each in self._options if each.key == key), None)
            case Words(text):
                return self._vocabulary.choose(text, self._options)
            case _:
                return None

    def _silence(self, at: float) -> list[Action]:
        """Nothing was typed: what is left to read, then a warning, then the table's way."""
        if self._waiting or not self._options:
            return self._next(at)
        if not self._warned:
            actions = self._say(TIME_WARNING, AFTER_WARNING_SECONDS, at)
            self._warned = True
            return actions
        return self._hear(Silence(), at)
