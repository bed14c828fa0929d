"""Whole TTY calls by an independent modem in rooms as they are: noise, echo, both.

Run: python benchmarks/tty_room.py [--quick]

The caller reads each turn of the line to its end, waits a second and a half and types: six
noes, each confirmed, then NURSE. What is typed is minimodem's sound or spandsp's; it goes
through the room, our own stream, conversation and documents, on a clock that takes no time.
Printed for each room: whether a nurse was dialled, wrong answers, moves aloud, seconds; and
how long `NURSE GA` at the first question takes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import requests

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "packages" / "ttymodem" / "tests"))

from line_facts import TTY_NUMBER
from modem_peers import sent_by_minimodem, sent_by_spandsp
from tty_desk import Desk, DeskCall
from tty_rooms import Room

from ivr.call.red_flags import RED_FLAGS
from ivr.config import load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.wording import SHIPPED_PROMPTS
from offhook.events import Requested, Ringing
from ttymodem.ulaw import RATE, decode, encode

THINKING = b"\xff" * round(1.5 * RATE)
NO = "NO GA"
LONGEST = 1200
"""Seconds after which a call is given up."""

NOISY = ("white", "pink", "hum of 50 Hz", "hum of 60 Hz", "television", "agc")


@dataclass
class Outcome:
    """What became of a call."""

    done: bool = False
    confirmed: int = 0
    wrong: int = 0
    moved: int = 0
    seconds: float = 0.0


@cache
def sent(text: str, modem: str, level: float) -> bytes:
    """The sound of a text, after a while in which the caller thinks."""
    if modem == "minimodem":
        with TemporaryDirectory() as folder:
            sound = decode(sent_by_minimodem(text, Path(folder)))
    else:
        sound = decode(sent_by_spandsp(text))
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    sound = sound[: loud[-1] + 1]  # a TTY shows nothing while it sends, and silence is sent, too
    return THINKING + encode(sound / np.abs(sound).max() * 10 ** (level / 20))


def call(room: Room, modem: str, typed: str) -> Outcome:
    """Hold a call; `typed` is what answers a question."""
    desk = Desk(load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS))
    with patch.object(requests, "post", desk.post):
        held = desk.dial(TTY_NUMBER, room=room)
        outcome = Outcome()
        while held.seconds < LONGEST and not held.live.over and not outcome.done:
            try:
                held.until(lambda: rings(held) or asks(held), "a question", 200)
            except AssertionError:
                break
            if rings(held):
                outcome.done = typed != NO or outcome.confirmed == len(RED_FLAGS)
                break
            answer(held, room, modem, typed, outcome)
        outcome.seconds = held.seconds
        paths = [event.path for event in events(held) if isinstance(event, Requested)]
        outcome.moved = sum(path.endswith("/aloud") for path in paths)
    return outcome


def events(held: DeskCall) -> Iterator[object]:
    """What has happened."""
    return (moment.event for moment in list(held.live.moments))


def rings(held: DeskCall) -> bool:
    """Whether a nurse is dialled."""
    return any(isinstance(event, Ringing) for event in events(held))


def asks(held: DeskCall) -> bool:
    """Whether the line has sent a text that ends in GA, and is quiet."""
    return held.line.heard and held.device.my_turn and held.unread.rstrip().endswith("GA")


def answer(held: DeskCall, room: Room, modem: str, typed: str, outcome: Outcome) -> None:
    """Type what answers the text that was read."""
    text = " ".join(held.unread.split())
    if ": RIGHT Q" in text:
        wrong = f"{typed.removesuffix(' GA')}: RIGHT Q" not in text
        outcome.wrong += wrong
        reply = NO if wrong else "YES GA"
        outcome.confirmed += not wrong
    elif "NURSE" in text and "NOT SURE" not in text:
        reply = "NURSE GA"
    else:
        reply = typed
    held.send(sent(reply, modem, room.tones))


def rooms(*, quick: bool) -> Iterator[Room]:
    """All that are tried."""
    yield Room()
    for noise in NOISY:
        for tones in (-20.0,) if quick else (-10.0, -20.0, -30.0, -40.0):
            for ratio in (10.0,) if quick else (10.0, 20.0):
                yield Room(noise, tones, ratio)
    for echo in (-6.0, -20.0) if quick else (-6.0, -12.0, -20.0, -30.0, -40.0):
        for delay in (0.1,) if quick else (0.0, 0.1, 0.3):
            yield Room(tones=-20.0, echo=echo, delay=delay)


def tried(room: Room) -> tuple[Room, dict[str, Outcome], Outcome]:
    """Calls with either modem, and one that asks for a nurse."""
    outcomes = {modem: call(room, modem, NO) for modem in ("minimodem", "spandsp")}
    return room, outcomes, call(room, "minimodem", "NURSE GA")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rooms")
    quick = parser.parse_args().quick
    began = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        for room, outcomes, nurse in pool.map(tried, list(rooms(quick=quick))):
            told = "; ".join(
                f"{modem} {'done' if each.done else 'LOST'}, wrong {each.wrong}, aloud "
                f"{each.moved}, {each.seconds:.0f} s"
                for modem, each in outcomes.items()
            )
            asked = f"{nurse.seconds:.0f} s" if nurse.done else "LOST"
            print(f"{room}: {told}; NURSE {asked}, aloud {nurse.moved}", flush=True)
    print(f"({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
