"""The TTY modem, sans-I/O: text to µ-law sound at 8 kHz, and back.

Mark is 1400 Hz, space 1800 Hz; a character is a start bit of space, five data bits, the
lowest first, and stop bits of mark. Source: ITU-T V.18 Annex A.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ttymodem.baudot import BAUD, DATA_BITS, HOLD, LEAD, STOP_BITS, Encoder, duration
from ttymodem.detector import Detector
from ttymodem.receiver import Character, Receiver
from ttymodem.tones import MARK, SPACE
from ttymodem.ulaw import RATE, SILENCE
from ttymodem.ulaw import encode as ulaw_of

__all__ = [
    "RATE",
    "Character",
    "Detector",
    "Receiver",
    "Transmitter",
    "duration",
    "modulate",
    "received",
]

LEVEL = -16.0
"""dBFS of a sent tone's peak, as a TTY sends: 16 to 12 under what a µ-law line can carry. The
softer it is, the less of it comes back as an echo."""

STEP = RATE // 100
"""Samples in which mark is held: 10 ms."""


class Transmitter:
    """A TTY's voice: text in, µ-law out, in pieces of any size and without a break.

    The carrier is held for 300 ms after a character, so that text may come from a
    keyboard; the shift is kept as long, and sent anew with the next carrier.
    """

    def __init__(self, baud: float = BAUD, level: float = LEVEL) -> None:
        """Send this many bits a second; level is the tone's peak in dBFS."""
        self._bit = RATE / baud
        self._amplitude = 10 ** (level / 20)
        self._encoder = Encoder()
        self._codes: deque[int] = deque()
        self._runs: deque[tuple[int, int]] = deque()  # frequency and samples
        self._hold = 0
        self._carrier = False
        self._resting = True
        self._exact = 0.0
        self._phase = 0.0

    def put(self, text: str) -> None:
        """Send this text after what waits. Raises Unsendable; then none of it is sent."""
        self._codes += self._encoder.take(text)

    @property
    def sending(self) -> bool:
        """Whether there is sound to come."""
        return bool(self._codes or self._runs or self._hold)

    def drop(self) -> None:
        """Forget what waits; the character under way is finished, and mark not held."""
        self._codes.clear()
        self._encoder = Encoder()
        self._hold = 0
        if self._resting:
            self._runs.clear()

    def take(self, samples: int) -> bytes:
        """The next so many µ-law bytes; 0xFF, which is silence, when there is no text."""
        pieces = []
        left = samples
        while left and self._go_on():
            frequency, length = self._runs.popleft()
            now = min(length, left)
            if length > now:
                self._runs.appendleft((frequency, length - now))
            pieces.append((frequency, now))
            left -= now
        return self._sound(pieces) + bytes([SILENCE]) * left

    def _go_on(self) -> bool:
        """Whether there is a next run of one tone: of the lead, a character, or the hold."""
        if self._runs:
            return True
        self._resting = True
        if self._codes and not self._carrier:
            self._carrier = True
            self._run(MARK, LEAD * RATE)
        elif self._codes:
            self._resting = False
            self._character(self._codes.popleft())
            self._hold = round(HOLD * RATE)
        elif self._hold:
            step = min(self._hold, STEP)  # in steps, so that a key ends it at once
            self._hold -= step
            self._run(MARK, step)
        elif self._carrier:
            self._carrier, self._encoder = False, Encoder()
            self._exact = self._phase = 0.0
        return bool(self._runs)

    def _character(self, code: int) -> None:
        bits = [0, *(code >> place & 1 for place in range(DATA_BITS))]
        for bit in bits:
            self._run(MARK if bit else SPACE, self._bit)
        self._run(MARK, STOP_BITS * self._bit)

    def _run(self, frequency: int, samples: float) -> None:
        """Queue a tone; what is left of a sample counts for the next one."""
        self._exact += samples
        whole = round(self._exact)
        self._exact -= whole
        self._runs.append((frequency, whole))

    def _sound(self, pieces: list[tuple[int, int]]) -> bytes:
        if not pieces:
            return b""
        frequencies, lengths = zip(*pieces, strict=True)
        steps = np.repeat(np.array(frequencies) * (2 * np.pi / RATE), lengths)
        phases = self._phase + np.cumsum(steps)
        self._phase = float(phases[-1] % (2 * np.pi))
        return ulaw_of(self._amplitude * np.sin(phases))


def modulate(text: str, baud: float = BAUD, level: float = LEVEL) -> bytes:
    """A whole message as µ-law, from its first mark to its last. Raises Unsendable."""
    transmitter = Transmitter(baud, level)
    transmitter.put(text)
    return transmitter.take(round(duration(text, baud) * RATE))


def received(ulaw: bytes, baud: float = BAUD) -> str:
    """The text in a whole recording."""
    receiver = Receiver(baud)
    after = bytes([SILENCE]) * RATE  # a character is read when more sound has come
    return "".join(character.text for character in receiver.take(ulaw + after))
