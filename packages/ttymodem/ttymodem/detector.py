"""Whether somebody on a voice call types on a TTY."""

from __future__ import annotations

from ttymodem.baudot import SPACE
from ttymodem.receiver import Character

CLOSE = 1.3
"""Seconds between the starts of two characters at most: two presses of the space bar."""

SURE = 0.5
"""Confidence that a character must have to count."""


class Detector:
    """An ear on a voice call: two different characters close to each other are a TTY.

    A shift is one of them: a TTY sends it before the first key. The same character again
    and again may be a trill between two notes; but the space has a bit of mark between
    its bits of space, and is what a TTY's user taps to be noticed.
    """

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._last: Character | None = None
        self._found = False

    def take(self, characters: list[Character]) -> bool:
        """True from the second of two such characters on."""
        for character in characters:
            if character.confidence >= SURE:
                self._found = self._found or self._follows(character)
                self._last = character
        return self._found

    def _follows(self, character: Character) -> bool:
        last = self._last
        if last is None or not 0 < character.at - last.at <= CLOSE:
            return False
        return character.code == SPACE or character.code != last.code
