"""What is on telephone lines and is no TTY: voices, signals, music and noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from synthetic_voices import english, spanish

from ttymodem.ulaw import RATE, Samples

TEXTS = {
    english: (
        "Since the weekend I have had a dull pain low in my back, which gets worse when I sit.",
        "It comes and goes, and it wakes me up at night. Should I see someone about it?",
        "Yes, she told us sixteen sick sheep were seen near the beach at three fifteen.",
        "Please teach each teacher these easy pieces, and meet me here on Wednesday.",
        "Nine, seven, six, one, oh, five. No, no, no. Hello? Hello, is anybody there? Mm-hmm.",
        "My name is Lee. I was lifting boxes on Thursday, and then I could hardly stand up again.",
    ),
    spanish: (
        "Desde el lunes me duele la espalda, y por la noche casi no puedo dormir.",
        "Quisiera hablar con una enfermera, por favor, si es posible esta misma semana.",
        "Seis, siete, dieciséis. Sí, sí, así es. Mi hija vive en Minnesota y me dice que llame.",
    ),
}
SPEEDS = (0.7, 0.8, 0.9, 1.0, 1.12, 1.25, 1.4)
"""Factors of resampling, which change pace and pitch together."""

KEYS = {
    key: (low, high)
    for low, keys in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
    for key, high in zip(keys, (1209, 1336, 1477, 1633), strict=True)
}
"""Hz of the touch-tones. Source: ITU-T Q.23."""

NEAR = (1318.5, 1396.9, 1400.0, 1480.0, 1568.0, 1661.0, 1760.0, 1800.0, 1864.7)
"""Hz of mark, of space, and of notes between and beside them."""


def everything() -> list[tuple[str, Samples]]:
    """All of it, about eleven minutes, each sound with its name and a peak of 1."""
    sounds = [*speech(), *signals(), *music(), *noise()]
    return [(name, sound / np.abs(sound).max()) for name, sound in sounds]


def speech() -> Iterator[tuple[str, Samples]]:
    """An English and a Spanish voice, each sentence at every speed."""
    for voice, texts in TEXTS.items():
        for number, text in enumerate(texts):
            sound = voice(text)
            for speed in SPEEDS:
                places = np.arange(0, len(sound) - 1, speed)
                yield (
                    f"{voice.__name__} {number} at {speed:g}",
                    np.interp(places, np.arange(len(sound)), sound),
                )


def signals() -> Iterator[tuple[str, Samples]]:
    """What exchanges, telephones and fax machines send."""
    presses = [np.concatenate([_tone(0.08, *KEYS[key]), np.zeros(640)]) for key in KEYS]
    yield "touch-tones", np.concatenate(presses * 2)
    yield "dial tone", _tone(5, 350, 440)
    yield "ringback", np.concatenate([_tone(2, 440, 480), np.zeros(2 * RATE)] * 2)
    yield "busy tone", np.concatenate([_tone(0.5, 480, 620), np.zeros(RATE // 2)] * 5)
    special = [_tone(0.33, hertz) for hertz in (950, 1400, 1800)]
    yield "special information tones", np.concatenate(special * 4)
    yield "fax, calling", np.concatenate([_tone(0.5, 1100), np.zeros(3 * RATE)] * 2)
    yield "fax, answering", _tone(3, 2100)
    bits = np.random.default_rng(21).integers(0, 2, 1500)
    yield "V.21 flags", _keyed(np.resize([0, 1, 1, 1, 1, 1, 1, 0], 900), 1850, 1650)
    yield "V.21, answering", _keyed(bits, 1850, 1650)
    yield "V.21, calling", _keyed(bits, 1180, 980)
    yield "Bell 103", _keyed(bits, 1070, 1270)


def music(seed: int = 5) -> Iterator[tuple[str, Samples]]:
    """Tunes, chords, trills of notes about mark and space, a siren and a whistle."""
    chances = np.random.default_rng(seed)
    scale = 440 * 2 ** (np.arange(-12, 30) / 12)
    for kind, partials in (("flute", (1.0, 0.1)), ("organ", (1.0, 0.5, 0.33, 0.25, 0.2))):
        for length in (0.05, 0.11, 0.2, 0.35):
            notes = chances.choice(scale, round(8 / length))
            yield f"{kind}, notes of {length} s", _tune(notes, length, partials)
        chords = [_chord(chances.choice(scale, 3), partials) for _ in range(16)]
        yield f"{kind}, chords", np.concatenate(chords)
    for length in (0.03, 0.066, 0.1, 0.17, 0.25, 0.5):
        notes = chances.choice(NEAR, round(8 / length))
        yield f"notes of {length} s near the tones", _tune(notes, length, (1.0,))
    time = np.arange(8 * RATE)
    yield "siren", _gliding(1600 + 300 * np.sin(time / 900))
    yield "whistle", _gliding(np.interp(time, time[::1000], chances.uniform(1000, 2200, 64)))


def noise(seed: int = 9) -> Iterator[tuple[str, Samples]]:
    """White, pink, about the tones; and clicks."""
    chances = np.random.default_rng(seed)
    white = chances.normal(0, 1, 20 * RATE)
    hertz = np.fft.rfftfreq(len(white), 1 / RATE)
    spectrum = np.fft.rfft(white)
    yield "white noise", white
    yield "pink noise", np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 20)))
    yield "noise of 1.2 to 2 kHz", np.fft.irfft(spectrum * ((hertz > 1200) & (hertz < 2000)))
    clicks = np.zeros(10 * RATE)
    clicks[chances.integers(0, len(clicks), 400)] = chances.choice([-1, 1], 400)
    yield "clicks", clicks


def _tone(seconds: float, *hertz: float) -> Samples:
    angle = 2 * np.pi * np.arange(round(seconds * RATE)) / RATE
    return _sum([np.sin(angle * each) for each in hertz])


def _gliding(hertz: Samples) -> Samples:
    angle: Samples = np.cumsum(hertz) * (2 * np.pi / RATE)
    return np.sin(angle)


def _keyed(bits: npt.NDArray[np.int64], low: float, high: float) -> Samples:
    """Bits at 300 baud, one frequency for each value."""
    return _gliding(np.repeat(np.where(bits, high, low), RATE // 300))


def _tune(notes: Samples, length: float, partials: tuple[float, ...]) -> Samples:
    """Notes one after the other, each struck and fading, with these overtones."""
    time = np.arange(round(length * RATE)) / RATE
    shape = np.minimum(1, np.minimum(time, time[::-1]) / 0.005) * np.exp(-time * 2)
    return np.concatenate([shape * _note(note, time, partials) for note in notes])


def _chord(notes: Samples, partials: tuple[float, ...]) -> Samples:
    return _sum([_tune(np.array([note]), 0.5, partials) for note in notes])


def _note(note: float, time: Samples, partials: tuple[float, ...]) -> Samples:
    heard = [(part, note * place) for place, part in enumerate(partials, start=1)]
    waves = [part * np.sin(2 * np.pi * hertz * time) for part, hertz in heard if hertz < RATE / 2]
    return _sum(waves)


def _sum(waves: list[Samples]) -> Samples:
    together: Samples = np.sum(waves, axis=0)
    return together
