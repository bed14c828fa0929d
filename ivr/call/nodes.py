"""What one step of a call can be, and every way out of it.

A node is a frozen value with a name. Its ways out are all in it: what a key leads
to, what silence leads to, what a dialled leg that was busy leads to. Nothing
jumps anywhere that is not written here, so the engine, the map, the script and
the proof all read the same table. A kind of node brings along what all of them need:
its ways, the prompts that it plays, itself with its ways changed (the table of a TTY is
made so), and its shape on the map. Where code has to look at the kind, the `match`
ends in `assert_never`, so that the type checker names each place that a new kind needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Self

YES = "yes"
NO = "no"
"""The words of the two answers that are told apart above all."""

ATTEMPTS = 3
"""How often a question is put before a person takes over (each time re-worded)."""


class Outcome(StrEnum):
    """How a dialled leg ended.

    `SHORT`: it was put through, and over so soon that it may have dropped.
    """

    COMPLETED = "completed"
    SHORT = "short"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"


class Number(StrEnum):
    """Which of a phone line's numbers is meant."""

    LOCAL = "local"
    TOLL_FREE = "toll-free"
    TTY = "tty"


class Medium(StrEnum):
    """How a conversation is held: heard and said, or read and typed on a TTY."""

    VOICE = "voice"
    TTY = "tty"


class Tier(StrEnum):
    """How urgent published guidance takes a red flag to be."""

    EMERGENCY = "emergency"
    URGENT = "urgent"


@dataclass(frozen=True)
class RedFlag:
    """A warning sign whose yes, or not sure, ends the questions.

    `sources` say where the flag and its tier come from; `review` is the state of
    the clinical review, shown in the script that a nurse manager reads.
    """

    name: str
    tier: Tier
    sources: tuple[str, ...]
    review: str = "pending"


@dataclass(frozen=True)
class Addition:
    """What some prompts say beyond the source page.

    `what` it is, in words for the script; `sources` and `review` as for a red flag.
    """

    prompts: tuple[str, ...]
    what: str
    sources: tuple[str, ...]
    review: str = "pending"


@dataclass(frozen=True)
class NextOpening:
    """Stands for the sentence that says when a line opens next."""

    line: str


OPENING_PROMPTS = ("today", "tomorrow", "weekday", "date", "unknown")
"""The forms of that sentence: each is the prompt `opens.<form>`."""


@dataclass(frozen=True)
class Way:
    """One way out of a node: short prompts said on the way, then the node it leads to.

    `attempt` counts from 1 and is above 1 only where a node is asked again. `in_full`:
    no key interrupts the question that it leads to.
    """

    to: str
    say: tuple[str, ...] = ()
    attempt: int = 1
    in_full: bool = False


Change = Callable[[Way], Way]
"""What becomes of a way where a table is made from another."""


def names(prompts: tuple[str | NextOpening, ...]) -> Iterator[str]:
    """The names of prompts; for the next opening, of each form that it may have."""
    for prompt in prompts:
        if isinstance(prompt, NextOpening):
            yield from (f"opens.{form}" for form in OPENING_PROMPTS)
        else:
            yield prompt


@dataclass(frozen=True)
class Option:
    """One answer that is offered: its key, the words for it, and where it leads.

    `words` names a list in the prompts file. With `whole`, those words count only
    as the whole utterance, clearly recognised: a "no" inside "no feeling in my legs"
    is not a no. With `decisive`, they decide wherever they stand in it: a yes is not
    lost in "yes, it happened again"; with `urgent`, before everything else that was said.
    `about` names the question that it answers, which may have words of its own. An empty
    key: there are words for it alone.
    """

    key: str
    words: str
    way: Way
    whole: bool = False
    decisive: bool = False
    urgent: bool = False
    about: str = ""


@dataclass(frozen=True)
class Message:
    """Prompts that are heard in full: no key interrupts them. Then the call goes on."""

    shape: ClassVar[str] = '["{label}"]'

    name: str
    prompts: tuple[str, ...]
    then: Way

    def ways(self) -> Iterator[tuple[str, Way]]:
        """Every way out, each with what leads to it."""
        yield "then", self.then

    def played(self) -> Iterator[str]:
        """The names of its prompts."""
        yield from self.prompts

    def with_ways(self, change: Change) -> Self:
        """The node with its ways changed."""
        return replace(self, then=change(self.then))


@dataclass(frozen=True)
class Advice(Message):
    """The message that a yes, a not sure or repeated silence must not get past unheard.

    `tier` is that of the red flags it is meant for. 0 leads to the `nurse` at once, any
    other key brings the advice again, in full; but no key interrupts the `uncut` prompts,
    those that name the emergency number.
    """

    shape: ClassVar[str] = '[/"{label}"/]'

    tier: Tier
    uncut: frozenset[str]
    nurse: Way

    def ways(self) -> Iterator[tuple[str, Way]]:
        """Every way out, each with what leads to it."""
        yield "then", self.then
        yield "0", self.nurse
        yield "early", self.early

    def with_ways(self, change: Change) -> Self:
        """The node with its ways changed; that of an early key leads to itself."""
        return replace(self, then=change(self.then), nurse=change(self.nurse))

    @property
    def early(self) -> Way:
        """Where a key leads that is not 0."""
        return Way(self.name, in_full=True)


@dataclass(frozen=True)
class Gate:
    """A fork by a line's office hours; a line without any never closes."""

    shape: ClassVar[str] = '{{"{label}: open?"}}'

    name: str
    line: str
    open: Way
    closed: Way

    def ways(self) -> Iterator[tuple[str, Way]]:
        """Every way out, each with what leads to it."""
        yield "open", self.open
        yield "closed", self.closed

    def played(self) -> Iterator[str]:
        """It plays nothing."""
        yield from ()

    def with_ways(self, change: Change) -> Self:
        """The node with its ways changed."""
        return replace(self, open=change(self.open), closed=change(self.closed))


@dataclass(frozen=True)
class Ask:
    """Something is asked and an answer awaited; a key interrupts the prompts.

    `asks` holds the prompts of each attempt; `silence` and `no_match` hold, for
    each attempt, where no answer and an answer that was not offered lead. Where `early`
    is set, no answer counts before all but the last prompt of the attempt were said: it
    holds, for each attempt, where one leads that came sooner.
    """

    shape: ClassVar[str] = '("{label}")'

    name: str
    asks: tuple[tuple[str | NextOpening, ...], ...]
    options: tuple[Option, ...]
    silence: tuple[Way, ...]
    no_match: tuple[Way, ...]
    early: tuple[Way, ...] = field(default=(), kw_only=True)

    def ways(self) -> Iterator[tuple[str, Way]]:
        """Every way out, each with what leads to it."""
        for option in self.options:
            yield option.key, option.way
        for attempt, way in enumerate(self.silence, start=1):
            yield f"silence {attempt}", way
        for attempt, way in enumerate(self.no_match, start=1):
            yield f"no match {attempt}", way
        for attempt, way in enumerate(self.early, start=1):
            yield f"early {attempt}", way

    def played(self) -> Iterator[str]:
        """The names of its prompts, those of every attempt."""
        for asked in self.asks:
            yield from names(asked)

    def with_ways(self, change: Change) -> Self:
        """The node with its ways changed."""
        return replace(
            self,
            options=tuple(replace(each, way=change(each.way)) for each in self.options),
            silence=tuple(map(change, self.silence)),
            no_match=tuple(map(change, self.no_match)),
            early=tuple(map(change, self.early)),
        )


@dataclass(frozen=True)
class Question(Ask):
    """A red-flag question."""

    shape: ClassVar[str] = '{{{{"{label}?"}}}}'

    red_flag: RedFlag


@dataclass(frozen=True)
class Confirm(Ask):
    """An answer to a red-flag question is read back: only then does it count.

    `question` is the node that was answered, `answer` the words of its option.
    """

    shape: ClassVar[str] = '{{{{"{label}: right?"}}}}'

    question: str
    answer: str
    red_flag: RedFlag


@dataclass(frozen=True)
class Menu(Ask):
    """One key chooses."""


@dataclass(frozen=True)
class Piece(Ask):
    """A piece of information, with repeat, next, back and a nurse after it."""

    shape: ClassVar[str] = '["{label}"]'


@dataclass(frozen=True)
class Offer(Ask):
    """A nurse is offered again to whoever still holds the line after a leg.

    A person, a machine and a dropped call look alike from here; who is silent is done.
    """


@dataclass(frozen=True)
class Transfer:
    """A second leg is dialled: one number of one line, and where each outcome leads."""

    shape: ClassVar[str] = '[["dial {label}"]]'

    name: str
    line: str
    number: Number
    prompts: tuple[str, ...]
    completed: Way
    short: Way
    busy: Way
    no_answer: Way
    failed: Way

    def after(self, outcome: Outcome) -> Way:
        """Where the call goes when the leg has ended with this outcome."""
        return {
            Outcome.COMPLETED: self.completed,
            Outcome.SHORT: self.short,
            Outcome.BUSY: self.busy,
            Outcome.NO_ANSWER: self.no_answer,
            Outcome.FAILED: self.failed,
        }[outcome]

    def ways(self) -> Iterator[tuple[str, Way]]:
        """Every way out, each with what leads to it."""
        for outcome in Outcome:
            yield outcome.value, self.after(outcome)

    def played(self) -> Iterator[str]:
        """The names of its prompts."""
        yield from self.prompts

    def with_ways(self, change: Change) -> Self:
        """The node with its ways changed."""
        return replace(
            self,
            completed=change(self.completed),
            short=change(self.short),
            busy=change(self.busy),
            no_answer=change(self.no_answer),
            failed=change(self.failed),
        )


@dataclass(frozen=True)
class Handover:
    """The call goes on in the other medium, at the node `to` of that medium's table.

    `otherwise` leads on in this medium if the other one can't be had.
    """

    shape: ClassVar[str] = '>"{label}: go on there"]'

    name: str
    medium: Medium
    to: str
    otherwise: Way

    def ways(self) -> Iterator[tuple[str, Way]]:
        """The way out that stays in this table."""
        yield "otherwise", self.otherwise

    def played(self) -> Iterator[str]:
        """It plays nothing."""
        yield from ()

    def with_ways(self, change: Change) -> Self:
        """The node with its ways changed."""
        return replace(self, otherwise=change(self.otherwise))


@dataclass(frozen=True)
class Goodbye:
    """The last words, then the line hangs up."""

    shape: ClassVar[str] = '(["{label}"])'

    name: str
    prompts: tuple[str, ...]

    def ways(self) -> Iterator[tuple[str, Way]]:
        """There is no way out: the call is over."""
        yield from ()

    def played(self) -> Iterator[str]:
        """The names of its prompts."""
        yield from self.prompts

    def with_ways(self, change: Change) -> Self:
        """The node: it has no ways."""
        del change
        return self


Node = Message | Gate | Ask | Transfer | Handover | Goodbye
