"""A caller at a TTY who follows words, in real time: `tty:NO_GA`, `9`, `silence`, `hangup`."""

from __future__ import annotations

import shlex
from contextlib import suppress

from offhook.callers.realtime import DoesNotFit
from offhook.callers.script_words import (
    LEG,
    NOW,
    TTY,
    ScriptError,
    fits,
    how_to_answer,
    inputs,
    read_words,
)
from offhook.events import CALLER
from offhook.needs import Activity, Wait
from offhook.tty.call import TtyCall
from offhook.tty.device import LINE, Untypable
from offhook.tty.legs import LEG_WORDS, leg_does, leg_fits

CLOSING = "SK"
"""Ends the last text of a TTY's call: stop keying."""

WAIT_SECONDS = 120.0
"""Seconds on the call's clock that a word waits for its moment."""

SILENCE_SECONDS = 240.0
"""Seconds on the call's clock that a stream's next text may take, where the caller is silent."""

WAITS = frozenset((Activity.GATHER, Activity.RECORD, Activity.STREAM))
"""What goes on when a key is pressed; `now:` presses it earlier."""

HOW_TO_STREAM = "tty:NO_GA to type, keys such as 2, silence or hangup"


class TtyScript:
    """Words that are typed and pressed one after the other; then the caller hangs up."""

    def __init__(self, script: str) -> None:
        """Read the script. Raises ScriptError if a word in it means nothing."""
        self._words = read_words(script, by_tty=True)

    def follow(self, call: TtyCall) -> None:
        """Do all of it on a call that rings. Raises ScriptError if a word does not fit."""
        seconds = WAIT_SECONDS / call.live.clock.speed
        for place, word in enumerate(self._words, start=1):
            try:
                self._do(call, word, seconds)
            except (AssertionError, DoesNotFit, Untypable) as error:
                if call.live.over:
                    left = shlex.join(self._words[place - 1 :])
                    message = f"the call ended before the script did; left over: {left}"
                    raise ScriptError(message) from error
                why = str(error).partition("\n")[0]
                raise ScriptError(f"word {place} of the script, {word!r}: {why}") from error
        if self._words:
            _read_out(call, seconds)
            _let_close(call, seconds)
        call.hang_up()

    def _do(self, call: TtyCall, word: str, seconds: float) -> None:
        if word.startswith(TTY):
            text = word.removeprefix(TTY).replace("_", " ")
            call.type(text, seconds=seconds)
            return
        _await_moment(call, word, seconds)
        if word == "silence":
            _be_silent(call)
            return
        if word in LEG_WORDS:
            leg_does(call, word, seconds)
            return
        need = call.live.need
        if need is not None:
            for given in inputs(word):
                call.input(given, need.leg if word.startswith(LEG) else CALLER)


def _await_moment(call: TtyCall, word: str, seconds: float) -> None:
    """Wait until a word fits. Raises DoesNotFit, which says what would have."""
    try:
        call.until(lambda: _fits(word, call), f"the moment for {word!r}", seconds)
    except AssertionError as error:
        need = call.live.need
        doing, wanted = ("a webhook runs", "it later") if need is None else _how_to_answer(need)
        message = f"did not fit within {WAIT_SECONDS:g} s: {doing}; write {wanted}"
        raise DoesNotFit(message) from error


def _how_to_answer(need: Wait) -> tuple[str, str]:
    return (need.doing.value, HOW_TO_STREAM) if _streams(need) else how_to_answer(need)


def _streams(need: Wait | None) -> bool:
    return need is not None and need.doing is Activity.STREAM


def _be_silent(call: TtyCall) -> None:
    """Say nothing until the wait for an answer is over; on a stream, until its next text is."""
    held, read = call.live.need, len(call.device.text(LINE))

    def over() -> bool:
        if _streams(held):
            return len(call.device.text(LINE)) > read and call.device.my_turn
        return call.live.need is not held

    call.until(over, "the end of the silence", SILENCE_SECONDS / call.live.clock.speed)
    if not _streams(held):
        call.device.yield_turn()


def _fits(word: str, call: TtyCall) -> bool:
    """Whether the moment of a word has come: a prompt and the line's text are heard out."""
    need = call.live.need
    if word in LEG_WORDS:
        return leg_fits(word, need)
    if _streams(need) and word == "silence":
        return call.device.my_turn
    if need is None or not fits(word, need):
        return False
    if word.startswith(NOW) or word == "hangup":
        return True
    if word == "silence":
        return need.doing is Activity.GATHER
    return need.doing in WAITS and (call.device.my_turn or not _streams(need))


def _read_out(call: TtyCall, seconds: float) -> None:
    """The caller reads the answer to the last word, wherever in the call it comes from."""
    try:
        call.until(lambda: _is_answered(call), "the last answer", seconds)
    except AssertionError as error:
        message = f"the answer to the last word was not over after {WAIT_SECONDS:g} s"
        raise ScriptError(message) from error


def _let_close(call: TtyCall, seconds: float) -> None:
    """Leave it to a line that has said SK to close the stream, and hear what it says behind it."""
    if _streams(call.live.need) and call.device.text(LINE).rstrip().endswith(CLOSING):
        with suppress(AssertionError):  # it does not, so the caller hangs up
            call.until(lambda: not _streams(call.live.need), "the end of the stream", seconds)
            _read_out(call, seconds)


def _is_answered(call: TtyCall) -> bool:
    """Whether nothing more comes of itself: no text, nor words that can't be interrupted."""
    if call.live.over:
        return True
    need = call.live.need
    says = need is None or (need.doing is Activity.PROMPT and not (need.listening or need.party))
    return call.device.my_turn and not says
