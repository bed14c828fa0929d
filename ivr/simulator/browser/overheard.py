"""The sound that crosses the line beside prompts: a TTY's tones, and what streams send."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ivr.simulator.media import SILENCE

BATCH = 8
"""Frames of a piece, which goes to the page at once: 160 ms."""


class Overheard:
    """What both ends of a call send, in pieces of µ-law; silence is left out."""

    def __init__(self, ring: Callable[[], None]) -> None:
        """Begin with silence; `ring` is called for each piece."""
        self.pieces: list[bytes] = []
        self._ring = ring
        self._sent: deque[bytes] = deque(maxlen=BATCH)
        self._batch: list[bytes] = []

    def sent(self, frame: bytes) -> None:
        """A frame of the caller's."""
        self._sent.append(frame)

    def heard(self, frame: bytes) -> None:
        """A frame of the line's, which sets the pace."""
        own = self._sent.popleft() if self._sent else SILENCE
        self._batch.append(frame if own == SILENCE else own)  # one speaks at a time
        if len(self._batch) == BATCH:
            self._close(b"".join(self._batch))
            self._batch.clear()

    def _close(self, piece: bytes) -> None:
        if piece != SILENCE * BATCH:
            self.pieces.append(piece)
            self._ring()
