"""What somebody means who types on a TTY, read from the raw 5-bit codes.

A tone that was lost can change the shift for all that follows it: a 1 is then shown as a
Q. So an answer is first looked for among the codes, whatever the shift was. The shift
decides where two answers have the same codes (R and 4), and for a 9, which leaves the
text and is all that is left of a NO without its N; then it must have been received. What
is not certain is not understood, and asked again.

Where an option of the same words stands twice, with a key and without, the one without is
for words that were clearly received: more than one letter, and no bit in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import takewhile

from ivr.call.engine import Heard, Key, Words
from ivr.call.nodes import NO, Option
from ivr.call.on_tty import CARRY_OVER, CLOSING, HELLO, MORE_TIME, TO_VOICE
from ivr.call.speech import plain
from ivr.call.understanding import Vocabulary
from ttymodem.baudot import BACKSPACE, CR, FIGS, LF, LTRS, SPACE, Shifted, codes_of
from ttymodem.modem import Character

UNREADABLE = Words("")
"""Typing that answers nothing."""

GA = codes_of("GA")
XXX = codes_of("XXX")
SK = codes_of("SK")
OR_SK = [codes_of("OR"), SK]
"""What some type behind GA: your turn, or shall we close?"""

SHIFTS = frozenset((LTRS, FIGS))
BLANKS = frozenset((SPACE, CR, LF))


@lru_cache(maxsize=4096)  # phrases are few, and looked for again and again
def phrase_codes(phrase: str) -> tuple[int, ...]:
    """The codes of a phrase as it is typed, without its spaces."""
    return codes_of(phrase.replace(" ", ""))


class Meant(Enum):
    """What is no answer, and yet means something."""

    GO_ON = auto()
    """GA alone."""
    AGAIN = auto()
    """Taps on the space bar, since the text was garbled; or a greeting, before it is answered."""
    ALOUD = auto()
    """The caller wants to talk and to read, or to hear and to type."""
    MORE_TIME = auto()


def corrected(characters: Sequence[Character]) -> list[Character]:
    """What is left where the backspace erases the character before it; a shift is none."""
    left: list[Character] = []
    for character in characters:
        if character.code != BACKSPACE or character.doubt:
            left.append(character)
            continue
        erased = next((n for n in reversed(range(len(left))) if left[n].code not in SHIFTS), None)
        if erased is not None:
            del left[erased]
    return left


ASIDE = {MORE_TIME: Meant.MORE_TIME, CARRY_OVER: Meant.ALOUD, HELLO: Meant.AGAIN}
"""What the lists of words mean that count wherever the line listens, without a step."""


def codes(characters: Sequence[Character]) -> tuple[int, ...]:
    """The codes of an answer: no shifts, no blanks, nothing that was erased by XXX."""
    return tuple(character.code for character in _kept(characters))


def _kept(characters: Sequence[Character]) -> list[Character]:
    kept: list[Character] = []
    for character in characters:
        if character.doubt or character.code not in SHIFTS | BLANKS:
            kept.append(character)
            if tuple(each.code for each in kept[-len(XXX) :]) == XXX:
                kept.clear()
    return kept


def fits(typed: Sequence[Character], phrase: tuple[int, ...]) -> bool:
    """Whether what was typed can be this phrase, whatever the bits in doubt were.

    A character in doubt may also have been a shift, or a blank.
    """
    reached = {0}  # how much of the phrase may have been typed by now
    for each in typed:
        unseen = each.doubt and any(_can_be(each, code) for code in SHIFTS | BLANKS)
        onward = {n + 1 for n in reached if n < len(phrase) and _can_be(each, phrase[n])}
        reached = onward | reached if unseen else onward
    return len(phrase) in reached


def _can_be(character: Character, code: int) -> bool:
    return not (character.code ^ code) & ~character.doubt


def is_finished(characters: Sequence[Character]) -> bool:
    """Whether the caller has said GA: the answer is complete."""
    return _before_ga(_kept(corrected(characters))) is not None


def _before_ga(kept: list[Character]) -> list[Character] | None:
    """What stands before GA, None without it; in it may be what could have been shifts."""
    for length in range(len(GA), len(GA) + 3):
        if fits(kept[-length:], GA):
            return kept[:-length]
    return None


def may_go_on(
    characters: Sequence[Character], options: Sequence[Option], words: Vocabulary
) -> bool:
    """Whether a longer answer begins with what was typed, or nothing is answered by it yet."""
    found = codes(corrected(characters))
    if not found:
        return False  # the space bar alone asks for what was garbled
    answers = _answers(options, words)
    meant = {_chosen(answer, options, words) for phrase, answer in answers if phrase == found}
    if not meant:
        return True
    longer = any(phrase[: len(found)] == found for phrase, _ in answers if len(phrase) > len(found))
    return longer and NO in meant  # NOT SURE, or NO BUT; behind a YES nothing turns it round


def read(
    characters: Sequence[Character], options: Sequence[Option], words: Vocabulary
) -> Heard | Meant:
    """What was typed means one of the options, something else, or nothing that is certain."""
    characters = corrected(characters)
    kept = _kept(characters)
    answer = _before_ga(kept)
    kept = kept if answer is None else answer
    if not kept:
        blank = all(each.code in SHIFTS | {SPACE} for each in characters)
        return Meant.AGAIN if blank else Meant.GO_ON
    if _words(characters) == OR_SK:
        return Meant.AGAIN  # it came behind a GA, and through our text
    doubtful = sum(each.doubt.bit_count() > 1 for each in kept)
    stray = _is_stray(kept, characters, options, finished=answer is not None)
    if stray or 2 * doubtful > len(kept):  # as many have to be certain as are not
        return UNREADABLE
    for list_name, aside in ASIDE.items():
        if any(fits(kept, phrase_codes(phrase)) for phrase in words.phrases[list_name]):
            return aside
    meant = _option(kept, characters, options, words)
    if meant is None and any(each.doubt for each in kept):
        return UNREADABLE
    meant = meant or _sentence(characters, options, words)
    return _as_received(meant, characters, options, words)


def _as_received(
    meant: Heard, characters: Sequence[Character], options: Sequence[Option], words: Vocabulary
) -> Heard:
    """The answer; as the key of its option if it is in doubt, and that counts for less."""
    if not isinstance(meant, Words):
        return meant
    chosen = words.choose(meant.text, options)
    clear = len(plain(meant.text)) > 1 and not any(each.doubt for each in characters)
    if chosen is None or chosen.key or clear:
        return meant
    keys = (option.key for option in options if option.key and option.words == chosen.words)
    return next(map(Key, keys), meant)


def _option(
    kept: Sequence[Character],
    characters: Sequence[Character],
    options: Sequence[Option],
    words: Vocabulary,
) -> Heard | None:
    """The one answer that was typed; None if there is none, UNREADABLE if there are more."""
    if any(option.words == CLOSING for option in options) and _closes(characters):
        return Words(words.phrases[CLOSING][0])
    same = [answer for phrase, answer in _answers(options, words) if fits(kept, phrase)]
    chosen = {_chosen(each, options, words) for each in same}
    if CLOSING in chosen and any(each.doubt for each in kept):
        return UNREADABLE
    if len(chosen) <= 1 and Key(TO_VOICE.key) not in same:
        return next(iter(same), None)
    shown = "".join(each.text for each in kept).lower()
    fitting = [each for each in same if _shown(each).replace(" ", "") == shown]
    return fitting[0] if fitting and _is_certain(kept, characters) else UNREADABLE


def _words(characters: Sequence[Character]) -> list[tuple[int, ...]]:
    """The codes of the words that were certainly typed, and none if a character is in doubt."""
    typed: list[tuple[int, ...]] = [()]
    for each in characters:
        if each.doubt:
            return []
        if each.code in BLANKS:
            typed.append(())
        elif each.code not in SHIFTS:
            typed[-1] = (*typed[-1], each.code)
    return [word for word in typed if word]


def _closes(characters: Sequence[Character]) -> bool:
    """Whether the last word is SK: a word of its own, for DISK ends in it too."""
    typed = _words(characters)
    typed = typed[:-1] if typed[-1:] == [GA] else typed
    return typed[-1:] in ([SK], [SK + SK]) and typed[-2:] != OR_SK


def _is_stray(
    kept: Sequence[Character],
    characters: Sequence[Character],
    options: Sequence[Option],
    *,
    finished: bool,
) -> bool:
    """Whether a lone character may be noise where a no is at stake.

    It counts if it is certain, and has a shift before it or GA behind it.
    """
    if len(kept) > 1 or all(option.words != NO for option in options):
        return False
    shifted = any(each.code in SHIFTS and not each.doubt for each in characters)
    return bool(kept[0].doubt) or not (finished or shifted)


def _is_certain(kept: Sequence[Character], characters: Sequence[Character]) -> bool:
    """Whether an answer and the shift before it were received.

    Of the shift one bit may be in doubt, if it is not the one that tells both shifts apart.
    """
    answer = [each for each in kept if each.code not in SHIFTS]
    before = takewhile(lambda each: each is not answer[0], characters)
    doubts = [each.doubt for each in before if each.code in SHIFTS]
    shifted = bool(doubts) and doubts[-1].bit_count() <= 1 and doubts[-1] != LTRS ^ FIGS
    return shifted and not any(each.doubt for each in answer)


def _answers(
    options: Sequence[Option], words: Vocabulary
) -> list[tuple[tuple[int, ...], Key | Words]]:
    """Every answer that is offered, with its codes."""
    answers: list[Key | Words] = [Key(each.key) for each in options if each.key.isdecimal()]
    answers += map(Words, words.typed(options))
    return [(phrase_codes(_shown(answer)), answer) for answer in answers]


def _shown(answer: Key | Words) -> str:
    """An answer as it is typed."""
    return answer.key if isinstance(answer, Key) else answer.text


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
