"""What pages wait for: that something is new, and what is new beside their calls."""

from __future__ import annotations

import threading

from offhook.callers.realtime import Record


class Bell:
    """Rings whenever there is something new for some page; each page looks what it is."""

    def __init__(self) -> None:
        """Begin in silence."""
        self.rung = 0
        """How often it has rung: read it before you look, and wait from there."""
        self._changed = threading.Condition()

    def ring(self) -> None:
        """Something is new."""
        with self._changed:
            self.rung += 1
            self._changed.notify_all()

    def wait(self, rung: int, timeout: float) -> bool:
        """Wait until it has rung more often than this; False if it does not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.rung != rung, timeout)


class Notifications:
    """What happens beside the call in hand: texts, and calls that the REST API places."""

    def __init__(self, bell: Bell) -> None:
        """Begin with none."""
        self._records: list[Record] = []
        self._bell = bell

    def __len__(self) -> int:
        """How many there were."""
        return len(self._records)

    def tell(self, record: Record) -> None:
        """Something is new."""
        self._records.append(record)
        self._bell.ring()

    def after(self, place: int) -> list[Record]:
        """What came after a place."""
        return self._records[place:]
