"""Callers who follow words, such as `2`, `say:yes`, `silence`, `busy`, one at a time."""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from offhook.callers.driver import Driver
from offhook.callers.place_call import PlacedCall
from offhook.callers.script_words import (
    LEG,
    NOW,
    ScriptError,
    fits,
    how_to_answer,
    inputs,
    read_words,
)
from offhook.callers.streams import Streams
from offhook.events import CALLER, Event, Listening
from offhook.needs import Activity, Connected, HangUp, Input, LegStatus, PartyLeft, Wait, Waited

REACTION_SECONDS = 0.5
"""Between the end of a prompt and the first key or word of an answer. An assumption."""

KEY_SECONDS = 0.2
"""From one key to the next. An assumption."""

RING_SECONDS = {"busy": 2.0, "failed": 1.0, "canceled": 3.0}
"""How long a leg rings before it ends so; an answer takes six seconds, one ring. Assumptions."""

ANSWER_SECONDS = 6.0

TALK_SECONDS = 60.0
"""How long an answered leg lasts that a script calls `completed`."""


class WordCaller(ABC):
    """Does what words say, one for each time an answer is asked for.

    Answers come when the prompt has ended, `now:` words interrupt it. Those who have
    no more words hang up.
    """

    def __init__(self) -> None:
        """Begin with nothing done."""
        self._further: deque[Input] = deque()
        self._answered = False
        self._they_hang_up = False
        self._doing = Activity.PROMPT

    @abstractmethod
    def peek(self, need: Wait) -> str | None:
        """The next word, without using it up; None if there is none or it is not known yet."""

    @abstractmethod
    def word(self, need: Wait) -> str:
        """The next word for this need. Raises ScriptError if it does not fit."""

    def notice(self, event: Event) -> None:
        """A new answer is asked for: the last one is done with."""
        if isinstance(event, Listening):
            self._answered = False

    def hold(
        self,
        placed: PlacedCall,
        show: Callable[[Event, float], None],
        streams: Streams | None = None,
    ) -> None:
        """Hold a call to its end. Raises ScriptError if a word does not fit.

        `show` is told of each event, and when it was, in seconds since the call began.
        """

        def tell(event: Event) -> None:
            show(event, placed.call.elapsed)
            self.notice(event)

        Driver(placed, self, tell, streams).run()

    def spend(self, seconds: float) -> None:
        """Nobody waits: the call counts it."""
        del seconds

    def wait(self, need: Wait) -> Waited:
        """What the next word says, and after how many seconds."""
        ways = {
            Activity.PROMPT: self._during_prompt,
            Activity.GATHER: self._answer,
            Activity.RECORD: self._record,
            Activity.RING: self._ring,
            Activity.TALK: self._talk,
            Activity.STREAM: self._talk,
            Activity.QUEUE: self._queue,
        }
        passed = ways[need.doing](need)
        self._doing = need.doing
        return passed

    def _record(self, need: Wait) -> Waited:
        if self._doing is not Activity.RECORD:
            self._answered = False
        word = self.peek(need)
        if need.collected and not self._further and not (word and word.startswith(NOW)):
            return _all(need)
        self._answered = self._answered and not need.collected
        return self._answer(replace(need, collected=""))

    def _during_prompt(self, need: Wait) -> Waited:
        if self._further and need.seconds is not None:
            return Waited(min(KEY_SECONDS, need.seconds), self._further.popleft())
        word = self.peek(need)
        if need.waits_for_somebody and word == "completed":
            return self._queue(need)
        if need.listening and word and word.startswith(NOW):
            self._answered = True
            return self._act(self.word(need), need)
        return _all(need)

    def _answer(self, need: Wait) -> Waited:
        if self._further:
            return Waited(KEY_SECONDS, self._further.popleft())
        if self._answered or need.collected:
            return _all(need)
        if need.leg != CALLER:
            word = self.peek(need)
            if word is None or not word.startswith(LEG):
                return _all(need)
        self._answered = True
        return self._act(self.word(need), need)

    def _act(self, word: str, need: Wait) -> Waited:
        if word == "silence":
            return _all(need)
        first, *others = inputs(word)
        self._further.extend(others)
        return Waited(0.0 if isinstance(first, HangUp) else _reaction(need), first)

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
        if self._further:
            return Waited(KEY_SECONDS, self._further.popleft())
        if self._they_hang_up:
            self._they_hang_up = False
            return Waited(TALK_SECONDS, PartyLeft())
        word = self.word(need)
        if word == "completed":
            return Waited(TALK_SECONDS, PartyLeft())
        if word.removeprefix(LEG) == "hangup":
            given: Input = PartyLeft() if word.startswith(LEG) else HangUp()
            return Waited(TALK_SECONDS, given)
        self._further.extend(inputs(word))
        return Waited(TALK_SECONDS, self._further.popleft())

    def _queue(self, need: Wait) -> Waited:
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
        self._words = read_words(script)
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
