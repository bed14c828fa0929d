"""What must hold of the words: each check yields its violations, and names the prompt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ivr.call.engine import Utterance
from ivr.call.flow import START, extra_word_lists, prompt_names, word_lists
from ivr.call.nodes import Ask, Medium, Message, NextOpening, Option, Question
from ivr.call.on_tty import EDGE_PROMPTS, EDGE_WORDS
from ivr.call.prompts import Prompts, Text, split
from ivr.call.speech import plain
from ivr.config import VoiceLine
from ivr.proof.laws import NUMBERED
from ivr.proof.lengths import utterance_seconds

NAMED = NUMBERED | {"#"}
"""The keys that have to be named wherever they work; those that work everywhere are not."""

NURSE = "nurse"

FEW_WORDS = 2
"""So many words may be the same in two languages: a name is."""


def unused_words(line: VoiceLine, language: str) -> Iterator[str]:
    """Prompts and word lists that the file has and no call uses."""
    prompts, table = line.prompts[language], line.engine.table
    on_tty = line.engine.medium is Medium.TTY
    used = prompt_names(table) | (EDGE_PROMPTS if on_tty else frozenset())
    listened_for = word_lists(table) | extra_word_lists(table) | prompts.vocabulary.parts()
    listened_for |= EDGE_WORDS if on_tty else frozenset()
    for prompt in sorted(prompts.texts.keys() - used):
        yield f"the prompt {prompt} is never used"
    for words in sorted(prompts.vocabulary.phrases.keys() - listened_for):
        yield f"the words {words} are never used"


def unnamed_keys(line: VoiceLine, language: str) -> Iterator[str]:
    """Keys that work at an attempt at which they are not named."""
    for node in line.engine.table.values():
        if isinstance(node, Ask):
            for attempt, asked in enumerate(node.asks, start=1):
                for option in _unnamed(line, language, node.options, asked):
                    key = f"{{{option.words}}}, key {option.key}"
                    yield f"{node.name}, attempt {attempt}, does not name {key}"


def unnamed_nurse(line: VoiceLine, language: str) -> Iterator[str]:
    """An opening, up to the first answer, that does not say how to reach a nurse."""
    table = line.engine.table
    opening = table[START]
    if not isinstance(opening, Message):
        return
    first = table[opening.then.to]
    if isinstance(first, Ask):
        said = (*opening.prompts, *opening.then.say, *first.asks[0])
        nurse = next(option for option in first.options if option.words == NURSE)
        if not _is_named(nurse, line, language, said):
            yield f"no prompt of the opening ({', '.join(map(str, said))}) names {{{NURSE}}}"


def shrinking_questions(line: VoiceLine, language: str) -> Iterator[str]:
    """Questions that are put again in fewer words: who did not understand needs more help."""
    for node in line.engine.table.values():
        if isinstance(node, Question):
            asked = [str(prompts[0]) for prompts in node.asks]
            for before, again in pairwise(asked):
                if _seconds(line, language, again) < _seconds(line, language, before):
                    yield f"{again} says less than {before}; each wording has to help more"


def copied_texts(line: VoiceLine, language: str) -> Iterator[str]:
    """Prompts that stand in another language's file, too, word for word."""
    if language == line.directory.language:
        return
    ours = line.prompts[language].texts
    for other in sorted(line.prompts.keys() - {language}):
        theirs = line.prompts[other].texts
        same = sorted(name for name in ours.keys() & theirs.keys() if ours[name] == theirs[name])
        if copied := [name for name in same if _says_much(ours[name])]:
            what = (
                f"{len(copied)} of {len(ours)} prompts of {language}.toml are those of {other}.toml"
            )
            yield f"{what}, word for word; translate {', '.join(copied)}"


def _says_much(text: str) -> bool:
    literal = " ".join(piece for piece, _ in split(text))
    return len(plain(literal).split()) > FEW_WORDS


def _seconds(line: VoiceLine, language: str, prompt: str) -> float:
    return utterance_seconds(line, language, Utterance(prompt))


def _unnamed(
    line: VoiceLine, language: str, options: tuple[Option, ...], said: tuple[str | NextOpening, ...]
) -> Iterator[Option]:
    for option in options:
        if option.key in NAMED and not _is_named(option, line, language, said):
            yield option


def _is_named(
    option: Option, line: VoiceLine, language: str, said: tuple[str | NextOpening, ...]
) -> bool:
    """Whether prompts name an option: by its key, on a TTY by its first phrase or digit too.

    Not by its other phrases: a nurse is not named by an emergency, for which one may ask.
    """
    prompts = line.prompts[language]
    spoken = [prompt for prompt in said if isinstance(prompt, str)]
    if any(option.words in prompts.names(prompt) for prompt in spoken):
        return True
    if line.engine.medium is Medium.VOICE:
        return False
    words = {word for prompt in spoken for word in _words(prompts, prompt, line)}
    first = prompts.vocabulary.phrases[option.words][0]
    return option.key in words or set(first.split()) <= words


def _words(prompts: Prompts, prompt: str, line: VoiceLine) -> Iterator[str]:
    """The words of a prompt, without the phone numbers in it."""
    for part in prompts.parts(prompt, line.directory):
        if isinstance(part, Text):
            yield from plain(part.text).split()
