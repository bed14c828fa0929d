"""How people of one language speak: what is the same to them, what is nothing, what is a figure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")

APOSTROPHE = re.compile(r"['\u2019]")
PUNCTUATION = re.compile(r"[^\w\s]|_")

Phrase = tuple[str, ...]
"""Tidied words."""


class Phrasebook(Generic[T]):
    """Phrases with what each stands for, to be found in an utterance."""

    def __init__(self, known: Mapping[Phrase, T]) -> None:
        """Hold the phrases that have words, and the lengths of those that begin with each."""
        self._known = {phrase: value for phrase, value in known.items() if phrase}
        lengths: dict[str, set[int]] = {}
        for phrase in self._known:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def at(self, words: Phrase, start: int) -> Iterator[tuple[int, T]]:
        """The phrases that begin at a place, longest first: the end of each, and what it is."""
        for length in self._lengths.get(words[start], ()):
            phrase = words[start : start + length]
            if len(phrase) == length and phrase in self._known:
                yield start + length, self._known[phrase]

    def is_absent(self, words: Phrase) -> bool:
        """Whether no phrase can be in an utterance, for no word of it begins one."""
        return self._lengths.keys().isdisjoint(words)

    def cut(self, words: Phrase) -> Iterator[tuple[Phrase, T | None]]:
        """An utterance cut into phrases, the longest at each place, and single other words."""
        start = 0
        while start < len(words):
            end, known = next(self.at(words, start), (start + 1, None))
            yield words[start:end], known
            start = end


LEAD = ("", False)
"""What stands before a figure and is none."""


@dataclass(frozen=True)
class Speech:
    """How people of one language speak; each entry in plain lower case.

    `spellings` maps a spelling to what is written for it, too. `hesitations` and
    `articles` mean nothing before another word, `titles` nowhere; `padding` may stand
    around an answer, `leads` before a figure; `joins` stand between two of a kind.
    `negations` deny what follows, as far as a word of `turns`. `figures` and `ordinals`
    name keys.
    """

    spellings: Mapping[str, tuple[str, ...]]
    hesitations: tuple[str, ...]
    articles: tuple[str, ...]
    titles: tuple[str, ...]
    padding: tuple[str, ...]
    joins: tuple[str, ...]
    negations: tuple[str, ...]
    turns: tuple[str, ...]
    leads: tuple[str, ...]
    figures: Mapping[str, tuple[str, ...]]
    ordinals: Mapping[str, tuple[str, ...]]

    def tidied(self, said: str) -> Phrase:
        """Words in one spelling, without titles and hesitations.

        A hesitation at the end stays: whoever says "no, um" has not finished.
        """
        spelled = replaced(tuple(plain(said).split()), self._spelled)
        return _without(
            self.hesitations, tuple(each for each in spelled if each not in self.titles)
        )

    def bare(self, words: Phrase) -> Phrase:
        """Tidied words without articles, and without what hesitates."""
        return _without(self.articles, words)

    def listed(self, phrase: str) -> Phrase:
        """A phrase of a vocabulary, tidied and bare: once, since many lists share it."""
        if phrase not in self._listed:
            self._listed[phrase] = self.bare(self.tidied(phrase))
        return self._listed[phrase]

    def unpadded(self, words: Phrase) -> Phrase:
        """Tidied words without the padding."""
        return replaced(words, self._padding)

    def figure(self, words: Phrase) -> tuple[str, bool] | None:
        """The key that these tidied words name, and whether by an ordinal.

        None if they name no key, more than one, or anything else.
        """
        named = [name for _, name in self._figures.cut(words) if name != LEAD]
        return named[0] if len(named) == 1 else None

    @cached_property
    def _listed(self) -> dict[str, Phrase]:
        return {}

    @cached_property
    def _spelled(self) -> Phrasebook[Phrase]:
        return Phrasebook(
            {
                tuple(variant.split()): tuple(spelling.split())
                for spelling, variants in self.spellings.items()
                for variant in variants
            }
        )

    @cached_property
    def _padding(self) -> Phrasebook[Phrase]:
        return Phrasebook({self.tidied(phrase): () for phrase in self.padding})

    @cached_property
    def _figures(self) -> Phrasebook[tuple[str, bool]]:
        named = {self.tidied(phrase): LEAD for phrase in self.leads}
        for names, ordinal in ((self.figures, False), (self.ordinals, True)):
            for key, phrases in names.items():
                named |= {self.tidied(phrase): (key, ordinal) for phrase in phrases}
        return Phrasebook(named | {(key,): (key, False) for key in self.figures})


def plain(said: str) -> str:
    """Words as a vocabulary lists them: lower case, no punctuation, single spaces.

    Apostrophes go without a space, so "don't" and "dont" are the same word.
    """
    composed = unicodedata.normalize("NFC", said.lower())
    return " ".join(PUNCTUATION.sub(" ", APOSTROPHE.sub("", composed)).split())


def replaced(words: Phrase, known: Phrasebook[Phrase]) -> Phrase:
    """Words with something else in the place of each known phrase."""
    if known.is_absent(words):
        return words
    pieces = known.cut(words)
    return tuple(word for piece, other in pieces for word in (piece if other is None else other))


def _without(fillers: tuple[str, ...], words: Phrase) -> Phrase:
    """Words without those that mean nothing before another word."""
    last = len(words) - 1
    return tuple(word for at, word in enumerate(words) if at == last or word not in fillers)
