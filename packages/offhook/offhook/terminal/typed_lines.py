"""Lines that somebody types at a terminal, or that come through a pipe."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from io import BufferedIOBase, RawIOBase

from offhook.callers.script_words import readable

LOOK_SECONDS = 0.2
"""How often it is looked whether the lines are still wanted, while nothing is typed."""


class TypedLines:
    """The lines of the input, one after the other, as they come.

    Another thread reads them. A signal that comes when a read is about to begin is not seen
    before that read ends: whoever reads in the main thread can miss a Ctrl-C. That thread
    reads past Python's own buffers, whose lock would be held when the program ends.
    """

    def __init__(self) -> None:
        """Begin to read."""
        self._lines: queue.Queue[str | None] = queue.Queue()
        source = sys.stdin.buffer
        raw = getattr(source, "raw", source)
        threading.Thread(target=self._read, args=(raw,), name="input", daemon=True).start()

    def next(self, unwanted: Callable[[], bool] = lambda: False) -> str | None:
        """The next line; None when the input has ended, or when no line is wanted any more.

        Raises KeyboardInterrupt on Ctrl-C.
        """
        while not unwanted():
            try:
                line = self._lines.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                self._lines.put(None)
            return line
        return None

    def _read(self, source: RawIOBase | BufferedIOBase) -> None:
        rest = b""
        while data := source.read(4096):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                self._lines.put(_text(line))
        if rest:
            self._lines.put(_text(rest))
        self._lines.put(None)


def _text(line: bytes) -> str:
    return readable(line.decode("utf-8", "replace")).rstrip("\r")
