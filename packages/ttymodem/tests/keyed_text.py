"""Text keyed by hand on a TTY, and what a line does to it: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ttymodem.modem import Character, Receiver, Transmitter
from ttymodem.ulaw import RATE, decode, encode

FRAME = 160
LEVEL = -16.0
"""dBFS of a caller's tone."""


@dataclass(frozen=True)
class Line:
    """What happens on the way: noise, in dB under the tone, and the share of lost frames."""

    snr: float = 40.0
    loss: float = 0.0


def keyed(text: str, chances: np.random.Generator) -> bytes:
    """Each key a while after the last; a pause may be so long that the carrier drops."""
    keyboard = Transmitter(level=LEVEL)
    sound = keyboard.take(round(chances.uniform(0.2, 0.6) * RATE))
    for key in text:
        keyboard.put(key)
        sound += keyboard.take(round(chances.uniform(0.18, 0.9) * RATE))
    while keyboard.sending:
        sound += keyboard.take(FRAME)
    return sound + keyboard.take(round(0.4 * RATE))


def frames(sound: bytes, line: Line, chances: np.random.Generator) -> Iterator[tuple[int, bytes]]:
    """What arrives of it: times in milliseconds, and frames of 20 ms."""
    samples = decode(sound)
    power = 10 ** (LEVEL / 10) / 2 / 10 ** (line.snr / 10)
    noisy = encode(samples + chances.normal(0, np.sqrt(power), len(samples)))
    for start in range(0, len(noisy) - FRAME + 1, FRAME):
        if chances.random() >= line.loss:
            yield start // 8, noisy[start : start + FRAME]


def received(text: str, line: Line, chances: np.random.Generator) -> list[Character]:
    """What a receiver makes of a keyed text."""
    receiver = Receiver()
    found: list[Character] = []
    for at, frame in frames(keyed(text, chances), line, chances):
        found += receiver.take(frame, at)
    return found
