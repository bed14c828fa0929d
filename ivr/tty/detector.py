"""Whether somebody on a voice call types on a TTY."""

from __future__ import annotations

from ivr.tty.receiver import Character

CLOSE = 1.3
"""Seconds between the starts of two characters at most: two presses of the space bar."""

SURE = 0.5
"""Confidence that a character must have to count."""


class Detector:
    """An ear on a voice call: two characters close to each other are a TTY."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._last: float | None = None
        self._found = False

    def take(self, characters: list[Character]) -> bool:
        """True from the second of two characters that are close to each other."""
        for character in characters:
            if character.confidence < SURE:
                continue
            if self._last is not None and 0 < character.at - self._last <= CLOSE:
                self._found = True
            self._last = character.at
        return self._found
