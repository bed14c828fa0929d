"""Our modem against two that others made, in both directions, as 8 kHz µ-law."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from modem_peers import (
    errors,
    noisy,
    read_by_minimodem,
    read_by_spandsp,
    sent_by_minimodem,
    sent_by_spandsp,
    with_losses,
)

from ttymodem.baudot import FIGS, LTRS, codes_of
from ttymodem.modem import Receiver, modulate, received
from ttymodem.ulaw import decode, encode

pytestmark = pytest.mark.slow

SENTENCES = (
    "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG, AND ASKS: WHERE IS MY DINNER Q",
    "MY BACK HURTS SINCE TUESDAY AND I CAN'T SLEEP AT NIGHT. IS THIS NORMAL Q GA",
    "PLEASE CONNECT ME WITH A NURSE. I HAVE PAIN IN BOTH LEGS, AND SOME FEVER GA",
    "NO. YES. NOT SURE. REPEAT. BACK. NEXT. READY. MORE TIME. THANK YOU SK SKSK",
)
TEXT = " ".join(SENTENCES)


def codes(ulaw: bytes) -> tuple[int, ...]:
    """The codes in sound, as our receiver reads them frame by frame, without shifts."""
    receiver, found = Receiver(), list[int]()
    for start in range(0, len(ulaw), 160):
        found += [each.code for each in receiver.take(ulaw[start : start + 160], start // 8)]
    return tuple(code for code in found if code not in (LTRS, FIGS, 8, 2))


def error_rate(sounds: list[tuple[str, bytes]]) -> float:
    """Character errors in all of them, in per cent."""
    wrong = sum(errors(codes_of(text), codes(sound)) for text, sound in sounds)
    return 100 * wrong / sum(len(text) for text, _ in sounds)


@pytest.fixture(scope="module")
def from_minimodem(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """Texts, and what minimodem sends of them."""
    folder = tmp_path_factory.mktemp("minimodem")
    return [(text, sent_by_minimodem(text, folder)) for text in SENTENCES]


@pytest.fixture(scope="module")
def from_spandsp() -> list[tuple[str, bytes]]:
    """Texts, and what spandsp sends of them."""
    return [(text, sent_by_spandsp(text)) for text in SENTENCES]


@pytest.mark.parametrize("snr", [None, 20, 10, 5])
@pytest.mark.parametrize("peer", ["from_minimodem", "from_spandsp"])
def test_we_read_them_without_an_error(
    request: pytest.FixtureRequest, peer: str, snr: float | None
) -> None:
    """Clean, and down to 5 dB."""
    sounds = request.getfixturevalue(peer)
    if snr is not None:
        sounds = [(text, noisy(sound, snr, 7)) for text, sound in sounds]
    assert error_rate(sounds) == 0


def test_we_read_a_faint_one(tmp_path: Path) -> None:
    """Tones at -40 dBFS."""
    sounds = [(text, sent_by_minimodem(text, tmp_path, -40.0)) for text in SENTENCES]
    assert error_rate(sounds) == 0


@pytest.mark.parametrize(("peer", "most"), [("from_minimodem", 0.5), ("from_spandsp", 1.0)])
def test_lost_frames_cost_little(request: pytest.FixtureRequest, peer: str, most: float) -> None:
    """1 % of the frames lost, over about 6,000 characters."""
    sounds = [
        (text, with_losses(sound, 0.01, 100 * place + seed))
        for place, (text, sound) in enumerate(request.getfixturevalue(peer))
        for seed in range(20)
    ]
    assert error_rate(sounds) <= most


@pytest.mark.parametrize("snr", [None, 20, 10, 5])
def test_spandsp_reads_us_without_an_error(snr: float | None) -> None:
    """Clean, and down to 5 dB."""
    for text in SENTENCES:
        assert read_by_spandsp(changed_by(snr, modulate(text))) == text


@pytest.mark.parametrize("snr", [None, 20, 10, 5, 0])
def test_minimodem_reads_us_without_an_error(tmp_path: Path, snr: float | None) -> None:
    """Clean, and down to 0 dB."""
    for text in SENTENCES:
        assert read_by_minimodem(changed_by(snr, modulate(text)), tmp_path) == text


def test_lost_frames_cost_minimodem_little(tmp_path: Path) -> None:
    """1 % of the frames lost, over about 3,000 characters of ours."""
    wrong = characters = 0
    for place, text in enumerate(SENTENCES):
        for seed in range(10):
            sound = with_losses(modulate(text), 0.01, 100 * place + seed)
            wrong += errors(text, read_by_minimodem(sound, tmp_path))
            characters += len(text)
    assert 100 * wrong / characters <= 0.5


def changed_by(snr: float | None, sound: bytes) -> bytes:
    """Sound with noise in it, if there is to be any."""
    return sound if snr is None else noisy(sound, snr, 11)


def test_911_is_911(tmp_path: Path) -> None:
    """A loopback could not see two digits swapped in the table; others can."""
    sent = "DIAL 911, 711 OR 952-883-5474. 0123456789 GA"
    assert read_by_minimodem(modulate(sent), tmp_path) == sent
    assert read_by_spandsp(modulate(sent)) == sent


def test_every_character_is_read_by_both(tmp_path: Path) -> None:
    """All that no implementation disputes: so the table is theirs, not only our own."""
    for sent in ("ABCDEFGHIJKLM NOPQRSTUVWXYZ", "0123456789 -', !:()?./ 3.14 (0) 7/8 A1B2 C-3, D4"):
        assert read_by_minimodem(modulate(sent), tmp_path) == sent
        assert read_by_spandsp(modulate(sent)) == sent


def at_another_speed(ulaw: bytes, factor: float) -> bytes:
    """The same sound so much faster: its tones and its bits alike."""
    samples = decode(ulaw)
    places = np.arange(0, len(samples) - 1, factor)
    return encode(np.interp(places, np.arange(len(samples)), samples))


@pytest.mark.parametrize("baud", [45.45 * 0.96, 45.45 * 0.98, 45.45 * 1.02, 45.45 * 1.04])
def test_other_bauds_are_read(baud: float) -> None:
    """4 % more or fewer bits a second."""
    assert received(modulate(TEXT, baud)) == TEXT


@pytest.mark.parametrize("factor", [0.97, 0.985, 1.015, 1.03])
def test_other_frequencies_are_read(factor: float) -> None:
    """Tones 3 % off, their bits with them."""
    assert received(at_another_speed(modulate(TEXT), factor)) == TEXT
