"""A turn in the texts that are sent one after the other, each read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ivr.call.engine import HangUp, Listen, Position, Turn, Utterance
from ivr.call.nodes import NO, Piece
from ivr.call.on_tty import BY_KEY, BY_KEY_OTHER, GO_AHEAD, HANGING_UP, MORE_TO_READ
from ivr.config import VoiceLine
from ivr.text.pages import PAGE_SECONDS, joined, pages, sound_texts, written
from ttymodem.baudot import duration

BREAK_SECONDS = 1.0
"""The quiet behind a page that asks nothing: the caller may break in."""

ANSWER_SECONDS = 90
"""The time there is to answer before the warning: a relay operator hears, types, waits, keys."""


@dataclass(frozen=True)
class OutgoingText:
    """A text that is sent at once.

    Whoever types interrupts it; one that is to be read `in_full` is begun again then.
    Behind it are so many seconds of `quiet`, in which the caller may type: a break, or
    the caller's turn. `early`: it holds a question, so what is typed through it comes too
    soon to be an answer.
    """

    text: str
    in_full: bool = False
    quiet: float = BREAK_SECONDS
    early: bool = False

    @property
    def asks(self) -> bool:
        """Whether the caller's turn is behind it, and not only a break."""
        return self.quiet > BREAK_SECONDS


@dataclass(frozen=True)
class Sound:
    """A text that is played, and the seconds of quiet before it: none on the same page."""

    text: str
    quiet: float


class OutgoingTexts:
    """Writes them, in one language."""

    def __init__(self, line: VoiceLine, language: str) -> None:
        """Hold the line's words, those for a TTY."""
        self._line = line
        self._prompts = line.prompts[language]

    def of(self, turn: Turn) -> Iterator[OutgoingText]:
        """The turn's words, those in full first."""
        asks = isinstance(turn.then, Listen)
        full = [each for each in turn.utterances if each.in_full or not asks]
        first = joined(map(self._text, full))
        other = [each for each in turn.utterances if each not in full]
        match turn.then:
            case Listen():
                yield from _in_full(first)
                yield from self._asking(other, turn.position)
            case HangUp():
                yield from _in_full(joined((first, HANGING_UP)))
            case _:
                yield from _in_full(first)

    def asked(self, prompt: str, seconds: float) -> OutgoingText:
        """A prompt beside the table, behind which the caller may type."""
        return OutgoingText(f"{self._text(Utterance(prompt))} {GO_AHEAD}", quiet=seconds)

    def _asking(self, asked: Sequence[Utterance], position: Position) -> Iterator[OutgoingText]:
        """What is asked, ending in GA; a piece of information has a GA after every page."""
        text = joined(map(self._text, asked))
        is_piece = isinstance(self._line.engine.table[position.node], Piece)
        more = f"{self._text(Utterance(MORE_TO_READ))} {GO_AHEAD}" if is_piece else ""
        *before, last = pages(text, more or GO_AHEAD)
        for page in before:
            if is_piece:
                yield OutgoingText(joined((page, more)), quiet=ANSWER_SECONDS)
            else:
                yield OutgoingText(page)
        early = any(each.early for each in asked)
        yield OutgoingText(joined((last, GO_AHEAD)), quiet=ANSWER_SECONDS, early=early)

    def _text(self, utterance: Utterance) -> str:
        return written(self._prompts, self._line.directory, utterance)


class SoundPages:
    """Cuts what is played in one document into pages, as it comes, prompt by prompt."""

    def __init__(self) -> None:
        """Begin a page."""
        self._page = 0.0

    def of(self, text: str, end: str = "") -> Iterator[Sound]:
        """The sounds of a prompt, `end` (GA, SKSK) in the last."""
        quiet = 0.0
        for each in sound_texts(text, end):
            if not quiet and self._page + duration(each) > PAGE_SECONDS:
                quiet = BREAK_SECONDS
            self._page = duration(each) + (0 if quiet else self._page)
            yield Sound(each, quiet)
            quiet = BREAK_SECONDS


def by_key(turn: Turn) -> Turn:
    """The turn where typing can't be read: behind its words it says which keys answer."""
    if not isinstance(turn.then, Listen):
        return turn
    question = any(option.words == NO for option in turn.then.options)
    keys = Utterance(BY_KEY if question else BY_KEY_OTHER)
    return replace(turn, utterances=(*turn.utterances, keys))


def _in_full(text: str) -> Iterator[OutgoingText]:
    yield from (OutgoingText(page, in_full=True) for page in pages(text) if page)
