"""The call's own clock, as it runs between two things that happen."""

from __future__ import annotations

import time

LATE = 0.3
"""Seconds after the end of what went on from which the app is slow to say what comes next."""


class Clock:
    """Runs while something goes on in the call, and stands while the app is asked."""

    def __init__(self) -> None:
        """Begin at the call's beginning."""
        self._at = 0.0
        self._since: float | None = None
        self._seconds: float | None = None

    def stand(self, at: float) -> None:
        """Something has happened, so many seconds after the call began."""
        self._at, self._since = at, None

    def run(self, seconds: float | None) -> None:
        """Something goes on, for so many seconds at most."""
        self._since, self._seconds = time.monotonic(), seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        running = self._real()
        return self._at + (running if self._seconds is None else min(running, self._seconds))

    @property
    def late(self) -> bool:
        """Whether what went on is over, and nothing has happened since."""
        return self._seconds is not None and self._real() > self._seconds + LATE

    def _real(self) -> float:
        return 0.0 if self._since is None else time.monotonic() - self._since
