"""What somebody means who types on a TTY, read from the raw 5-bit codes.

A tone that was lost can change the shift for all that follows it: a 1 is then shown as a
Q. So an answer is first looked for among the codes, whatever the shift was; only where
two answers have the same codes (R and 4) does the shift decide, and then it must have
been received. What is not certain is not understood, and asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from ivr.call.engine import Heard, Key, Words
from ivr.call.nodes import Option
from ivr.call.on_tty import CLOSING, MORE_TIME
from ivr.call.prompts import Vocabulary
from ivr.tty.baudot import CR, FIGS, LF, LTRS, SPACE, Shifted, codes_of
from ivr.tty.modem import Character

CERTAIN = 0.5
"""The confidence that every character of an answer must have."""

UNREADABLE = Words("")
"""Typing that answers nothing."""

GA = codes_of("GA")
XXX = codes_of("XXX")
SK = codes_of("SK")
SHIFTS = frozenset((LTRS, FIGS))
BLANKS = frozenset((SPACE, CR, LF))


class Meant(Enum):
    """What is no answer, and yet means something."""

    GO_ON = auto()
    """GA alone."""
    AGAIN = auto()
    """Taps on the space bar: the text was garbled."""
    MORE_TIME = auto()


def codes(characters: Sequence[Character]) -> tuple[int, ...]:
    """The codes of an answer: no shifts, no blanks, nothing that was erased by XXX."""
    return tuple(character.code for character in _kept(characters))


def _kept(characters: Sequence[Character]) -> list[Character]:
    kept: list[Character] = []
    for character in characters:
        if character.code not in SHIFTS | BLANKS:
            kept.append(character)
            if tuple(each.code for each in kept[-len(XXX) :]) == XXX:
                kept.clear()
    return kept


def is_finished(characters: Sequence[Character]) -> bool:
    """Whether the caller has said GA: the answer is complete."""
    return codes(characters)[-len(GA) :] == GA


def may_go_on(
    characters: Sequence[Character], options: Sequence[Option], words: Vocabulary
) -> bool:
    """Whether a longer answer begins with what was typed, or nothing is answered by it yet."""
    found = codes(characters)
    if not found:
        return False  # the space bar alone asks for what was garbled
    phrases = [each for each, _ in _answers(options, words)]
    longer = any(phrase[: len(found)] == found for phrase in phrases if len(phrase) > len(found))
    return longer or found not in phrases


def read(
    characters: Sequence[Character], options: Sequence[Option], words: Vocabulary
) -> Heard | Meant:
    """What was typed means one of the options, something else, or nothing that is certain."""
    kept = _kept(characters)
    if is_finished(characters):
        kept = kept[: -len(GA)]
    if not kept:
        blank = all(each.code in SHIFTS | {SPACE} for each in characters)
        return Meant.AGAIN if blank else Meant.GO_ON
    if any(each.confidence < CERTAIN for each in kept):
        return UNREADABLE
    found = tuple(each.code for each in kept)
    if any(codes_of(phrase.replace(" ", "")) == found for phrase in words.phrases[MORE_TIME]):
        return Meant.MORE_TIME
    meant = _option(found, characters, options, words)
    return meant or _sentence(characters, options, words)


def _option(
    found: tuple[int, ...],
    characters: Sequence[Character],
    options: Sequence[Option],
    words: Vocabulary,
) -> Heard | None:
    """The one answer with these codes."""
    if found[-len(SK) :] == SK and CLOSING in options:
        return Words(words.phrases[CLOSING.words][0])
    same = [answer for phrase, answer in _answers(options, words) if phrase == found]
    if len({_chosen(each, options, words) for each in same}) <= 1:
        return next(iter(same), None)
    sure = any(each.code in SHIFTS and each.confidence >= CERTAIN for each in characters)
    shown = "".join(each.text for each in _kept(characters)).removesuffix("GA").lower()
    fitting = [each for each in same if _shown(each) == shown]
    return fitting[0] if sure and fitting else UNREADABLE


def _answers(
    options: Sequence[Option], words: Vocabulary
) -> list[tuple[tuple[int, ...], Key | Words]]:
    """Every answer that is offered, with its codes."""
    answers: list[Key | Words] = [Key(each.key) for each in options if each.key.isdecimal()]
    answers += map(Words, words.hints(options))
    return [(codes_of(_shown(answer)), answer) for answer in answers]


def _shown(answer: Key | Words) -> str:
    """An answer as it is typed, without its spaces."""
    return answer.key if isinstance(answer, Key) else answer.text.replace(" ", "")


def _chosen(answer: Key | Words, options: Sequence[Option], words: Vocabulary) -> str:
    """The words of the option that an answer chooses."""
    if isinstance(answer, Key):
        return next(option.words for option in options if option.key == answer.key)
    chosen = words.choose(answer.text, options)
    return chosen.words if chosen else ""


def _sentence(
    characters: Sequence[Character], options: Sequence[Option], words: Vocabulary
) -> Words:
    """All that was typed, as it was shown, or read as letters if that answers something."""
    letters = Shifted()
    shown = "".join(each.text for each in characters)
    other = "".join(letters.decode(each.code) for each in characters if each.code not in SHIFTS)
    texts = [text.strip().removesuffix("GA").strip() for text in (shown, other)]
    return Words(next((text for text in texts if words.choose(text, options)), texts[0]))
