"""The five-bit code: one table, read by receivers of both kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttymodem.baudot import (
    FIGS,
    LTRS,
    SPACE,
    Shifted,
    Unsendable,
    codes_of,
    duration,
    encode,
    fold,
    unsendable,
)
from ttymodem.modem import modulate

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIGURES = "0123456789-$',!:(\")=?+./;"


def decoded(codes: list[int]) -> str:
    """What a receiver shows that keeps its shift."""
    shifted = Shifted()
    return "".join(map(shifted.decode, codes))


def decoded_with_unshift(codes: list[int]) -> str:
    """What a receiver shows that goes back to letters on a space."""
    shifted, text = Shifted(), ""
    for code in codes:
        text += shifted.decode(code)
        if code == SPACE:
            shifted.shift = LTRS
    return text


@given(st.text(LETTERS + FIGURES + " \r\n", max_size=200))
def test_both_kinds_of_receivers_show_what_was_sent(text: str) -> None:
    """With and without unshift-on-space."""
    codes = encode(text)
    assert decoded(codes) == fold(text)
    assert decoded_with_unshift(codes) == fold(text)


def test_every_code_has_one_meaning_a_shift() -> None:
    """32 codes, all of them 5 bits; letters and figures do not overlap."""
    assert {code for text in LETTERS + FIGURES for code in codes_of(text)} <= set(range(32))
    assert len({codes_of(letter) for letter in LETTERS}) == len(LETTERS)
    assert len({codes_of(figure) for figure in "0123456789"}) == 10


def test_the_codes_are_those_of_v18() -> None:
    """A few of them, bit for bit (ITU-T V.18 Annex A)."""
    assert (LTRS, FIGS, SPACE) == (0b11111, 0b11011, 0b00100)
    assert [codes_of(each)[0] for each in "ETA"] == [1, 16, 3]
    assert codes_of("1") == codes_of("Q") == (0b10111,)
    assert codes_of("911") == codes_of("OQQ")


def test_the_shift_is_sent_first_and_again() -> None:
    """LTRS before all else, and the shift anew after 72 characters."""
    codes = encode("A" * 150)
    assert [place for place, code in enumerate(codes) if code == LTRS] == [0, 73, 146]


def test_figures_are_shifted_again_after_a_space() -> None:
    """So that "9 1" is read by a receiver that has gone back to letters."""
    codes = encode("9 1")
    assert codes[codes.index(SPACE) + 1] == FIGS


@pytest.mark.parametrize(
    ("text", "folded"),
    [("a & b", "A + B"), ("50%", "50/"), ("#1", "$1"), ("a@b", "AXB"), ("caf\u00e9", "CAFE"),
     ("it\u2019s", "IT'S"), ("a\u2013b", "A-B"), ("a\nb", "A\r\nB")],
)  # fmt: skip
def test_text_is_folded(text: str, folded: str) -> None:
    """Capitals, plain quotes and dashes, no accents."""
    assert fold(text) == folded


def test_what_cant_be_sent_is_named() -> None:
    """Each character once; and those that TTYs show differently count for prompts."""
    with pytest.raises(Unsendable, match="~"):
        encode("a~b~")
    assert unsendable("A & B; 1 + 1 = 2 ~") == "&;+=~"
    assert unsendable("DIAL 911, OR 952-883-5474: IT'S FREE.") == ""


@given(st.text(LETTERS + FIGURES + " ", max_size=60))
def test_the_time_is_known_without_the_sound(text: str) -> None:
    """To a hundredth of a second."""
    assert abs(duration(text) - len(modulate(text)) / 8000) < 0.01
