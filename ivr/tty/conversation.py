"""A conversation in text, without input or output: the engine's turns, half duplex.

What happens on the line comes in by methods, each with the time on the stream in
seconds; what is to be done goes out as actions. The caller's turn opens when the mark
behind our text has come back: then it has been played.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.call.engine import (
    Dial,
    DialEnded,
    HandOver,
    HangUp,
    Heard,
    Key,
    Listen,
    Position,
    Silence,
    Turn,
    Utterance,
)
from ivr.call.nodes import Option, Outcome, Piece, Way
from ivr.call.on_tty import GO_AHEAD, HANGING_UP, MORE_TO_READ, TAKE_YOUR_TIME, TIME_WARNING
from ivr.config import VoiceLine
from ivr.tty.answers import Meant, is_finished, may_go_on, read
from ivr.tty.baudot import duration
from ivr.tty.receiver import Character
from ivr.tty.text import joined, pages, written

ANSWER_SECONDS = 90
"""The time there is to answer before the warning: a relay operator hears, types, waits, keys."""

AFTER_WARNING_SECONDS = 45
"""The time there is after the warning."""

MORE_SECONDS = 180
"""The time there is for one who asks for more."""

QUIET_SECONDS = 3
"""After an answer without GA; typing is slow, so it might go on."""

UNSURE_SECONDS = 8
"""After what may be the beginning of an answer."""

MARK_SECONDS = 5
"""How late the mark behind a text may come back before the caller's turn opens without it."""

INTERRUPTING = 2
"""Characters typed through our text that interrupt it."""


class Aim(StrEnum):
    """What is done with the call, elsewhere, at a position."""

    DIAL = "dial"
    HANG_UP = "hang-up"
    ALOUD = "aloud"
    VOICE = "voice"


@dataclass(frozen=True)
class Send:
    """Send this text, and behind it this mark."""

    text: str
    mark: str


@dataclass(frozen=True)
class Clear:
    """Drop what has not been played of our text."""


@dataclass(frozen=True)
class Move:
    """The call goes on elsewhere."""

    position: Position
    aim: Aim


Action = Send | Clear | Move


@dataclass(frozen=True)
class Passage:
    """A text that is sent at once.

    Whoever types interrupts it, unless it is sent in full. Behind it, if it `asks`, the
    caller has so many seconds to type.
    """

    text: str
    in_full: bool = False
    asks: float = 0


class Conversation:
    """One caller on a TTY, led by the table."""

    def __init__(self, line: VoiceLine, language: str, clock: Callable[[], datetime]) -> None:
        """Hold the line's words and engine, those for a TTY."""
        self._line = line
        self._language = language
        self._prompts = line.prompts[language]
        self._clock = clock
        self._turn: Turn | None = None
        self._waiting: deque[Passage] = deque()
        self._passage = self._asked = Passage("")
        self._marks = 0
        self._typed: list[Character] = []
        self._complete_at = 0.0
        self._until: float | None = None
        self._warned = False
        self._speech_counts = True
        self.sending = False
        self.moving = False

    # What happens on the line

    def begin(self, way: Way, at: float) -> list[Action]:
        """The conversation begins at the end of a way. Raises CallError as the engine does."""
        return self._enter(way, at)

    def played(self, mark: str, at: float) -> list[Action]:
        """A mark came back: the text before it was played."""
        current = self.sending and mark == str(self._marks)
        return self._go_on(at) if current else []

    def typed(self, characters: Sequence[Character], at: float) -> list[Action]:
        """The caller types."""
        if self.moving or (self.sending and self._passage.in_full):
            return []
        self._typed += characters
        self._complete_at = at + self._patience
        if self.sending:
            return self._interrupted(at) if len(self._typed) >= INTERRUPTING else []
        return self._answer(at) if is_finished(self._typed) else []

    def pressed(self, key: str, at: float) -> list[Action]:
        """The caller presses a key; what was typed before it is forgotten."""
        if self.moving or (self.sending and self._passage.in_full) or not self._options:
            return []
        stopped: list[Action] = [Clear()] if self.sending else []
        return [*stopped, *self._hear(Key(key), at)]

    def spoken(self, at: float) -> list[Action]:
        """Somebody talks; what is said can be understood elsewhere."""
        if self._until is None or self._typed or not self._speech_counts:
            return []
        self._speech_counts = False
        return self._move(Aim.ALOUD, at)

    def passed(self, at: float) -> list[Action]:
        """Time has passed."""
        if self._until is None:
            return []
        if self.moving:
            return self.not_moved(at) if at >= self._until else []
        if self.sending:
            return self._go_on(at) if at >= self._until else []
        if self._typed:
            return self._answer(at) if at >= self._complete_at else []
        return self._silence(at) if at >= self._until else []

    def not_moved(self, at: float) -> list[Action]:
        """The call could not go on elsewhere: it goes on here."""
        self.moving = False
        turn = self._current
        if isinstance(turn.then, Listen):
            return self._listen(at, ANSWER_SECONDS)
        if isinstance(turn.then, Dial | HandOver):
            failed = DialEnded(Outcome.FAILED)
            return self._enter(self._line.engine.answer(turn.position, failed), at)
        return []

    # The turn

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
        self._waiting = deque(self._passages(self._turn))
        self._speech_counts = True
        self.sending = False
        return self._go_on(at)

    def _passages(self, turn: Turn) -> Iterator[Passage]:
        """The turn's words in texts that can be read at once, those in full first."""
        first = joined(self._text(each) for each in turn.utterances if each.in_full)
        other = joined(self._text(each) for each in turn.utterances if not each.in_full)
        match turn.then:
            case Listen():
                yield from _in_full(first)
                yield from self._asking(other, turn.position)
            case HangUp():
                yield from _in_full(joined((first, HANGING_UP)))
            case _:
                yield from _in_full(first)

    def _asking(self, text: str, position: Position) -> Iterator[Passage]:
        """What is asked, ending in GA; a piece of information has a GA after every page."""
        is_piece = isinstance(self._line.engine.table[position.node], Piece)
        more = f"{self._text(Utterance(MORE_TO_READ))} {GO_AHEAD}" if is_piece else ""
        *before, last = pages(text, more or GO_AHEAD)
        for page in before:
            yield (
                Passage(joined((page, more)), asks=ANSWER_SECONDS)
                if is_piece
                else Passage(f"{page} ")
            )
        yield Passage(joined((last, GO_AHEAD)), asks=ANSWER_SECONDS)

    def _text(self, utterance: Utterance) -> str:
        return written(self._prompts, self._line.directory, utterance)

    # Sending and listening

    def _go_on(self, at: float) -> list[Action]:
        """Send what waits, or do what comes behind it."""
        if self.sending and self._passage.asks:
            return self._listen(at, self._passage.asks)
        if self._waiting:
            return self._send(self._waiting.popleft(), at)
        match self._current.then:
            case Dial():
                return self._move(Aim.DIAL, at)
            case HandOver():
                return self._move(Aim.VOICE, at)
            case _:
                return self._move(Aim.HANG_UP, at)

    def _send(self, passage: Passage, at: float) -> list[Action]:
        self._asked = self._passage = passage
        self._typed.clear()
        self._warned = False
        self._marks += 1
        self.sending = True
        self._until = at + duration(passage.text) + MARK_SECONDS
        return [Send(passage.text, str(self._marks))]

    def _say(self, prompt: str, seconds: float, at: float) -> list[Action]:
        """Say something beside the table; space taps then repeat what was asked, not this."""
        asked = self._asked
        text = f"{self._text(Utterance(prompt))} {GO_AHEAD}"
        actions = self._send(Passage(text, asks=seconds), at)
        self._asked = asked
        return actions

    def _listen(self, at: float, seconds: float) -> list[Action]:
        self.sending = False
        self._until = at + seconds
        return []

    def _interrupted(self, at: float) -> list[Action]:
        return [Clear(), *self._listen(at, ANSWER_SECONDS)]

    def _move(self, aim: Aim, at: float) -> list[Action]:
        self._listen(at, ANSWER_SECONDS)
        self.moving = True
        return [Move(self.position, aim)]

    # The caller's turn

    @property
    def _patience(self) -> float:
        unsure = may_go_on(self._typed, self._options, self._prompts.vocabulary)
        return UNSURE_SECONDS if unsure else QUIET_SECONDS

    def _answer(self, at: float) -> list[Action]:
        """Act on what was typed."""
        meant = read(self._typed, self._options, self._prompts.vocabulary)
        self._typed.clear()
        match meant:
            case Meant.AGAIN:
                return self._send(self._asked, at)
            case Meant.GO_ON:
                return self._send(self._waiting.popleft() if self._waiting else self._asked, at)
            case Meant.MORE_TIME:
                return self._say(TAKE_YOUR_TIME, MORE_SECONDS, at)
            case _:
                return self._hear(meant, at)

    def _silence(self, at: float) -> list[Action]:
        """Nothing was typed: what is left to read, then a warning, then the table's way."""
        if self._waiting:
            return self._send(self._waiting.popleft(), at)
        if not self._warned:
            actions = self._say(TIME_WARNING, AFTER_WARNING_SECONDS, at)
            self._warned = True
            return actions
        return self._hear(Silence(), at)


def _in_full(text: str) -> Iterator[Passage]:
    """What nobody interrupts; a space behind each page keeps it from the next."""
    yield from (Passage(f"{page} ", in_full=True) for page in pages(text) if page)
