"""The TTY modem, sans-I/O: text to µ-law sound at 8 kHz, and back.

Mark is 1400 Hz, space 1800 Hz; a character is a start bit of space, five data bits, the
lowest first, and stop bits of mark. Source: ITU-T V.18 Annex A.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ivr.tty.baudot import BAUD, DATA_BITS, HOLD, LEAD, STOP_BITS, Encoder, duration
from ivr.tty.detector import Detector
from ivr.tty.receiver import Character, Receiver
from ivr.tty.tones import MARK, SPACE
from ivr.tty.ulaw import RATE, SILENCE
from ivr.tty.ulaw import encode as ulaw_of

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

LEVEL = -12.0
"""dBFS of a sent tone's peak: what speech has on average, without being clipped."""


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
        self._tones: deque[tuple[int, float]] = deque()
        self._held = 0.0
        self._carrier = False
        self._owed = 0.0
        self._phase = 0.0

    def put(self, text: str) -> None:
        """Send this text after what waits. Raises Unsendable; then none of it is sent."""
        self._codes += self._encoder.take(text)

    @property
    def sending(self) -> bool:
        """Whether there is a carrier, or text waits for one."""
        return self._carrier or bool(self._codes)

    def drop(self) -> None:
        """Forget what waits; the character under way is finished, and mark not held."""
        self._codes.clear()
        self._encoder = Encoder()
        self._held = 0.0

    def take(self, samples: int) -> bytes:
        """The next so many µ-law bytes; 0xFF, which is silence, when there is no text."""
        frequencies: list[int] = []
        lengths: list[int] = []
        left = samples
        while left and self._advance():
            frequency, length = self._tones.popleft()
            now = min(length, left)
            if length > now:
                self._tones.appendleft((frequency, length - now))
            frequencies.append(frequency)
            lengths.append(now)
            left -= now
        return self._sound(frequencies, lengths) + bytes([SILENCE]) * left

    def _advance(self) -> bool:
        """Whether a tone is due: the bits of a character, or mark before or after text."""
        if self._tones:
            return True
        if self._codes:
            if not self._carrier:
                self._carrier = True
                self._tones.append((MARK, round(LEAD * RATE)))
            self._key(self._codes.popleft())
            self._held = HOLD * RATE
        elif self._held > 0:
            piece = min(self._held, self._bit)  # short, so that the next key need not wait
            self._held -= piece
            self._tone(MARK, piece)
        else:
            self._carrier = False
            self._encoder = Encoder()  # the shift is sent anew with the next carrier
        return bool(self._tones)

    def _key(self, code: int) -> None:
        """A character: start bit, data bits, stop bits."""
        self._tone(SPACE, self._bit)
        for place in range(DATA_BITS):
            self._tone(MARK if code >> place & 1 else SPACE, self._bit)
        self._tone(MARK, STOP_BITS * self._bit)

    def _tone(self, frequency: int, samples: float) -> None:
        """A tone; what rounding leaves of its length is made up for by the next."""
        self._owed += samples
        whole = round(self._owed)
        self._owed -= whole
        if whole > 0:
            self._tones.append((frequency, whole))

    def _sound(self, frequencies: list[int], lengths: list[int]) -> bytes:
        """The µ-law of tones one after the other, continuous in phase."""
        if not frequencies:
            return b""
        steps = np.repeat(np.array(frequencies) * (2 * np.pi / RATE), lengths)
        phases = self._phase + np.cumsum(steps)
        self._phase = float(phases[-1] % (2 * np.pi))
        return ulaw_of(self._amplitude * np.sin(phases))


def modulate(text: str, baud: float = BAUD, level: float = LEVEL) -> bytes:
    """A whole message as µ-law, mark before and after it included. Raises Unsendable."""
    transmitter = Transmitter(baud, level)
    transmitter.put(text)
    sound = bytearray()
    while transmitter.sending:
        sound += transmitter.take(RATE)
    return bytes(sound[: round(duration(text, baud) * RATE)])


def received(ulaw: bytes, baud: float = BAUD) -> str:
    """The text in a whole recording."""
    receiver = Receiver(baud)
    after = bytes([SILENCE]) * RATE  # a character is read when more sound has come
    return "".join(character.text for character in receiver.take(ulaw + after))
