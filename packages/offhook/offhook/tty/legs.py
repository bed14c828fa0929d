"""What a dialled leg does in a call by TTY, in the words of scripts: `answered`, `busy`."""

from __future__ import annotations

from offhook.callers.realtime import DoesNotFit
from offhook.callers.script_words import LEG, LEG_STATUSES, fits
from offhook.events import CALLER
from offhook.needs import Activity, Connected, HangUp, Input, LegStatus, PartyLeft, Wait
from offhook.tty.call import TtyCall

THEY_HANG_UP = f"{LEG}hangup"

LEG_WORDS = frozenset((*LEG_STATUSES, THEY_HANG_UP))

LEAVE = frozenset(("completed", "machine"))
"""What picks up, and hangs up of itself."""

BEFORE_A_TALK = frozenset((Activity.RING, Activity.PROMPT))
"""What goes on before a leg that has picked up talks."""


def leg_fits(word: str, need: Wait | None) -> bool:
    """Whether there is a leg, ringing or talking, that can do this; or somebody may come."""
    if need is None or need.doing is Activity.STREAM:
        return False  # a stream is no leg: it is the app's to close
    if word == THEY_HANG_UP:
        return need.leg != CALLER or need.doing is Activity.TALK
    return word in LEG_STATUSES and fits(word, need)


def leg_does(call: TtyCall, word: str, seconds: float) -> None:
    """The leg does it; the talk of one that leaves of itself is over as soon as it begins.

    Raises DoesNotFit if there is no leg that can, AssertionError if the leg does not take it.
    """
    need = call.live.need
    if need is None or not leg_fits(word, need):
        raise DoesNotFit(f"no leg rings or talks that can be {word} now")
    call.input(_input(word, need), need.leg)
    if need.doing is Activity.RING and word in LEAVE:
        call.until(lambda: _has_picked_up(call.live.need), "the leg to pick up", seconds)
        if leg_fits("completed", call.live.need):
            call.input(PartyLeft())


def _input(word: str, need: Wait) -> Input:
    if need.doing is Activity.RING:
        return LegStatus(word)
    if need.leg != CALLER:
        return HangUp()
    return PartyLeft() if need.doing is Activity.TALK else Connected("an agent")


def _has_picked_up(need: Wait | None) -> bool:
    """Whether the talk has begun, or what comes instead of it: a whisper, the line again."""
    return need is not None and (need.leg != CALLER or need.doing not in BEFORE_A_TALK)
