"""The sound that crosses the line beside prompts: a TTY's tones, and what streams send."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from offhook.media.messages import FRAME_BYTES, FRAME_SECONDS, SILENCE

BATCH = 8
"""Frames of a piece, which goes to the page at once: 160 ms."""

PIECE_SECONDS = BATCH * FRAME_SECONDS


@dataclass(frozen=True)
class Piece:
    """Some sound, as µ-law, and when it began in seconds since the call did."""

    at: float
    ulaw: bytes


class LineAudio:
    """What both ends of a call send, in pieces; silence is left out."""

    def __init__(self, clock: Callable[[], float], ring: Callable[[], None]) -> None:
        """Begin with silence; `ring` is called for each piece, `clock` tells the call's seconds."""
        self.pieces: list[Piece] = []
        self._clock = clock
        self._ring = ring
        self._sent: deque[bytes] = deque()
        self._batch: list[bytes] = []
        self._quiet = True
        self._sending = False

    def sent(self, frame: bytes) -> None:
        """A frame of the caller's."""
        if frame != SILENCE or not self._sent:  # else what is sent would fall behind what is heard
            self._sent.append(frame)

    def heard(self, frame: bytes) -> None:
        """A frame of the line's, which sets the pace; silence fills it up."""
        heard = frame.ljust(FRAME_BYTES, SILENCE[:1])
        if not self._sent and self._sending and heard == SILENCE:
            return  # the caller's next frame is late: silence here would cut a character in two
        own = self._sent.popleft() if self._sent else SILENCE
        self._sending = own != SILENCE
        self._batch.append(heard if own == SILENCE else own)  # one speaks at a time
        if len(self._batch) == BATCH:
            self._close(b"".join(self._batch))
            self._batch.clear()

    def _close(self, ulaw: bytes) -> None:
        silent = ulaw == SILENCE * BATCH
        if not silent:
            self.pieces.append(Piece(self._began(), ulaw))
            self._ring()
        self._quiet = silent

    def _began(self) -> float:
        """Right behind the piece before; where it is quiet between them, when it is heard.

        How many frames came tells how long a sound lasts. The clock does not: frames that
        a busy machine hands on late come all at once, and belong one behind the other.
        """
        behind = self.pieces[-1].at + PIECE_SECONDS if self.pieces else 0.0
        return max(behind, self._clock() - PIECE_SECONDS) if self._quiet else behind
