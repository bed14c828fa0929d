"""One microphone for all media streams of a call: each of them hears the same sound."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

KEPT = 3000
"""Frames that are kept for a stream that lags behind: one minute."""


class Microphone:
    """Sound in frames, taken from its source once, however many listen.

    Whoever comes first to a frame takes it from the source; the others get a copy. A
    listener who lags by more than a minute misses what is not kept any more.
    """

    def __init__(self, source: Callable[[], bytes]) -> None:
        """Take what gives the next frame."""
        self._source = source
        self._frames: deque[bytes] = deque(maxlen=KEPT)
        self._made = 0
        self._lock = threading.Lock()

    def tap(self) -> Callable[[], bytes]:
        """A listener of its own: what it gives are the frames from now on, one by one."""
        place = self._made

        def read() -> bytes:
            nonlocal place
            with self._lock:
                if place >= self._made:
                    self._frames.append(self._source())
                    self._made += 1
                first = self._made - len(self._frames)
                place = max(place, first)
                frame = self._frames[place - first]
            place += 1
            return frame

        return read
