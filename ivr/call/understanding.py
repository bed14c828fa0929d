"""What a caller's words mean.

Words are tidied: one spelling for what is the same, no fillers. Then they are a listed
phrase as a whole, or a figure ("press one"), or the phrases in them decide.

A no is the one answer after which nobody is brought to a nurse. So it counts only if an
utterance holds nothing but denials. A yes counts wherever it stands, unless the same
utterance denies it ("yes, no"). What is not clear is no answer, and is asked again.

A phrase that denies nothing in itself ("normal") is a no alone or behind a plain no, and
nowhere else: "it isn't normal" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import chain, product

from ivr.call.nodes import NO, YES, Option
from ivr.call.speech import LEAD, Phrase, Phrasebook, Speech, replaced

QUESTION = "question"
"""The table of words for every question; a question's own table has its name."""

PART = "part."
"""Begins the name of a list that stands for a part of a phrase: {fine} for each of part.fine."""

FIELD = re.compile(r"\{(\w+)\}")
"""Such a part in a phrase."""

SIGN = "{sign}"
"""Stands in a phrase for any of a question's own signs: "no {sign}" for "no fever"."""

SLOT = "sign0"
"""What stands for a sign once words are tidied: a word that nobody says."""

HINTED = 3
"""How many phrases of a list are hints to the recogniser."""

REACH = 5
"""How many words a "not" may stand before the yes that it denies: "don't think I have had an
accident"."""


class Role(Enum):
    """What a phrase does in an utterance."""

    ALONE = auto()
    """It answers, but only as the whole utterance; a no behind a plain no, too."""
    ANSWER = auto()
    """It answers wherever it stands."""
    ANYWAY = auto()
    """The same, even beside a denial: "no, but I leak"."""
    DENIAL = auto()
    """It says no, if there is nothing but denials."""
    BEFORE = auto()
    """It may stand before a denial: "I would say no"."""
    AFTER = auto()
    """It may follow a denial: "no, I'm fine"."""
    UNCLEAR = auto()
    """It takes the yes beside it back: "yes, but not now"."""
    WHERE = auto()
    """It says where a sign is, and means nothing by itself: "in my legs"."""


ANSWERING = frozenset((Role.ALONE, Role.ANSWER, Role.ANYWAY, Role.DENIAL))
"""What a phrase does that may be the whole utterance."""

UNHEARD_INSIDE = frozenset((Role.ALONE, Role.WHERE))
"""What a phrase does that is nothing within an utterance."""


@dataclass(frozen=True)
class Sense:
    """What a phrase does, and the option it answers with (None: no option)."""

    role: Role
    option: Option | None = None


@dataclass(frozen=True)
class Occurrence:
    """A phrase in an utterance: its words from `start` up to `end`, and its letters."""

    start: int
    end: int
    length: int
    sense: Sense


@dataclass(frozen=True)
class Index:
    """The phrases that some options listen for: as a whole utterance, and inside one.

    `signs` are the signs that their question asks about, each with the slot for it; `noes`
    the plain noes to it.
    """

    whole: Mapping[Phrase, Option]
    inside: Phrasebook[Sense]
    signs: Phrasebook[Phrase]
    noes: Phrasebook[Phrase]

    def occurrences(self, words: Phrase) -> Iterator[Occurrence]:
        """Every phrase at every place of an utterance, by its start, the longest first."""
        for start in range(len(words)):
            for end, sense in self.inside.at(words, start):
                yield Occurrence(start, end, len(" ".join(words[start:end])), sense)

    def behind_noes(self, words: Phrase) -> Phrase:
        """What is said after the plain noes that an utterance begins with."""
        while words and (no := next(self.noes.at(words, 0), None)):
            words = words[no[0] :]
        return words


@dataclass(frozen=True)
class Vocabulary:
    """The phrases callers may say, by list name, and how they speak."""

    phrases: Mapping[str, tuple[str, ...]]
    speech: Speech

    def __hash__(self) -> int:
        """The same for the same phrases; a mapping has no hash of its own."""
        return hash(tuple(self.phrases.items()))

    def choose(self, said: str, options: Iterable[Option]) -> Option | None:
        """The option that these words mean, None if none or not clearly one."""
        options = tuple(options)
        index = self.index(options)
        tidied = self.speech.tidied(said)
        words = self._slotted(self.speech.bare(tidied), index.signs)
        if words in index.whole:
            return index.whole[words]
        unpadded = index.whole.get(self.speech.unpadded(words))
        if unpadded and not _is_denial(unpadded):
            return unpadded
        return self._figure(tidied, options) or self._found(words, index)

    def parts(self) -> frozenset[str]:
        """The lists that stand in phrases for a part of them."""
        phrases = (phrase for listed in self.phrases.values() for phrase in listed)
        return frozenset(PART + part for phrase in phrases for part in parts_of(phrase))

    def short(self, option: Option) -> tuple[str, ...]:
        """The short phrases that mean an option, and the figures of its key."""
        return (*self.phrases[option.words], *self.speech.figures.get(option.key, ()))

    def hints(self, options: Iterable[Option]) -> tuple[str, ...]:
        """The likeliest phrases for these options, for the recogniser: few, so that each weighs."""
        return tuple(phrase for option in options for phrase in self.phrases[option.words][:HINTED])

    def typed(self, options: Iterable[Option]) -> tuple[str, ...]:
        """The short phrases that answer these options, those alone included."""
        return tuple(
            phrase
            for option in options
            for phrase in (*self.short(option), *self.phrases.get(alone(option.words), ()))
        )

    def index(self, options: tuple[Option, ...]) -> Index:
        """Everything that is listened for where these options are offered."""
        if options not in self._indexes:
            self._indexes[options] = self._indexed(options)
        return self._indexes[options]

    def answers(self, option: Option) -> frozenset[str]:
        """Every utterance that means this option as a whole, its key's figure included."""
        figures = map(self.speech.tidied, self.speech.figures.get(option.key, ()))
        whole = (*self.index((option,)).whole, *figures)
        return frozenset(" ".join(phrase).replace(SLOT, SIGN) for phrase in whole)

    @cached_property
    def _indexes(self) -> dict[tuple[Option, ...], Index]:
        return {}

    def _indexed(self, options: tuple[Option, ...]) -> Index:
        whole: dict[Phrase, Option] = {}
        inside: dict[Phrase, Sense] = {}
        questions = frozenset(option.about for option in options)
        signs = self._signs(questions)
        for option in options:
            for name, role in lists_of(option):
                sense = Sense(role, None if role is Role.UNCLEAR else option)
                for phrase in self._spoken(name, questions):
                    if role in ANSWERING:
                        whole.setdefault(phrase, option)
                    if role not in UNHEARD_INSIDE and (_is_denial(option) or not option.whole):
                        inside.setdefault(phrase, sense)
        return Index(whole, Phrasebook(inside), signs, self._noes(options))

    def _spoken(self, name: str, questions: frozenset[str]) -> tuple[Phrase, ...]:
        """Every phrase of a list as it is found in tidied words: once, for many options have it."""
        if (name, questions) not in self._lists:
            signs = self._signs(questions)
            written = chain.from_iterable(map(self._written, self.phrases.get(name, ())))
            tidied = (self.speech.listed(each.replace(SIGN, SLOT)) for each in written)
            slotted = (self._slotted(phrase, signs) for phrase in tidied)
            self._lists[name, questions] = tuple(filter(None, slotted))
        return self._lists[name, questions]

    @cached_property
    def _lists(self) -> dict[tuple[str, frozenset[str]], tuple[Phrase, ...]]:
        return {}

    def _written(self, phrase: str) -> Iterator[str]:
        """A listed phrase with every choice for its parts."""
        part = next(parts_of(phrase), None)
        if part is None:
            yield phrase
        else:
            for choice in self.phrases[PART + part]:
                yield from self._written(phrase.replace(f"{{{part}}}", choice, 1))

    def _noes(self, options: Iterable[Option]) -> Phrasebook[Phrase]:
        noes = (self.phrases[option.words] for option in options if _is_denial(option))
        return Phrasebook({self.speech.listed(no): () for listed in noes for no in listed})

    def _signs(self, questions: frozenset[str]) -> Phrasebook[Phrase]:
        """The signs of the questions, each alone and wherever it may be."""
        if questions not in self._asked:
            signs: dict[Phrase, Phrase] = {}
            for question in questions:
                where = ("", *self.phrases.get(where_of(question), ()))
                for sign, place in product(self.phrases.get(signs_of(question), ()), where):
                    signs[self.speech.listed(f"{sign} {place}")] = (SLOT,)
            self._asked[questions] = Phrasebook(signs)
        return self._asked[questions]

    @cached_property
    def _asked(self) -> dict[frozenset[str], Phrasebook[Phrase]]:
        return {}

    def _slotted(self, words: Phrase, signs: Phrasebook[Phrase]) -> Phrase:
        """Words with a slot for each sign, and one for two: "numbness or tingling"."""
        return replaced(replaced(words, signs), self._joined)

    @cached_property
    def _joined(self) -> Phrasebook[Phrase]:
        return Phrasebook({(SLOT, join, SLOT): (SLOT,) for join in self.speech.joins})

    def _figure(self, tidied: Phrase, options: tuple[Option, ...]) -> Option | None:
        """The option whose key was named.

        A no is named by a bare figure alone: "the second one" may be a second sign, and
        "only two" may be accidents.
        """
        key, ordinal = self.speech.figure(self.speech.unpadded(tidied)) or LEAD
        option = next((option for option in options if key and option.key == key), None)
        if option and _is_denial(option) and (ordinal or not self.speech.figure(tidied)):
            return None
        return option

    def _found(self, words: Phrase, index: Index) -> Option | None:
        """The option that phrases inside an utterance mean: what is urgent first."""
        found = outermost(index.occurrences(words))
        options = (each.sense.option for each in found)
        return (
            next((option for option in options if option and option.urgent), None)
            or self._decided(words, found)
            or _denied(words, found, index)
            or _longest(found)
        )

    def _decided(self, words: Phrase, found: list[Occurrence]) -> Option | None:
        """The first decisive answer that nothing in the utterance takes back."""
        roles = {each.sense.role for each in found}
        for each in found:
            option, role = each.sense.option, each.sense.role
            if option and option.decisive:
                denied = Role.DENIAL in roles and role is Role.ANSWER
                taken_back = Role.UNCLEAR in roles or denied or self._is_negated(words, each)
                if option.words != YES or not taken_back:
                    return option
        return None

    def _is_negated(self, words: Phrase, found: Occurrence) -> bool:
        """Whether the words before a phrase deny it, with no turn between or at its start."""
        if words[found.start] in self.speech.turns:
            return False
        for word in reversed(words[max(0, found.start - REACH) : found.start]):
            if word in self.speech.turns:
                return False
            if word in self.speech.negations:
                return True
        return False


def parts_of(phrase: str) -> Iterator[str]:
    """The parts that stand in a listed phrase for others: "fine" in "its {fine}"."""
    return (field for field in FIELD.findall(phrase) if f"{{{field}}}" != SIGN)


def alone(words: str) -> str:
    """The name of the list of what counts only as the whole utterance."""
    return f"{words}-alone"


def lists_of(option: Option) -> Iterator[tuple[str, Role]]:
    """Every list that a prompts file may have for an option, with the role of its phrases.

    The first one it must have.
    """
    words, denial = option.words, _is_denial(option)
    role = Role.DENIAL if denial else Role.ANSWER
    yield words, role
    yield alone(words), Role.ALONE
    if not option.about:
        return
    for table, own in ((QUESTION, role), (option.about, Role.DENIAL if denial else Role.ANYWAY)):
        yield f"{table}.{words}", own
        yield f"{table}.{alone(words)}", Role.ALONE
        if denial:
            yield f"{table}.{words}-before", Role.BEFORE
            yield f"{table}.{words}-then", Role.AFTER
        if words == YES:
            yield f"{table}.{words}-anyway", Role.ANYWAY
            yield f"{table}.unclear", Role.UNCLEAR
    if words == YES:
        yield signs_of(option.about), Role.ANYWAY
        yield where_of(option.about), Role.WHERE


def signs_of(question: str) -> str:
    """The name of the list of what a question asks about."""
    return f"{question}.sign"


def where_of(question: str) -> str:
    """The name of the list of where that may be."""
    return f"{question}.where"


def outermost(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Those that stand in no longer one: "no feeling" has no "no" in it."""
    kept: list[Occurrence] = []
    for each in found:
        if not kept or each.end > kept[-1].end:
            kept.append(each)
    return kept


def _is_denial(option: Option) -> bool:
    """Whether it is the no to a question."""
    return option.words == NO and bool(option.about)


def _denied(words: Phrase, found: list[Occurrence], index: Index) -> Option | None:
    """The no, if an utterance is made of denials and what may stand beside one."""
    behind = index.whole.get(index.behind_noes(words))
    if behind and _is_denial(behind):
        return behind
    if any(each.sense.role not in {Role.BEFORE, Role.DENIAL, Role.AFTER} for each in found):
        return None
    begun, reached = {0}, dict[int, Option | None]()
    for each in index.occurrences(words):
        begins = each.start in begun or each.start in reached
        if each.sense.role is Role.BEFORE and begins:
            begun.add(each.end)
        if each.sense.role is Role.DENIAL and begins:
            reached[each.end] = each.sense.option
        if each.sense.role is Role.AFTER and each.start in reached:
            reached[each.end] = reached[each.start]
    return reached.get(len(words))


def _longest(found: list[Occurrence]) -> Option | None:
    """Of the answers that need not be the whole utterance the longest, if it is one."""
    answers = [
        (each.length, each.sense.option)
        for each in found
        if each.sense.role is Role.ANSWER and each.sense.option and not each.sense.option.decisive
    ]
    length = max((length for length, _ in answers), default=0)
    chosen = {option for each, option in answers if each == length}
    return chosen.pop() if len(chosen) == 1 else None
