"""A caller who follows a script: words such as `2`, `say:yes`, `silence`, `busy`."""

from __future__ import annotations

import re
import shlex
from typing import Protocol

from ivr.simulator.events import (
    Answer,
    HangUp,
    Keys,
    LegStatus,
    Listening,
    Ringing,
    Silence,
    Speech,
)

LEG_STATUSES = ("completed", "busy", "no-answer", "failed", "canceled")
KEYS = re.compile(r"[0-9*#]+")
SAY = "say:"

HOW_TO_ANSWER = "keys such as 2 or 6125550123#, say:yes, silence or hangup"
HOW_TO_END_A_LEG = f"{', '.join(LEG_STATUSES)} or hangup"


class ScriptError(Exception):
    """A script that can't be read, or that does not fit the call."""


class Caller(Protocol):
    """Somebody who answers what the line asks and decides how a dialled leg ends."""

    def answer(self, need: Listening | Ringing) -> Answer:
        """The reply to a need."""


def readable(text: str) -> str:
    """Text from a terminal, with every byte that was no UTF-8 replaced."""
    return text.encode("utf-8", "replace").decode()


def answer_from(word: str) -> Answer | None:
    """What a word of a script stands for, None if it is none."""
    if KEYS.fullmatch(word):
        return Keys(word)
    if word.startswith(SAY) and word.removeprefix(SAY).strip():
        return Speech(word.removeprefix(SAY).strip())
    if word in LEG_STATUSES:
        return LegStatus(word)
    if word == "silence":
        return Silence()
    return HangUp() if word == "hangup" else None


def fits(answer: Answer, need: Listening | Ringing) -> bool:
    """Whether an answer can be given to a need."""
    if isinstance(answer, HangUp):
        return True
    return isinstance(answer, LegStatus) == isinstance(need, Ringing)


class ScriptedCaller:
    """Answers with the words of a script, one after the other, then hangs up."""

    def __init__(self, script: str) -> None:
        """Read the script. Raises ScriptError if a word in it means nothing."""
        try:
            self._words = shlex.split(readable(script))
        except ValueError as error:
            message = f"the script can't be read ({error}); pair its quotes"
            raise ScriptError(message) from error
        for place, word in enumerate(self._words, start=1):
            if answer_from(word) is None:
                message = (
                    f"word {place} of the script, {word!r}, means nothing; "
                    f"write {HOW_TO_ANSWER}; for a dialled leg {HOW_TO_END_A_LEG}"
                )
                raise ScriptError(message)
        self._next = 0

    def answer(self, need: Listening | Ringing) -> Answer:
        """The next word's answer. Raises ScriptError if it does not fit the need."""
        if self._next == len(self._words):
            return HangUp()
        word = self._words[self._next]
        self._next += 1
        answer = answer_from(word)
        if answer is None or not fits(answer, need):
            wanted = HOW_TO_END_A_LEG if isinstance(need, Ringing) else HOW_TO_ANSWER
            doing = "a dialled leg rings" if isinstance(need, Ringing) else "the line listens"
            message = (
                f"word {self._next} of the script, {word!r}, does not fit: {doing}; write {wanted}"
            )
            raise ScriptError(message)
        return answer

    def check_finished(self) -> None:
        """Raise ScriptError if the call ended before the script did."""
        left = self._words[self._next :]
        if left:
            message = f"the call ended before the script did; left over: {shlex.join(left)}"
            raise ScriptError(message)
