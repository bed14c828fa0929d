"""Words recognised in a recording of a person, by pocketsphinx on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterable

RATE = 16_000
"""Samples a second that the recogniser's model wants."""

COMMON = (
    "yes",
    "no",
    "not sure",
    "i don't know",
    "operator",
    "help",
    "zero one two three four five six seven eight nine",
)
"""What may be said even where an app gives no hints."""

REMEDY = "Words can't be recognised: install the extra `audio`. Type them instead."


class CannotHear(Exception):
    """Nothing can be recognised; the text says why."""


def can_hear() -> bool:
    """Whether the recogniser is installed."""
    try:
        import pocketsphinx  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def recognise(pcm: bytes, hints: Iterable[str] = ()) -> str:
    """The words in 16-bit little-endian samples at 16 kHz; "" if there are none.

    `hints` are the phrases that are expected, as a Gather gives them; without any, a
    general model listens. Raises CannotHear.
    """
    try:
        from pocketsphinx import Decoder  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise CannotHear(REMEDY) from error
    decoder = Decoder(samprate=float(RATE), loglevel="FATAL")
    phrases = [phrase for phrase in _tidy(hints) if _known(decoder, phrase)]
    if phrases:
        decoder.add_jsgf_string("hints", _grammar(phrases))
        decoder.activate_search("hints")
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr.strip() if found is not None else ""


def _tidy(hints: Iterable[str]) -> list[str]:
    """Hints in the letters of the recogniser's dictionary, each once."""
    given = [re.sub(r"[^a-z' ]", " ", hint.lower()).split() for hint in (*hints, *COMMON)]
    return list(dict.fromkeys(" ".join(words) for words in given if words)) if given else []


def _known(decoder: object, phrase: str) -> bool:
    look_up = decoder.lookup_word  # type: ignore[attr-defined]
    return all(look_up(word) for word in phrase.split())


def _grammar(phrases: list[str]) -> str:
    choices = " | ".join(phrases)
    return f"#JSGF V1.0;\ngrammar hints;\npublic <hints> = {choices};\n"
