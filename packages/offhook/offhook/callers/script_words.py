"""The words of a script: how they are read, what they mean, and when they fit."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from offhook.events import CALLER
from offhook.interpreter.speech_rate import seconds
from offhook.needs import Activity, HangUp, Input, Key, Speech, Wait

LEG_STATUSES = ("completed", "answered", "busy", "no-answer", "failed", "canceled", "machine")
KEYS = re.compile(r"[0-9A-D*#]+")
SAY = "say:"
NOW = "now:"
LEG = "leg:"
TTY = "tty:"

HOW_TO_ANSWER = "keys such as 2 or 6125550123#, say:yes, silence or hangup"
HOW_TO_TYPE = f"tty:NO_GA to type, {HOW_TO_ANSWER}"
HOW_TO_END_A_LEG = "completed, busy, no-answer, failed, canceled, answered, machine or hangup"
HOW_TO_END_A_TALK = "completed (they hang up), hangup (you do) or a key"
HOW_TO_END_A_WAIT = "completed (somebody comes) or hangup"


class ScriptError(Exception):
    """A script that can't be read, or that does not fit the call."""


def readable(text: str) -> str:
    """Text from a terminal, with every byte that was no UTF-8 replaced."""
    return text.encode("utf-8", "replace").decode()


def read_words(script: str, *, by_tty: bool = False) -> Sequence[str]:
    """The words of a script, which is quoted as in a shell; text is typed `by_tty` alone.

    Raises ScriptError if a word means nothing.
    """
    try:
        words = shlex.split(readable(script))
    except ValueError as error:
        message = f"the script can't be read ({error}); pair its quotes"
        raise ScriptError(message) from error
    for place, word in enumerate(words, start=1):
        typed = by_tty and word.startswith(TTY) and word != TTY
        if not typed and not means_something(word):
            message = (
                f"word {place} of the script, {word!r}, means nothing; "
                f"write {HOW_TO_TYPE if by_tty else HOW_TO_ANSWER}; "
                f"for a dialled leg {HOW_TO_END_A_LEG}"
            )
            raise ScriptError(message)
    return words


def bare(word: str) -> str:
    """A word without what says who does it, and that it interrupts."""
    return word.removeprefix(LEG).removeprefix(NOW)


def means_something(word: str) -> bool:
    """Whether a word can stand in a script."""
    done = bare(word)
    return (
        bool(KEYS.fullmatch(done))
        or bool(done.startswith(SAY) and done.removeprefix(SAY).strip())
        or done in {"silence", "hangup"}
        or word in LEG_STATUSES
    )


def inputs(word: str) -> list[Input]:
    """What somebody does who hangs up, says words or presses keys, one thing after the other."""
    done = bare(word)
    if done == "hangup":
        return [HangUp()]
    if done.startswith(SAY):
        words = done.removeprefix(SAY).strip()
        return [Speech(words, seconds(words))]
    return [Key(key) for key in done]


def fits(word: str, need: Wait) -> bool:
    """Whether a word can be answered to a need."""
    done = bare(word)
    answer = bool(KEYS.fullmatch(done)) or done.startswith(SAY) or done == "silence"
    if done == "hangup" or (word == "completed" and need.waits_for_somebody):
        return True
    match need.doing:
        case Activity.RING:
            return word in LEG_STATUSES
        case Activity.TALK | Activity.STREAM:
            return word == "completed" or bool(KEYS.fullmatch(word.removeprefix(NOW)))
        case Activity.QUEUE:
            return word in {"completed", "silence"}
        case _:
            return answer and word.startswith(LEG) == (need.leg != CALLER)


def how_to_answer(need: Wait) -> tuple[str, str]:
    """What goes on, and what can be answered to it."""
    match need.doing:
        case Activity.RING:
            return "a dialled leg rings", HOW_TO_END_A_LEG
        case Activity.TALK | Activity.STREAM:
            return need.doing.value, HOW_TO_END_A_TALK
        case Activity.QUEUE:
            return "the caller waits", HOW_TO_END_A_WAIT
        case _ if need.leg != CALLER:
            return f"{need.leg} is asked", "leg: and a key, as in leg:1, or leg:hangup"
        case _:
            return "the line listens", HOW_TO_ANSWER
