"""A caller who follows a script: words such as `2`, `say:yes`, `silence`, `busy`."""

from __future__ import annotations

import re
import shlex
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import replace
from typing import Protocol

from offhook.events import CALLER, Event, Listening
from offhook.interpreter.speech_rate import seconds
from offhook.needs import (
    Activity,
    Connected,
    HangUp,
    Input,
    Key,
    LegStatus,
    PartyLeft,
    Speech,
    Wait,
    Waited,
)

LEG_STATUSES = ("completed", "answered", "busy", "no-answer", "failed", "canceled", "machine")
KEYS = re.compile(r"[0-9A-D*#]+")
SAY = "say:"
NOW = "now:"
LEG = "leg:"

HOW_TO_ANSWER = "keys such as 2 or 6125550123#, say:yes, silence or hangup"
HOW_TO_END_A_LEG = "completed, busy, no-answer, failed, canceled, answered, machine or hangup"
HOW_TO_END_A_TALK = "completed (they hang up), hangup (you do) or a key"
HOW_TO_END_A_WAIT = "completed (somebody comes) or hangup"

REACTION_SECONDS = 0.5
"""Between the end of a prompt and the first key or word of an answer. An assumption."""

KEY_SECONDS = 0.2
"""From one key to the next. An assumption."""

RING_SECONDS = {"busy": 2.0, "failed": 1.0, "canceled": 3.0}
"""How long a leg rings before it ends so; an answer takes six seconds, one ring. Assumptions."""

ANSWER_SECONDS = 6.0

TALK_SECONDS = 60.0
"""How long an answered leg lasts that a script calls `completed`."""


class ScriptError(Exception):
    """A script that can't be read, or that does not fit the call."""


class Caller(Protocol):
    """Somebody who does things while time passes on the call."""

    def notice(self, event: Event) -> None:
        """See what happens in the call."""

    def reply(self, need: Wait) -> Waited:
        """What is done next, and after how many seconds."""


def readable(text: str) -> str:
    """Text from a terminal, with every byte that was no UTF-8 replaced."""
    return text.encode("utf-8", "replace").decode()


def means_something(word: str) -> bool:
    """Whether a word can stand in a script."""
    bare = word.removeprefix(LEG).removeprefix(NOW)
    return (
        bool(KEYS.fullmatch(bare))
        or bool(bare.startswith(SAY) and bare.removeprefix(SAY).strip())
        or bare in {"silence", "hangup"}
        or word in LEG_STATUSES
    )


def fits(word: str, need: Wait) -> bool:
    """Whether a word can be answered to a need."""
    bare = word.removeprefix(LEG).removeprefix(NOW)
    answer = bool(KEYS.fullmatch(bare)) or bare.startswith(SAY) or bare == "silence"
    if bare == "hangup" or (word == "completed" and need.waits_for_somebody):
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


class WordCaller(ABC):
    """Does what words say, one for each time an answer is asked for.

    Answers come when the prompt has ended, `now:` words interrupt it. Those who have
    no more words hang up.
    """

    def __init__(self) -> None:
        """Begin with nothing done. `hang_up_after` so many events they hang up (0: never)."""
        self._keys: deque[str] = deque()
        self._answered = False
        self._they_hang_up = False
        self._events = 0
        self._doing = Activity.PROMPT
        self.hang_up_after = 0

    @abstractmethod
    def peek(self, need: Wait) -> str | None:
        """The next word, without using it up; None if there is none or it is not known yet."""

    @abstractmethod
    def word(self, need: Wait) -> str:
        """The next word for this need. Raises ScriptError if it does not fit."""

    def notice(self, event: Event) -> None:
        """A new answer is asked for: the last one is done with."""
        self._events += 1
        if isinstance(event, Listening):
            self._answered = False

    def reply(self, need: Wait) -> Waited:
        """What the next word says."""
        if self.hang_up_after and self._events >= self.hang_up_after:
            self.hang_up_after = 0
            return Waited(0.0, HangUp(), CALLER)
        ways = {
            Activity.PROMPT: self._during_prompt,
            Activity.GATHER: self._answer,
            Activity.RECORD: self._record,
            Activity.RING: self._ring,
            Activity.TALK: self._talk,
            Activity.STREAM: self._talk,
            Activity.QUEUE: self._wait,
        }
        passed = ways[need.doing](need)
        self._doing = need.doing
        return passed

    def _record(self, need: Wait) -> Waited:
        if self._doing is not Activity.RECORD:
            self._answered = False
        word = self.peek(need)
        if need.collected and not self._keys and not (word and word.startswith(NOW)):
            return _all(need)
        self._answered = self._answered and not need.collected
        return self._answer(replace(need, collected=""))

    def _during_prompt(self, need: Wait) -> Waited:
        if self._keys and need.seconds is not None:
            return Waited(min(KEY_SECONDS, need.seconds), Key(self._keys.popleft()))
        word = self.peek(need)
        if need.waits_for_somebody and word == "completed":
            return self._wait(need)
        if need.listening and word and word.startswith(NOW):
            self._answered = True
            return self._act(self.word(need).removeprefix(NOW), need)
        return _all(need)

    def _answer(self, need: Wait) -> Waited:
        if self._keys:
            return Waited(KEY_SECONDS, Key(self._keys.popleft()))
        if self._answered or need.collected:
            return _all(need)
        if need.leg != CALLER:
            word = self.peek(need)
            if word is None or not word.startswith(LEG):
                return _all(need)
        self._answered = True
        return self._act(self.word(need).removeprefix(LEG).removeprefix(NOW), need)

    def _act(self, word: str, need: Wait) -> Waited:
        if word == "hangup":
            return Waited(0.0, HangUp())
        if word == "silence":
            return _all(need)
        if word.startswith(SAY):
            words = word.removeprefix(SAY).strip()
            return Waited(_reaction(need), Speech(words, seconds(words)))
        self._keys.extend(word)
        return Waited(_reaction(need), Key(self._keys.popleft()))

    def _ring(self, need: Wait) -> Waited:
        word = self.word(need)
        if word == "hangup":
            return Waited(0.0, HangUp())
        self._they_hang_up = word in {"completed", "machine"}
        self._answered = False
        if word == "no-answer":
            return Waited(need.seconds or 0.0, LegStatus(word))
        return Waited(RING_SECONDS.get(word, ANSWER_SECONDS), LegStatus(word))

    def _talk(self, need: Wait) -> Waited:
        if self._keys:
            return Waited(KEY_SECONDS, Key(self._keys.popleft()))
        if self._they_hang_up:
            self._they_hang_up = False
            return Waited(TALK_SECONDS, PartyLeft())
        word = self.word(need)
        if word == "completed":
            return Waited(TALK_SECONDS, PartyLeft())
        if word.removeprefix(LEG) == "hangup":
            given: Input = PartyLeft() if word.startswith(LEG) else HangUp()
            return Waited(TALK_SECONDS, given)
        self._keys.extend(word.removeprefix(NOW))
        return Waited(TALK_SECONDS, Key(self._keys.popleft()))

    def _wait(self, need: Wait) -> Waited:
        if self.word(need) == "hangup":
            return Waited(0.0, HangUp())
        self._they_hang_up = True
        return Waited(REACTION_SECONDS, Connected("an agent"))


def _all(need: Wait) -> Waited:
    """All the time goes by; where there is no end to it, the caller hangs up."""
    return Waited(0.0, HangUp()) if need.seconds is None else Waited(need.seconds)


def _reaction(need: Wait) -> float:
    return REACTION_SECONDS if need.seconds is None else min(REACTION_SECONDS, need.seconds)


class ScriptedCaller(WordCaller):
    """Answers with the words of a script, one after the other, then hangs up."""

    def __init__(self, script: str) -> None:
        """Read the script. Raises ScriptError if a word in it means nothing."""
        super().__init__()
        try:
            self._words = shlex.split(readable(script))
        except ValueError as error:
            message = f"the script can't be read ({error}); pair its quotes"
            raise ScriptError(message) from error
        for place, word in enumerate(self._words, start=1):
            if not means_something(word):
                message = (
                    f"word {place} of the script, {word!r}, means nothing; "
                    f"write {HOW_TO_ANSWER}; for a dialled leg {HOW_TO_END_A_LEG}"
                )
                raise ScriptError(message)
        self._next = 0

    def peek(self, need: Wait) -> str | None:
        """The next word of the script."""
        del need
        return self._words[self._next] if self._next < len(self._words) else None

    def word(self, need: Wait) -> str:
        """The next word, `hangup` behind the last. Raises ScriptError if it does not fit."""
        word = self.peek(need)
        if word is None:
            return "hangup"
        self._next += 1
        if not fits(word, need):
            doing, wanted = how_to_answer(need)
            message = (
                f"word {self._next} of the script, {word!r}, does not fit: {doing}; write {wanted}"
            )
            raise ScriptError(message)
        return word

    def check_finished(self) -> None:
        """Raise ScriptError if the call ended before the script did."""
        left = self._words[self._next :]
        if left:
            message = f"the call ended before the script did; left over: {shlex.join(left)}"
            raise ScriptError(message)
