"""What whoever runs the line should know of, counted: a line in the log at most once a minute.

A stranger's flood would fill the log otherwise. The first incident is told at once, so that
a wrong token is seen with the first call; what comes within a minute of it is told when that
is over. No incident names anything of a call.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from ivr.call.engine import Turn
from ivr.call.flow import EXHAUSTED

logger = logging.getLogger(__name__)

MINUTE = 60.0

KINDS = 10
"""Kinds of incident that a line tells of; the rest is one number."""


def _after(seconds: float, do: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


class Incidents:
    """Counts them for one process."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        after: Callable[[float, Callable[[], None]], None] = _after,
    ) -> None:
        """Tell them to the log; `after` does something in so many seconds."""
        self._now = now
        self._after = after
        self._counts: Counter[str] = Counter()
        self._told_at = -MINUTE
        self._waiting = False
        self._lock = threading.Lock()

    def count(self, what: str) -> None:
        """One has happened."""
        with self._lock:
            self._counts[what] += 1
            if self._waiting:
                return
            left = self._told_at + MINUTE - self._now()
            if left > 0:
                self._waiting = True
                self._after(left, self.tell)
                return
        self.tell()

    def count_exhausted_hunt(self, turn: Turn, form: Mapping[str, str]) -> None:
        """The turn follows a leg: if it reads the numbers out, nobody could be reached."""
        if turn.position.node in EXHAUSTED and "DialCallStatus" in form:
            self.count("a hunt was exhausted: no number was answered; call them yourself")

    def tell(self) -> None:
        """Tell those that have been counted, and begin anew."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._waiting = False
            self._told_at = self._now()
        shown = counts.most_common(KINDS)
        told = [f"{count} times {what}" if count > 1 else what for what, count in shown]
        if others := counts.total() - sum(count for _, count in shown):
            told.append(f"{others} of other kinds")
        if told:
            logger.warning("%s", "; ".join(told))
