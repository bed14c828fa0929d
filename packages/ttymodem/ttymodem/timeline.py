"""Audio put where its timestamps say, sans-I/O: gaps become silence, late frames fill them.

Audio without a gap before it passes at once. Behind a gap it waits for the missing
frames, which may be 100 ms late; then the gap becomes silence. Frames that come later
than that, or twice, are dropped.
"""

from __future__ import annotations

from ttymodem.ulaw import RATE, SILENCE

SLACK = RATE // 100
"""Samples (10 ms, half a frame) by which a timestamp may be off without opening a gap."""

PATIENCE = 6 * RATE // 50
"""Samples (six frames) after which a gap is given up: a frame may come 100 ms late."""

LONGEST_GAP = 5 * RATE
"""Samples that are filled with silence at most; after a longer jump, ahead or back, a new
time begins: one strange timestamp must not make all that follow late."""


class Timeline:
    """A stream's bytes in order. `place` is the number of the next sample that passes."""

    def __init__(self) -> None:
        """Begin at sample 0, unless the first bytes say otherwise."""
        self.place = 0
        self.restarted = False
        self._begun = False
        self._waiting: dict[int, bytes] = {}

    def take(self, ulaw: bytes, at_ms: int | None) -> bytes:
        """The bytes that are in order now; `restarted` tells whether a new time began."""
        self.restarted = False
        if self._begun and not self._waiting and self._follows(at_ms):
            self.place += len(ulaw)
            return ulaw
        start = self._start(at_ms)
        if not self._begun or abs(start - self.place) > LONGEST_GAP:
            self.restarted, self._begun, self._waiting = True, True, {}
            self.place = start
        if start == self.place and not self._waiting:
            self.place += len(ulaw)
            return ulaw
        if start + len(ulaw) > self.place:
            self._waiting.setdefault(start, ulaw)
        return self._in_order()

    def _follows(self, at_ms: int | None) -> bool:
        return at_ms is None or abs(at_ms * RATE // 1000 - self.place) < SLACK

    def _start(self, at_ms: int | None) -> int:
        """The number of the first sample; what is off by the slack joins what it is next to."""
        ends = [start + len(ulaw) for start, ulaw in self._waiting.items()]
        if at_ms is None:
            return max([self.place, *ends])
        start = at_ms * RATE // 1000
        for end in (self.place, *ends):
            if self._begun and abs(start - end) < SLACK:
                return end
        return start

    def _in_order(self) -> bytes:
        """What waits and follows on, behind gaps that are given up as silence."""
        passed = bytearray()
        newest = max((start + len(ulaw) for start, ulaw in self._waiting.items()), default=0)
        while self._waiting:
            first = min(self._waiting)
            if first > self.place:
                given_up = min(first, newest - PATIENCE) - self.place
                if given_up <= 0:
                    break
                next_bytes = bytes([SILENCE]) * given_up
            else:
                next_bytes = self._waiting.pop(first)[self.place - first :]
            passed += next_bytes
            self.place += len(next_bytes)
        return bytes(passed)
