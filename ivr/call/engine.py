"""Walks the table: a position, what was heard and the time in, a turn out.

    advance(position, heard, now) -> Turn

Pure and total: every position that a call can be in has a turn for everything
that can be heard there. A turn that was delivered twice is the same turn twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from ivr.call.common_options import EVERYWHERE
from ivr.call.hours import Opening
from ivr.call.lines import Directory
from ivr.call.nodes import (
    Advice,
    Ask,
    Gate,
    Goodbye,
    Handover,
    Medium,
    Message,
    NextOpening,
    Node,
    Option,
    Outcome,
    Transfer,
    Way,
)
from ivr.call.prompts import opening_prompt
from ivr.call.understanding import Vocabulary


class CallError(Exception):
    """A call came to a place that the table does not have; the caller takes the safe exit."""


class NeedsTime(CallError):
    """A turn depends on the time of the call, and none was given."""


@dataclass(frozen=True)
class Key:
    """A key of the telephone."""

    key: str


@dataclass(frozen=True)
class Early:
    """A key that was pressed before the question was said to its end."""

    key: str


@dataclass(frozen=True)
class Words:
    """Words that a caller said, as the recogniser wrote them down.

    `confidence` is the recogniser's, from 0 to 1; None where it gave none.
    """

    text: str
    confidence: float | None = None


CLEAR = 0.5
"""The confidence from which on words count where they must be the whole utterance.

A misheard no is the one dangerous error of this line: below it, it is asked again.
"""


@dataclass(frozen=True)
class Silence:
    """No key and no word in the time there was to answer."""


@dataclass(frozen=True)
class DialEnded:
    """The dialled leg has ended."""

    outcome: Outcome


Heard = Key | Early | Words | Silence | DialEnded


@dataclass(frozen=True)
class Position:
    """Where a call is: all the state that it has, and all of it fits into a URL."""

    language: str
    node: str
    attempt: int = 1


@dataclass(frozen=True)
class Utterance:
    """One prompt to be said; `opening` is for `opens.*`.

    `in_full`: no key interrupts it. `early`: a key does, but comes too soon to be an answer;
    it is taken at this position.
    """

    prompt: str
    in_full: bool = False
    early: Position | None = None
    opening: Opening | None = None


@dataclass(frozen=True)
class Listen:
    """Wait for one of these options."""

    options: tuple[Option, ...]


@dataclass(frozen=True)
class Dial:
    """Dial this number (E.164) and bridge the caller to it.

    `accept`: once who picks up has accepted the call.
    """

    number: str
    accept: bool = False


@dataclass(frozen=True)
class SwitchMedium:
    """Go on in this medium, at this node of its table."""

    medium: Medium
    to: str


@dataclass(frozen=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True)
class Turn:
    """What one webhook is answered with: say this, then do that, at this position."""

    position: Position
    utterances: tuple[Utterance, ...]
    then: Listen | Dial | SwitchMedium | HangUp


class Engine:
    """The table with the directory and the vocabularies (by language) it is walked with."""

    def __init__(
        self,
        table: Mapping[str, Node],
        directory: Directory,
        vocabularies: Mapping[str, Vocabulary],
        medium: Medium = Medium.VOICE,
    ) -> None:
        """Hold what turns are made from; nothing here ever changes."""
        self.medium = medium
        self.table = table
        self.directory = directory
        self.vocabularies = vocabularies

    def advance(self, position: Position, heard: Heard, now: datetime) -> Turn:
        """The turn that answers what was heard at this position, at this time.

        Raises CallError on a language, node or attempt that does not exist.
        """
        return self.enter(position.language, self.answer(position, heard), now)

    def answer(self, position: Position, heard: Heard) -> Way:
        """The way out that was chosen by what was heard. Raises CallError as `advance` does."""
        return self.way_by(self.chosen(position, heard), position, heard)

    def chosen(self, position: Position, heard: Heard) -> Option | None:
        """The option that what was heard means at a node, whichever attempt it is; None if none.

        Raises CallError as `advance` does.
        """
        node = self._node(position.node)
        if position.language not in self.vocabularies:
            raise CallError("this language has no prompts file")
        if not isinstance(node, Ask):
            return None
        match heard:
            case Early(key) if key not in EVERYWHERE and node.early:
                return None
            case Key(key) | Early(key):
                return next((option for option in node.options if option.key == key), None)
            case Words(text, confidence):
                option = self.vocabularies[position.language].choose(text, node.options)
                unclear = confidence is not None and confidence < CLEAR
                return None if option and option.whole and unclear else option
            case _:
                return None

    def way_by(self, option: Option | None, position: Position, heard: Heard) -> Way:
        """The way out by the option that `chosen` found. Raises CallError as `advance` does."""
        node = self._node(position.node)
        if not 1 <= position.attempt <= (len(node.asks) if isinstance(node, Ask) else 1):
            raise CallError(f"attempt {position.attempt} does not exist at {node.name}")
        match node:
            case Ask():
                return option.way if option else _way_without_option(node, position, heard)
            case Advice() if isinstance(heard, Early):
                return node.nurse if heard.key == "0" else node.early
            case Transfer():
                return node.after(heard.outcome if isinstance(heard, DialEnded) else Outcome.FAILED)
            case Handover():
                return node.otherwise
            case Message() | Gate() | Goodbye():
                return Way(node.name)  # it asks nothing, so it is played (again)
            case _:
                assert_never(node)

    def enter(self, language: str, way: Way, now: datetime | None) -> Turn:
        """The turn at the end of a way: on through messages and gates to a place to wait.

        Without a time, raises NeedsTime where the turn depends on it.
        """
        utterances: list[Utterance] = []
        for _ in self.table:
            utterances += map(Utterance, way.say)
            node = self._node(way.to)
            position = Position(language, node.name, way.attempt)
            match node:
                case Advice() if not way.in_full:
                    advice = (_advice(prompt, node, position) for prompt in node.prompts)
                    utterances = [*in_full(utterances), *advice]
                    way = node.then
                case Message():
                    utterances = in_full([*utterances, *map(Utterance, node.prompts)])
                    way = node.then
                case Gate():
                    way = node.open if self._is_open(node.line, now) else node.closed
                case Ask():
                    utterances += self._asked(node, way, now)
                    said = before_answers(utterances, way, position) if node.early else utterances
                    return Turn(position, tuple(said), Listen(node.options))
                case Transfer():
                    said = in_full([*utterances, *map(Utterance, node.prompts)])
                    number = self.directory.number(node.line, node.number)
                    accept = self.directory.asks_to_accept(node.line, node.number)
                    return Turn(position, tuple(said), Dial(number, accept))
                case Handover():
                    then = SwitchMedium(node.medium, node.to)
                    return Turn(position, tuple(in_full(utterances)), then)
                case Goodbye():
                    said = in_full([*utterances, *map(Utterance, node.prompts)])
                    return Turn(position, tuple(said), HangUp())
                case _:
                    assert_never(node)
        raise CallError(f"the messages after {way.to} lead in a circle")

    def _node(self, name: str) -> Node:
        node = self.table.get(name)
        if node is None:
            raise CallError("this node is not in the table")
        return node

    def _is_open(self, line: str, now: datetime | None) -> bool:
        hours = self.directory.lines[line].hours
        return hours is None or hours.is_open(_known(now))

    def _asked(self, node: Ask, way: Way, now: datetime | None) -> list[Utterance]:
        return [self._utterance(prompt, now) for prompt in node.asks[way.attempt - 1]]

    def _utterance(self, prompt: str | NextOpening, now: datetime | None) -> Utterance:
        if isinstance(prompt, str):
            return Utterance(prompt)
        hours = self.directory.lines[prompt.line].hours
        opening = hours.next_opening(_known(now)) if hours else None
        return Utterance(opening_prompt(opening), opening=opening)


def _way_without_option(node: Ask, position: Position, heard: Heard) -> Way:
    """Where it leads that nothing offered was heard."""
    match heard:
        case Early(key) if key not in EVERYWHERE and node.early:
            ways = node.early
        case Key() | Early() | Words():
            ways = node.no_match
        case _:
            ways = node.silence
    return ways[position.attempt - 1]


def _known(now: datetime | None) -> datetime:
    if now is None:
        raise NeedsTime
    return now


def _advice(prompt: str, node: Advice, position: Position) -> Utterance:
    """A prompt of an advice, which a key may interrupt unless it names the emergency number."""
    uncut = prompt in node.uncut
    return Utterance(prompt, in_full=uncut, early=None if uncut else position)


def before_answers(utterances: list[Utterance], way: Way, position: Position) -> list[Utterance]:
    """The same utterances, no answer counting but under the last, which tells the keys."""
    *question, keys = utterances
    if way.in_full:
        return [*in_full(question), keys]
    return [*(each if each.in_full else replace(each, early=position) for each in question), keys]


def in_full(utterances: list[Utterance]) -> list[Utterance]:
    """The same utterances, not to be interrupted, but where a key is taken all the same."""
    return [each if each.early else replace(each, in_full=True) for each in utterances]
