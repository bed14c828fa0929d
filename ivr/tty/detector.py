"""Whether somebody on a voice call types on a TTY."""

from __future__ import annotations

from ivr.tty.receiver import Character

CLOSE = 1.3
"""Seconds between the starts of two characters at most: two presses of the space bar."""

SURE = 0.5
"""Confidence that a character must have to count."""


class Detector:
    """An ear on a voice call: two different characters close to each other are a TTY.

    A shift is one of them: a TTY sends it before the first key. The same character again
    and again may be a trill between two notes.
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
        return (
            last is not None and last.code != character.code and 0 < character.at - last.at <= CLOSE
        )
