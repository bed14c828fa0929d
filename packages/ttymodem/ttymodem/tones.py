"""How much of the sound is mark, space, or anything else, once a millisecond.

Each millisecond's figures are those of the 5 ms that end with it: in 5 ms both tones,
and their difference, make whole cycles, so neither is mistaken for the other, and a
tone 3 % off keeps more than four fifths of its power. A whole bit would be deaf to it.
"""

from __future__ import annotations

import numpy as np

from ttymodem.ulaw import RATE, Samples, decode, power

MARK = 1400
SPACE = 1800
"""Hz. Source: ITU-T V.18 Annex A."""

PER_SECOND = 1000
"""Figures a second."""

BLOCK = RATE // PER_SECOND
WINDOW = 5 * BLOCK
"""Samples of one figure: 5 ms, 7 cycles of mark and 9 of space."""

LAG = 2
"""Figures by which a change of the tone shows late: half a window, less half a block."""

KEPT = 5 * PER_SECOND
"""Figures that can be asked for at any time."""

AT_ONCE = 200 * WINDOW
"""Samples that are worked on together at most, so that a file needs no more memory."""

DEFAULT_GATE = -50.0
"""dBFS. Under what a poor line leaves of a TTY, over a quiet one's noise."""

SIGN, TONE, SOUND, RAW = range(4)
"""The rows of figures. SIGN is the power of mark less that of space, TONE their sum,
SOUND the power of everything, each 0 under the gate; RAW is SOUND without the gate.
A tone of amplitude A has the power A²."""


class Tones:
    """The figures of a stream, numbered from 0 at its first sample; before it all are 0.

    After the one numbered `heard` all were under the gate.
    """

    def __init__(self) -> None:
        """Begin in silence."""
        self._gate = power(DEFAULT_GATE)
        self.begin(0)

    def begin(self, sample: int) -> None:
        """Forget everything; the next sample has this number."""
        self._origin = sample
        self._pending = b""
        self._before = _NOTHING
        self._rows = np.zeros((4, 3 * KEPT))
        self._used = KEPT
        self._first = -KEPT
        self.heard = 0

    @property
    def gate(self) -> float:
        """The level in dBFS under which sound counts as silence."""
        return float(10 * np.log10(self._gate))

    @gate.setter
    def gate(self, dbfs: float) -> None:
        self._gate = power(dbfs)

    @property
    def end(self) -> int:
        """The number of the next figure."""
        return self._first + self._used

    def between(self, first: int, end: int) -> Samples:
        """The rows of these figures, which must be kept and there; a view."""
        return self._rows[:, first - self._first : end - self._first]

    def seconds(self, figure: float) -> float:
        """The time on the stream of what shows as a change before this figure."""
        return (self._origin + (figure - LAG) * BLOCK) / RATE

    def take(self, ulaw: bytes) -> None:
        """Add sound; less than 5 ms waits for more."""
        pending = self._pending + ulaw
        whole = len(pending) - len(pending) % WINDOW
        self._pending = pending[whole:]
        for start in range(0, whole, AT_ONCE):
            self._add(decode(pending[start : min(start + AT_ONCE, whole)]))

    def _add(self, samples: Samples) -> None:
        rows = self._room(len(samples) // BLOCK)
        energy = float(samples.dot(samples))
        # Under the gate there is nothing to tell apart, and most of a call is quiet.
        if energy * 2 / WINDOW < self._gate:
            rows[:RAW] = 0
            rows[RAW] = energy * 2 / len(samples)
            self._before = _NOTHING
            return
        joined = np.concatenate([self._before, samples])
        self._before = joined[-len(_NOTHING) :]
        products = _windows(joined) @ _OSCILLATORS
        products *= products
        np.matmul(_SIGN_AND_TONE, products.T, out=rows[:SOUND])
        rows[SOUND:] = sound = _windows(joined * joined) @ _MEAN_TWICE
        loud = sound >= self._gate
        if not loud.all():
            rows[:RAW] *= loud
        self.heard = self.end

    def _room(self, figures: int) -> Samples:
        """The columns of the next figures; the oldest move out when there is no room."""
        if self._used + figures > self._rows.shape[1]:
            kept = self._rows[:, self._used - KEPT : self._used].copy()
            self._rows[:, :KEPT] = kept
            self._first += self._used - KEPT
            self._used = KEPT
        self._used += figures
        return self._rows[:, self._used - figures : self._used]


def _windows(samples: Samples) -> Samples:
    """The window of every figure in samples that follow each other; a view."""
    figures, step = (len(samples) - WINDOW) // BLOCK + 1, samples.itemsize
    return np.ndarray((figures, WINDOW), samples.dtype, samples, 0, (BLOCK * step, step))


def _oscillators() -> Samples:
    """What a window is multiplied with, for the amplitude of mark and of space in two phases."""
    angle = 2 * np.pi * np.arange(WINDOW)[:, None] * [MARK, MARK, SPACE, SPACE] / RATE
    return np.where([True, False, True, False], np.cos(angle), np.sin(angle)) * 2 / WINDOW


_OSCILLATORS = _oscillators()
_SIGN_AND_TONE = np.array([[1.0, 1.0, -1.0, -1.0], [1.0, 1.0, 1.0, 1.0]])
_MEAN_TWICE = np.full(WINDOW, 2 / WINDOW)
_NOTHING = np.zeros(WINDOW - BLOCK)
