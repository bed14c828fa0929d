"""Baudot as TTYs send it: one table, its inverse, and the shifts between its two halves.

Codes are whole numbers from 0 to 31; the first bit on the line is the lowest. Source:
ITU-T V.18 Annex A (TIA-825-A), whose tests with independent programs are in
tests/test_peers.py: a loopback could not show that two codes are swapped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BAUD = 45.45
"""Bits a second: 22 ms each. Source: ITU-T V.18 Annex A; outside North America it is 50."""

DATA_BITS = 5

STOP_BITS = 2
"""More than the 1.5 that V.18 asks for: a receiver was met that loses every third
character of long text at 1.5."""

LEAD = 0.15
"""Seconds of mark before the first character after silence. Source: ITU-T V.18 Annex A."""

HOLD = 0.3
"""Seconds of mark after the last character. Source: the same."""

LTRS = 31
FIGS = 27
BACKSPACE = 0
SPACE = 4
CR = 8
LF = 2

REPEAT_AFTER = 72
"""Characters after which the current shift is sent again. Source: ITU-T V.18 Annex A."""

DISPUTED = frozenset('#&"=+;')
"""What implementations print differently; no prompt should hold it."""

_LETTERS = "\bE\nA SIU\rDRJNFCKTZLWHYPQOBG\0MXV\0"
_FIGURES = "\b3\n- -87\r$4',!:(5\")2=6019?+\0./;\0"
"""Codes 0 to 31 under each shift; both codes of the shifts themselves hold no character."""

_TEXT = {LTRS: _LETTERS, FIGS: _FIGURES}
_LETTER_CODES = {character: code for code, character in reversed(list(enumerate(_LETTERS)))}
_FIGURE_CODES = {character: code for code, character in reversed(list(enumerate(_FIGURES)))}
for _codes in (_LETTER_CODES, _FIGURE_CODES):
    del _codes["\0"]

_FOLDED = str.maketrans(
    {
        "&": "+",
        "%": "/",
        "#": "$",
        "@": "X",
        "\t": " ",
        "\N{FRACTION SLASH}": "/",
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00bf\u00a1\u00ad\u200b", ""),  # readers of Spanish do without
        "\u00c6": "AE",
        "\u00d8": "O",
        "\u0152": "OE",
        "\u0141": "L",
        "\u0110": "D",
    }
)
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Unsendable(ValueError):
    """Text that Baudot has no codes for; `characters` are those, each once."""

    def __init__(self, characters: str) -> None:
        """Name the characters."""
        super().__init__(f"Baudot can't send {' '.join(characters)}; write it in other words")
        self.characters = characters


class Encoder:
    """Codes of text that comes piece by piece; the shift is kept between the pieces."""

    def __init__(self) -> None:
        """Begin with LTRS still to be sent, since nobody knows the receiver's shift."""
        self._shift = 0
        self._since_shift = 0
        self._after_space = False

    def take(self, text: str) -> list[int]:
        """The codes of the next text, with the shifts it needs. Raises Unsendable."""
        folded = fold(text)
        _refuse_unknown(folded)
        return [code for character in folded for code in self._codes(character)]

    def _codes(self, character: str) -> list[int]:
        codes = [] if self._shift else self._shifted(LTRS)
        shift = self._shift_for(character)
        # A receiver that goes back to letters on a space needs FIGS again; another takes no harm.
        lost = self._after_space and character not in _LETTER_CODES
        if shift != self._shift or lost or self._since_shift == REPEAT_AFTER:
            codes += self._shifted(shift)
        table = _LETTER_CODES if shift == LTRS else _FIGURE_CODES
        self._since_shift += 1
        self._after_space |= character == " "
        return [*codes, table[character]]

    def _shift_for(self, character: str) -> int:
        if character in _LETTER_CODES and character in _FIGURE_CODES:
            return self._shift
        return LTRS if character in _LETTER_CODES else FIGS

    def _shifted(self, shift: int) -> list[int]:
        self._shift, self._since_shift, self._after_space = shift, 0, False
        return [shift]


class Shifted:
    """A decoder that keeps the shift; it begins with letters. `shift` is LTRS or FIGS."""

    def __init__(self) -> None:
        """Begin with letters, as V.18 does."""
        self.shift = LTRS

    def decode(self, code: int) -> str:
        """The character of a code under the current shift; "" for a shift."""
        if code in (LTRS, FIGS):
            self.shift = code
            return ""
        return _TEXT[self.shift][code]


def fold(text: str) -> str:
    """Text as Baudot can show it: upper case, plain quotes and dashes, no accents.

    A newline becomes CR LF; `&`, `%`, `#` and `@` become `+`, `/`, `$` and `X`. What
    Baudot has no sign for stays.
    """
    plain = unicodedata.normalize("NFKD", text.upper().replace("\N{ACUTE ACCENT}", "'"))
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return _NEWLINE.sub("\r\n", kept.translate(_FOLDED))


def unsendable(text: str) -> str:
    """The characters of a prompt that no TTY shows, or not every TTY alike; each once.

    These are those that folding can't help, and `# & " = + ;` and what folds to them.
    """
    return "".join(character for character in dict.fromkeys(text) if _doubtful(character))


def encode(text: str) -> list[int]:
    """The codes of a whole message, with its shifts; none for no text.

    LTRS comes first, the current shift again after 72 characters, and FIGS again after a
    space among figures. Raises Unsendable.
    """
    return Encoder().take(text)


@lru_cache(maxsize=4096)  # the same few texts are sent to everybody
def duration(text: str, baud: float = BAUD) -> float:
    """Seconds that a message takes, with the mark before and after it. Raises Unsendable."""
    codes = len(encode(text))
    return LEAD + codes * (1 + DATA_BITS + STOP_BITS) / baud + HOLD if codes else 0.0


def codes_of(text: str) -> tuple[int, ...]:
    """The codes of text without shifts: the same for "1" and "Q". Raises Unsendable.

    They match an answer whatever the shift was when it came.
    """
    folded = fold(text)
    _refuse_unknown(folded)
    return tuple(
        _LETTER_CODES[character] if character in _LETTER_CODES else _FIGURE_CODES[character]
        for character in folded
    )


def _doubtful(character: str) -> bool:
    pieces = fold(character)
    return character in DISPUTED or any(piece in DISPUTED or not _known(piece) for piece in pieces)


def _known(character: str) -> bool:
    return character in _LETTER_CODES or character in _FIGURE_CODES


def _refuse_unknown(folded: str) -> None:
    unknown = dict.fromkeys(character for character in folded if not _known(character))
    if unknown:
        raise Unsendable("".join(unknown))
