"""Prompts as a TTY shows them: one line, upper case, cut into pages that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ivr.call.engine import Utterance
from ivr.call.lines import Directory
from ivr.call.prompts import Prompts, spelled
from ttymodem.baudot import duration

PAGE_SECONDS = 30
"""A page takes no longer to read: what a TTY user is asked to take in at once."""

SENTENCE_END = re.compile(r"(?<=[.Q])(?<![AP]\.M\.) ")
CLAUSE_END = re.compile(r"(?<=[:,]) ")


def written(prompts: Prompts, directory: Directory, utterance: Utterance) -> str:
    """A prompt as it is typed: numbers with hyphens, Q for a question mark.

    Raises KeyError as `Prompts.parts` does.
    """
    text = spelled(prompts.parts(utterance.prompt, directory, utterance.opening))
    return " ".join(text.replace("?", " Q").split()).upper()


@lru_cache(maxsize=1024)  # prompts are few, and played again and again
def sound_texts(text: str, end: str = "") -> tuple[str, ...]:
    """A text as sounds that are played one behind the other, each a page; `end` is in the last.

    A space keeps each from the next one.
    """
    *before, last = pages(text, end)
    return (*(f"{page} " for page in before), f"{last} {end}")


def pages(text: str, also: str = "") -> list[str]:
    """A text cut between its sentences, so that each page can be read in time.

    The last ones are filled first: what is asked stays on one page with its answers.
    `also` is what will be added to each page. A sentence that is too long for a page is cut
    between its clauses, and a clause that is too long is a page of its own.
    """
    filled: list[str] = []
    page = ""
    for piece in reversed([*_pieces(text, also)]):
        longer = f"{piece} {page}".strip()
        if page and not _fits(longer, also):
            filled.append(page)
            longer = piece
        page = longer
    return [page, *reversed(filled)]


def _pieces(text: str, also: str) -> Iterator[str]:
    for sentence in SENTENCE_END.split(text):
        yield from [sentence] if _fits(sentence, also) else CLAUSE_END.split(sentence)


def _fits(page: str, also: str) -> bool:
    return reading_seconds(joined((page, also))) <= PAGE_SECONDS


def as_sent(text: str) -> str:
    """A text on a line of its own, whatever stood there before."""
    return f"\n{text}"


def reading_seconds(text: str) -> float:
    """How long a text takes as it is sent. Raises Unsendable."""
    return duration(as_sent(text))


def joined(texts: Iterable[str]) -> str:
    """Texts one after the other, in a line."""
    return " ".join(text for text in texts if text)
