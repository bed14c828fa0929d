"""TTY sound to characters, sans-I/O, as it comes in.

A change from mark to space may be a start bit. It is judged when the whole character
is there, so that its place is where all its bits fit best, and so that mark
before it, its start bit and its stop bit each have to be one clean tone: noise, speech
and music would start characters of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ttymodem.baudot import DATA_BITS, Shifted
from ttymodem.speech import AROUND, CELL, TONAL, loudness, speech_cells
from ttymodem.timeline import Timeline
from ttymodem.tones import BLOCK, KEPT, PER_SECOND, RAW, SIGN, SOUND, TONE, Tones
from ttymodem.ulaw import RATE, Samples

BITS = 1 + DATA_BITS + 1

SMOOTHED = 8
"""Figures (8 ms) over which mark and space are told apart to find a change."""

FIRM = 0.25
"""Share of the sound by which one tone must outweigh the other to begin or end a change.
Noise alone reaches a tenth, and 0 dB SNR leaves half."""

LONGEST_CHANGE = 48
"""Figures between mark and space at most: a frame or two may be lost between them."""

BEFORE = 16
"""Figures before the start bit that must be mark: half of a pause of 1.5 bits may be lost."""

GUARD = 2
"""Figures at either end of a bit that are not counted: they hold some of its neighbour."""

CLEAN = 0.2
"""Share of its sound by which every bit must be mark or space. At 0 dB SNR, which leaves
half on the average, a stricter 0.3 would refuse every thirtieth character."""

FAINT = 0.1
"""Share of a bit's usual power under which it counts as lost, not as unclean."""

MOST_LOST = 2
"""Bits of a character that may be lost: one lost frame hides one."""

LOST_START = 0.2
"""Confidence at most, if a start bit may have been lost with a frame just before."""

DOUBTFUL = 0.5
"""Share of a bit's usual strength under which its value is in doubt."""

ALL_BITS = (1 << DATA_BITS) - 1

RECENT = 40
"""Figures that `carrier` and `level` look at: a lost frame does not end a carrier."""

AT_ONCE = 100
"""Figures that are worked on together, which is less work. A character that begins in
them ends after them, so that none is read later for it."""


@dataclass(frozen=True)
class Character:
    """What was received. `at` is the start of its start bit, in the stream's seconds.

    `text` is the character under the current shift, and empty for a shift. `confidence`
    is from 0 to 1: of the start bit, the five data bits and the stop bit, the worst
    one's power in its own tone less that in the other, as a share of what the
    character's better bits have. White noise at 5 dB leaves 0.7, half a bit lost 0.5, a
    lost bit 0. It is at most 0.2 if a lost frame before it may have held its start bit.
    `doubt` has the data bits that may be wrong. `level` is that of its tones, in dBFS of a
    tone's peak.
    """

    code: int
    text: str
    at: float
    confidence: float
    doubt: int = 0
    level: float = 0.0


class Receiver:
    """A TTY's ear. Sound in, characters out about 150 ms after each one began."""

    def __init__(self, baud: float = 45.45) -> None:
        """Listen for this many bits a second, give or take 4 %."""
        self._tones = Tones()
        self._gate = self._tones.gate
        self._timeline = Timeline()
        self._shifted = Shifted()
        self._bit = PER_SECOND / baud
        self._bounds = _bounds(self._bit)
        self._length = round(BITS * self._bit)
        self._unheard = b""
        self._forget()

    def _forget(self) -> None:
        self._hear()
        self._next = self._tones.end
        self._marked = self._next - LONGEST_CHANGE - 1
        self._change: tuple[int, int] | None = None
        self._free = self._next
        self._due = 0

    def take(self, ulaw: bytes, at_ms: int | None = None) -> list[Character]:
        """The characters that any number of µ-law bytes complete.

        at_ms is the time of the first byte on the stream, in milliseconds; None follows
        what came before. See ttymodem.timeline for gaps and late frames.
        """
        ordered = self._timeline.take(ulaw, at_ms)
        if self._timeline.restarted:
            self._unheard = b""
            self._tones.begin(self._timeline.place - len(ordered))
            self._forget()
        self._unheard += ordered
        if self._tones.end + len(self._unheard) // BLOCK < self._due:
            return []
        found: list[Character] = []
        sound, self._unheard = self._unheard, b""
        for start in range(0, len(sound), RATE):
            self._tones.take(sound[start : start + RATE])
            found += self._read()
        if not self._change:
            self._due = self._tones.end + AT_ONCE
        return found

    def _hear(self) -> None:
        """Work on what waits. No character is complete in it."""
        self._tones.take(self._unheard)
        self._unheard = b""

    def reset(self) -> None:
        """Forget the shift and any half character."""
        self._shifted = Shifted()
        self._forget()

    @property
    def gate(self) -> float:
        """The level in dBFS under which sound counts as silence."""
        return self._gate

    @gate.setter
    def gate(self, dbfs: float) -> None:
        if dbfs != self._gate:
            self._hear()
            self._tones.gate = self._gate = dbfs

    @property
    def level(self) -> float:
        """The level of the last 40 ms in dBFS; -100 at least."""
        self._hear()
        recent = self._tones.between(self._tones.end - RECENT, self._tones.end)
        return float(10 * np.log10(max(recent[RAW].mean(), 1e-10)))

    @property
    def carrier(self) -> bool:
        """Whether mark or space is most of the last 40 ms."""
        self._hear()
        recent = self._tones.between(self._tones.end - RECENT, self._tones.end)
        return bool(recent[TONE].sum() > TONAL * recent[SOUND].sum())

    @property
    def now(self) -> float:
        """Seconds of audio taken so far, on the stream's time."""
        return self._timeline.place / RATE

    def background(self, since: float) -> float:
        """How loud the room has been since this time, of five seconds at most.

        That is what only a twentieth of it was louder than, TTY tones left out, in dBFS of a
        tone's peak; -100 at least.
        """
        loud = loudness(self._since(since))
        return float(np.percentile(loud, 95)) if len(loud) else -100.0

    def speech(self, since: float, least: float) -> float:
        """Seconds of speech since this time on the stream, of the last five at most.

        Speech fainter than `least`, in dBFS of a tone's peak, does not count. What was said
        just now can't be told yet: 0.6 s have to pass.
        """
        cells = speech_cells(self._since(since, AROUND), least)
        return float(cells[AROUND:].sum()) * CELL / PER_SECOND

    def _since(self, since: float, before: int = 0) -> Samples:
        """The figures since a time on the stream, with so many cells before them, one at least."""
        self._hear()
        span = max(math.ceil((self.now - since) * PER_SECOND / CELL) + before, 1)
        end = self._tones.end
        return self._tones.between(end - min(span * CELL, KEPT), end)

    def _read(self) -> list[Character]:
        """Every character that ends in what is there now."""
        found = []
        while change := self._change or self._find_change():
            earliest, latest = change
            self._due = latest + self._length + GUARD
            if self._due > self._tones.end:
                break
            self._change = None
            character = self._character(earliest, latest)
            if character:
                found.append(character)
        return found

    def _find_change(self) -> tuple[int, int] | None:
        """The next change from mark to space: between which figures it is."""
        end = self._tones.end
        if self._next >= end:
            return None
        if self._tones.heard <= self._next - SMOOTHED:
            self._next = end
            return None
        rows = self._tones.between(self._next - SMOOTHED, end)
        sums = np.cumsum(rows[SIGN : SOUND + 1 : SOUND - SIGN], axis=1)
        sign, sound = sums[:, SMOOTHED:] - sums[:, :-SMOOTHED]
        firm = FIRM * sound
        labels = (sign > firm).view(np.int8) - (sign < -firm).view(np.int8)
        for figure, label in enumerate(labels.tolist(), self._next):
            if label > 0:
                self._marked = figure
            elif label < 0 and figure - self._marked <= LONGEST_CHANGE:
                self._change = self._marked - SMOOTHED - GUARD, figure + 1
                self._next = figure + 1
                self._marked = figure - LONGEST_CHANGE - 1  # a change is judged once
                return self._change
        self._next = end
        return None

    def _character(self, earliest: int, latest: int) -> Character | None:
        """The character that starts between two figures; None if there is none."""
        first = earliest - BEFORE
        rows = self._tones.between(first, latest + self._length + GUARD)
        signs, sounds = _summed(rows[SIGN]), _summed(rows[SOUND])
        begins, ends = self._bounds[:, : latest + 1 - earliest]
        start = _best(signs.take(ends) - signs.take(begins))
        begin, end = begins[start], ends[start]
        sign = (signs.take(end) - signs.take(begin)).tolist()
        sound = (sounds.take(end) - sounds.take(begin)).tolist()
        usual = _mean(sorted(sound[1:])[BITS // 2 : -1])
        if not _clean(sign, sound, usual):
            return None
        found = earliest + start
        strength = [abs(each) for each in sign[1:]]
        whole = _mean(sorted(strength)[BITS // 2 :])
        confidence = min(min(strength) / whole, 1.0)
        code = _number(each > 0 for each in sign[2:-1])
        doubt = _number(each < DOUBTFUL * whole for each in strength[1:-1])
        if self._start_may_be_lost(found, usual):
            confidence, doubt = min(confidence, LOST_START), ALL_BITS
        self._free = found + self._length
        self._next = max(self._next, round(found + (BITS - 1) * self._bit))
        text = self._shifted.decode(code)
        at = max(self._tones.seconds(found), 0.0)
        level = 10 * math.log10(usual / (round(self._bit) - 2 * GUARD))
        return Character(code, text, at, confidence, doubt, level)

    def _start_may_be_lost(self, start: int, usual: float) -> bool:
        """Whether a start bit one to five bits before this one would have been lost.

        Then what looks like a start bit may be one of the five data bits.
        """
        before = self._tones.between(start - (DATA_BITS + 3) * round(self._bit), start)[SOUND]
        for bits in range(1, DATA_BITS + 1):
            begin = len(before) - round(bits * self._bit)
            if start - round(bits * self._bit) < self._free:
                return False
            lost = before[begin : begin + round(self._bit)][GUARD:-GUARD].sum() < FAINT * 3 * usual
            if lost and before[begin - 2 * round(self._bit) : begin].sum() > usual / 2:
                return True
        return False


def _best(signs: Samples) -> int:
    """The row of eight bits that together fit a character best; the middle one of equals."""
    score = signs[:, 0] - signs[:, 1] + np.abs(signs[:, 2:-1]).sum(1) + signs[:, -1]
    equals = np.flatnonzero(score >= score.max() * 0.999)
    return int(equals.sum()) // len(equals)


def _clean(sign: list[float], sound: list[float], usual: float) -> bool:
    """Whether what is left of eight bits can be mark, a start bit, data and a stop bit."""
    if usual <= 0:
        return False
    right = [sign[0], -sign[1], *map(abs, sign[2:-1]), sign[-1]]
    lost = [part < FAINT * usual for part in sound]
    tones = zip(lost, right, sound, strict=True)
    return sum(lost) <= MOST_LOST and all(gone or one >= CLEAN * all_ for gone, one, all_ in tones)


def _number(bits: Iterable[bool]) -> int:
    """What bits mean, the lowest first."""
    return sum(bit << place for place, bit in enumerate(bits))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _summed(row: Samples) -> Samples:
    """Sums from the first figure on, so that a difference of two is the sum between them."""
    sums = np.zeros(len(row) + 1)
    np.cumsum(row, out=sums[1:])
    return sums


def _bounds(bit: float) -> npt.NDArray[np.int64]:
    """First and end of the mark before a start bit and of seven bits, for every start.

    They count from the first figure of the mark before the earliest start.
    """
    places = [(-BEFORE, -GUARD)]
    places += [
        (round(place * bit) + GUARD, round((place + 1) * bit) - GUARD) for place in range(BITS)
    ]
    starts = BEFORE + np.arange(SMOOTHED + GUARD + LONGEST_CHANGE + 2)
    return np.array(places).T[:, None, :] + starts[:, None]
