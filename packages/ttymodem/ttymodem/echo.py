"""What comes back of our own text: a line's echo, read as if somebody typed it.

A text that is known is told from a caller's by its order: what is received, one character
behind the other, is what was sent. Two characters may agree by chance; so a few are held
back until they disagree, or are too many for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ttymodem.baudot import BAUD, DATA_BITS, LEAD, STOP_BITS, encode
from ttymodem.receiver import Character

ENOUGH = 4
"""Characters in the order of a text of ours that was sent just then: they are its echo."""

ENOUGH_UNTIMED = 6
"""The same, where it is not known when it was sent: words of it may be typed, too."""

SKIPPED = 2
"""Characters of a text that an echo may leave out between two that are received."""

EARLIEST = -0.1
LATEST = 1.0
"""Seconds between when a character was given to be sent and when its echo begins: what is on the
way to the carrier and back, and an echo's own 0.3 s."""

HELD = 0.8
"""Seconds after which what is held back is the caller's: an echo would have gone on."""


class OwnText:
    """Tells a caller's characters from our own that come back.

    `level` is that of the echo in dBFS, None until one was heard.
    """

    def __init__(self, baud: float = BAUD) -> None:
        """Know of no text yet."""
        self._character = (1 + DATA_BITS + STOP_BITS) / baud
        self._codes: list[int] = []
        self._sent: list[float] = []
        self._timed = True
        self._next: set[int] = set()
        self._held: list[Character] = []
        self._ours = False
        self.level: float | None = None

    def send(self, text: str, at: float) -> None:
        """A text begins to be sent, at this time on the stream; it takes the place of the last."""
        self._codes = encode(text)
        self._sent = [at + LEAD + place * self._character for place in range(len(self._codes))]
        self._timed = True
        self._next.clear()

    def expect(self, texts: Sequence[str]) -> None:
        """These may be played at any time."""
        self._codes = [code for text in texts for code in encode(text)]
        self._timed = False
        self._next.clear()

    def theirs(self, characters: Iterable[Character], now: float) -> list[Character]:
        """Those that are the caller's, with what was held back for them; `now` is stream time."""
        found: list[Character] = []
        for character in characters:
            found += self._judged(character)
        if self._held and now - self._held[-1].at > HELD:
            found += self._let_go()
        return found

    def _judged(self, character: Character) -> list[Character]:
        following = {
            place
            for last in self._next
            for place in range(last + 1, last + 2 + SKIPPED)
            if self._agrees(character, place)
        }
        found: list[Character] = []
        if not following:
            found = self._let_go()
            following = {
                place for place in range(len(self._codes)) if self._agrees(character, place)
            }
        self._next = following
        if not following:
            return [*found, character]
        self._held.append(character)
        if self._ours or len(self._held) >= (ENOUGH if self._timed else ENOUGH_UNTIMED):
            self._ours = True
            self.level = max(each.level for each in self._held)
            self._held.clear()
        return found

    def _let_go(self) -> list[Character]:
        held, self._held = self._held, []
        self._next, self._ours = set(), False
        return held

    def _agrees(self, character: Character, place: int) -> bool:
        if place >= len(self._codes) or (character.code ^ self._codes[place]) & ~character.doubt:
            return False
        return not self._timed or EARLIEST <= character.at - self._sent[place] <= LATEST
