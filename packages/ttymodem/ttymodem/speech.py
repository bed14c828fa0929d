"""Whether somebody talks: sound that rises and falls as syllables do, and is no tone of a TTY.

A fan, a hum and a line whose gain is turned up in pauses are as loud as a voice, but steady: a
syllable stands out from what is before it and from what is behind it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from ttymodem.tones import RAW, SOUND, TONE
from ttymodem.ulaw import Samples

CELL = 20
"""Figures (20 ms) that are judged together."""

AROUND = 30
"""Cells (0.6 s) in which a syllable has to rise and to fall; most last 0.1 to 0.4 s."""

RISE = 8.0
"""dB by which it stands out from the quietest moment on either side. Cells of white noise
lie within 2 dB of each other, and speech falls by more between its syllables."""

TONAL = 0.35
"""Share of the sound that mark and space must have for it to be a TTY's."""


def speech_cells(rows: Samples, least: float) -> Samples:
    """Which cells of these figures are speech, 1 or 0; the last `AROUND` can't be told yet.

    `rows` are those of `Tones`, a whole number of cells; what is fainter than `least`, in dBFS
    as a tone of the same power, is not counted.
    """
    loud, tonal = _cells(rows)
    padded = np.concatenate([np.full(AROUND, -100.0), loud, np.full(AROUND, 100.0)])
    quietest = sliding_window_view(padded, AROUND).min(1)
    before, behind = quietest[: len(loud)], quietest[AROUND + 1 :][: len(loud)]
    speech = (loud > np.maximum(before, behind) + RISE) & (loud > least) & ~tonal
    speech[-AROUND:] = False
    cells_of_speech: Samples = speech.astype(float)
    return cells_of_speech


def loudness(rows: Samples) -> Samples:
    """How loud each cell of these figures is that is no tone of a TTY, in dBFS."""
    loud, tonal = _cells(rows)
    cells: Samples = loud[~tonal]
    return cells


def _cells(rows: Samples) -> tuple[Samples, npt.NDArray[np.bool_]]:
    """How loud each cell is, in dBFS, and whether it is a tone of a TTY."""
    cells = rows.reshape(len(rows), -1, CELL).mean(2)
    loud = 10 * np.log10(np.maximum(cells[RAW], 1e-10))
    return loud, cells[TONE] > TONAL * cells[SOUND]
