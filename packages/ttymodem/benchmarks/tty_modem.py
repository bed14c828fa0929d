"""How well the TTY modem reads and is read, what it takes for a TTY, and how fast it is.

Run: python benchmarks/tty_modem.py. It takes two or three minutes. minimodem, a C
compiler and libspandsp-dev have to be installed: `make peers` does it.

Levels are those of the tone's peak; noise is white from 0 to 4 kHz and measured against
the tone's power. Errors are insertions, deletions and changes of characters, in per cent.
"""

from __future__ import annotations

import base64
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from keyed_text import Line, received
from line_noises import everything
from modem_peers import (
    errors,
    noisy,
    read_by_minimodem,
    read_by_spandsp,
    sent_by_minimodem,
    sent_by_spandsp,
    with_losses,
)

from ttymodem.baudot import CR, DATA_BITS, FIGS, LEAD, LF, LTRS, STOP_BITS, codes_of
from ttymodem.modem import Detector, Receiver, Transmitter, modulate
from ttymodem.modem import received as read
from ttymodem.ulaw import RATE, decode, encode

TEXTS = (
    "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG, AND ASKS: WHERE IS MY DINNER Q",
    "MY BACK HURTS SINCE TUESDAY AND I CAN'T SLEEP AT NIGHT. IS THIS NORMAL Q GA",
    "PLEASE CALL 952-883-5474 OR 711, MONDAY TO FRIDAY, 8 TO 5. IN DANGER 911 GA",
    "NO. YES. NOT SURE. REPEAT. BACK. NEXT. READY. MORE TIME. THANK YOU SK SKSK",
)
ANSWERS = ("1 GA", "YES GA", "NO", "2", "NOT SURE GA", "BENEFITS GA")
BITS = 1 + DATA_BITS + STOP_BITS
FRAME = 160
ROUNDS = 7
SEEDS = 7
"""With four texts, about 2,100 characters a condition."""

KEYED = 200
LEVELS = (-6.0, -18.0, -30.0)

Sent = list[tuple[str, bytes]]


def ours(sound: bytes) -> tuple[int, ...]:
    """The codes that we read, frame by frame, without shifts and line ends."""
    receiver, found = Receiver(), list[int]()
    for start in range(0, len(sound), FRAME):
        found += [each.code for each in receiver.take(sound[start : start + FRAME], start // 8)]
    return tuple(code for code in found if code not in (LTRS, FIGS, CR, LF))


def read_by_us(sent: Sent, change: Callable[[bytes, int], bytes]) -> list[float]:
    """Errors of ours in what they sent, per cent, one figure a seed."""
    length = sum(len(text) for text, _ in sent)
    return [
        100
        / length
        * sum(errors(codes_of(text), ours(change(sound, seed))) for text, sound in sent)
        for seed in range(SEEDS)
    ]


def read_by_them(
    reads: Callable[[bytes], str], change: Callable[[bytes, int], bytes]
) -> list[float]:
    """Errors of theirs in what we send, per cent, one figure a seed."""
    sent = [(text, modulate(text)) for text in TEXTS]
    length = sum(len(text) for text in TEXTS)
    return [
        100 / length * sum(errors(text, reads(change(sound, seed))) for text, sound in sent)
        for seed in range(SEEDS)
    ]


def shown(rates: list[float]) -> str:
    """Their mean, and the least and the most."""
    return f"{statistics.mean(rates):6.2f} ({min(rates):.1f}-{max(rates):.1f})"


def conditions() -> dict[str, Callable[[bytes, int], bytes]]:
    """What a line does to sound, with a seed."""

    def noise(snr: float) -> Callable[[bytes, int], bytes]:
        return lambda sound, seed: noisy(sound, snr, seed)

    def losses(share: float) -> Callable[[bytes, int], bytes]:
        return lambda sound, seed: with_losses(sound, share, seed)

    return {
        "clean": lambda sound, _: sound,
        **{f"{snr} dB SNR": noise(snr) for snr in (20, 10, 5, 0, -3)},
        "-40 dBFS": lambda sound, _: encode(decode(sound) * 10 ** (-28 / 20)),
        **{f"{share} % of frames lost": losses(share / 100) for share in (1, 3)},
    }


def peers() -> None:
    """The table of errors against the two other modems."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        minimodem = [(text, sent_by_minimodem(text, folder)) for text in TEXTS]
        spandsp = [(text, sent_by_spandsp(text)) for text in TEXTS]
        print("mean, and least and most of the seeds:")
        print(f"{'errors, %':20} {'mm>own':>18} {'sp>own':>18} {'own>mm':>18} {'own>sp':>18}")
        for condition, change in conditions().items():
            rates = (
                read_by_us(minimodem, change),
                read_by_us(spandsp, change),
                read_by_them(lambda sound: read_by_minimodem(sound, folder), change),
                read_by_them(read_by_spandsp, change),
            )
            print(f"{condition:20} " + " ".join(f"{shown(each):>18}" for each in rates))


def tolerance() -> None:
    """How far baud and frequency may be off without an error."""
    text = " ".join(TEXTS)
    bauds = [p for p in range(-8, 9) if read(modulate(text, 45.45 * (1 + p / 100))) == text]
    tones = [p for p in range(-8, 9) if read(_at_speed(modulate(text), 1 + p / 100)) == text]
    print(f"no error: {min(bauds):+d} to {max(bauds):+d} % of the baud (aim 4)")
    print(f"no error: {min(tones):+d} to {max(tones):+d} % of baud and tones together (aim 3)")


def _at_speed(sound: bytes, factor: float) -> bytes:
    samples = decode(sound)
    places = np.arange(0, len(samples) - 1, factor)
    return encode(np.interp(places, np.arange(len(samples)), samples))


def keyed() -> None:
    """Answers by hand, with noise between the keys."""
    for line in (Line(20), Line(10), Line(5), Line(20, 0.01)):
        chances = np.random.default_rng(3)
        wrong = total = sure = 0
        for number in range(KEYED):
            answer = ANSWERS[number % len(ANSWERS)]
            found = received(answer, line, chances)
            keys = [each for each in found if each.code not in (LTRS, FIGS)]
            wrong += errors(codes_of(answer), tuple(each.code for each in keys))
            total += len(answer)
            certain = all(not each.doubt for each in keys)
            sure += certain and tuple(each.code for each in keys) != codes_of(answer)
        what = f"{line.snr:g} dB SNR, {100 * line.loss:g} % of frames lost"
        print(f"keyed answers, {what}: {100 * wrong / total:.2f} % errors of {total:,} characters;")
        print(f"  answers that are wrong without a sign of doubt: {sure} of {KEYED}")


def other_sounds() -> None:
    """What is taken for a TTY that is none."""
    sounds = everything()
    characters = detections = 0
    seconds = 0.0
    for level in LEVELS:
        for _, samples in sounds:
            sound = encode(samples * 10 ** (level / 20)) + b"\xff" * (RATE // 2)
            found = Receiver().take(sound)
            seconds += len(sound) / RATE
            characters += len(found)
            detections += Detector().take(found)
    print(
        f"other sounds, {seconds / 60:.0f} minutes at {len(LEVELS)} levels: "
        f"{detections} taken for a TTY (aim 0), {characters} false characters"
    )


def space_bar() -> None:
    """How soon two presses of the space bar, without a shift before them, are noticed.

    The time begins with the carrier, 150 ms before the first start bit; noise is at 10 dB.
    """
    chances, delays, missed = np.random.default_rng(4), list[float](), 0
    for seed in range(KEYED):
        noticed = _noticed(noisy(_two_spaces(chances.uniform(0.25, 0.8)), 10, seed))
        missed += noticed is None
        delays += [] if noticed is None else [noticed]
    print(f"space bar twice, up to 0.8 s apart: missed {missed} of {KEYED}; noticed after")
    print(f"  {statistics.median(delays):.2f} s, at most {max(delays):.2f} s (aim 1.5)")


def _two_spaces(pause: float) -> bytes:
    """A space, a pause, a space; the shift that our own keyboard sends first is cut off."""
    keyboard = Transmitter()
    keyboard.put(" ")
    lead = keyboard.take(round(LEAD * RATE))
    keyboard.take(round(BITS / 45.45 * RATE))
    first = keyboard.take(round(pause * RATE))
    keyboard.put(" ")
    return b"".join((lead, first, keyboard.take(RATE)))


def _noticed(sound: bytes) -> float | None:
    receiver, detector = Receiver(), Detector()
    for start in range(0, len(sound), FRAME):
        if detector.take(receiver.take(sound[start : start + FRAME], start // 8)):
            return (start + FRAME) / RATE
    return None


def speed() -> None:
    """Frames out of the JSON of Media Streams, and text into sound."""
    text = " ".join(TEXTS)
    noise = encode(np.random.default_rng(1).normal(0, 0.05, 60 * RATE))
    for name, sound in (
        ("typing", modulate(text)),
        ("noise", noise),
        ("silence", b"\xff" * 60 * RATE),
    ):
        messages = [_message(sound, start) for start in range(0, len(sound) - FRAME + 1, FRAME)]
        _print_speed(f"receiver, {name}", partial(_receive, messages), len(sound) / RATE, 300)
    _print_speed("transmitter", partial(modulate, text), len(modulate(text)) / RATE, 1000)


def _message(sound: bytes, start: int) -> str:
    payload = base64.b64encode(sound[start : start + FRAME]).decode()
    return json.dumps(
        {"event": "media", "media": {"timestamp": str(start // 8), "payload": payload}}
    )


def _receive(messages: list[str]) -> None:
    receiver = Receiver()
    for message in messages:
        media = json.loads(message)["media"]
        receiver.take(base64.b64decode(media["payload"]), int(media["timestamp"]))


def _print_speed(name: str, work: Callable[[], object], seconds: float, aim: int) -> None:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    median = statistics.median(taken)
    frame = median / seconds * 0.02 * 1e6
    low, high = median / max(taken), median / min(taken)
    print(
        f"{name}: {seconds / median:,.0f} times real time (aim {aim:,}), {frame:.0f} µs a frame, "
        f"rounds {low:.0%} to {high:.0%}"
    )


def main() -> None:
    """Measure, and print."""
    began = time.monotonic()
    speed()
    other_sounds()
    space_bar()
    keyed()
    tolerance()
    peers()
    print(f"({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
