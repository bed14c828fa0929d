"""Prompts as sound: synthesised on this machine, filtered to the telephone, and kept.

English by hibari-tts, Spanish by Pico; both have their models inside their packages.
The voices are not Twilio's; they serve to hear a prompt and to time it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from xml.etree.ElementTree import Element

import numpy as np

from offhook.audio.telephone import RATE, Samples, silence, to_telephone
from offhook.interpreter import say_text
from offhook.interpreter.say_text import FULL_PACE, SpeechSegment

Synthesiser = Callable[[str, int], Samples]
"""Words and a pace in per cent in, samples at 8 kHz out."""

KEPT = 500
"""Prompts that are kept; a flow has fewer, and a minute of sound is 2 MB."""

PICO_RATE = 16_000

QUIET = 0.003
TAIL_SECONDS = 0.3


class Voices:
    """Synthesised prompts, each made once. Several threads may ask."""

    def __init__(self) -> None:
        """Load no voice before it is needed."""
        self._kept: dict[str, Samples] = {}
        self._voices: dict[str, Synthesiser | None] = {}
        self._lock = threading.Lock()

    def measure(self, say: Element) -> tuple[str, float]:
        """What a `<Say>` says, and how many seconds its sound lasts.

        Words in a language without a voice are timed from their number.
        """
        language = say.get("language", "en-US")
        parts = list(say_text.spoken_parts(say, language=language))
        text = say_text.shown(parts)
        sound = self.sound(text, language, parts)
        if sound is None:
            return text, sum(part.seconds for part in parts)
        return text, len(sound) / RATE

    def sound(
        self, text: str, language: str, parts: list[SpeechSegment] | None = None
    ) -> Samples | None:
        """A prompt's samples at 8 kHz; None if there is no voice for its language."""
        name = key(text, language)
        with self._lock:
            if name in self._kept:
                return self._kept[name]
            voice = self._voice(language)
            if voice is None:
                return None
            sound = _rendered(parts or [SpeechSegment(text, text)], voice)
            self._kept[name] = sound
            if len(self._kept) > KEPT:
                self._kept.pop(next(iter(self._kept)))
            return sound

    def kept(self, name: str) -> Samples | None:
        """A prompt by its key; None if it was never made, or dropped."""
        return self._kept.get(name)

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for a language."""
        with self._lock:
            return self._voice(language) is not None

    def _voice(self, language: str) -> Synthesiser | None:
        short = language[:2].lower()
        if short not in self._voices:
            self._voices[short] = _VOICES.get(short, lambda: None)()
        return self._voices[short]


def key(text: str, language: str) -> str:
    """The name under which a prompt is kept: it tells nothing of its words."""
    return hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()[:24]


def _rendered(parts: list[SpeechSegment], voice: Synthesiser) -> Samples:
    """Pieces at one pace are spoken in one breath, so that the melody is right."""
    sounds: list[Samples] = []
    said, pace = "", FULL_PACE
    for part in [*parts, SpeechSegment("", "", pause=0.001)]:
        if said.strip() and (part.pause or part.pace != pace):
            sounds.append(voice(" ".join(said.split()), pace))
        if part.pause or part.pace != pace:
            said = ""
        pace = part.pace
        said += part.said
        sounds.append(silence(part.pause))
    return np.concatenate(sounds)


def _english() -> Synthesiser | None:
    try:
        from hibari import SAMPLE_RATE, Hibari  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    model = Hibari()

    def speak(words: str, pace: int) -> Samples:
        samples = np.asarray(model(words, seed=0), np.float32)
        return _paced(to_telephone(samples, SAMPLE_RATE), pace)

    return speak


def _spanish() -> Synthesiser | None:
    try:
        from py_nanotts import NanoTTS  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    model = NanoTTS()

    def speak(words: str, pace: int) -> Samples:
        pcm = model.speak(words, voice="es-ES", speed=pace / FULL_PACE)
        samples = (np.frombuffer(pcm, "<i2") / 32768).astype(np.float32)
        return _without_tail(to_telephone(samples, PICO_RATE))

    return speak


def _without_tail(samples: Samples) -> Samples:
    """Pico ends in a second of silence; as much is left as other voices leave."""
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    end = int(loud[-1]) + round(TAIL_SECONDS * RATE) if len(loud) else 0
    return samples[:end]


_VOICES: dict[str, Callable[[], Synthesiser | None]] = {"en": _english, "es": _spanish}

GRAIN = 400
HOP = GRAIN // 2
SEARCH = 80
"""Samples (at 8 kHz) of the grains that are laid over one another to change the pace."""


def _paced(samples: Samples, pace: int) -> Samples:
    """The same voice, slower or faster: grains are laid where they fit best (WSOLA)."""
    if pace == FULL_PACE or len(samples) < 2 * GRAIN:
        return samples
    window = np.hanning(GRAIN).astype(np.float32)
    length = len(samples) * FULL_PACE // pace
    padded = np.concatenate([samples, np.zeros(GRAIN + 2 * SEARCH, np.float32)])
    result = np.zeros(length + GRAIN, np.float32)
    place = 0
    for start in range(0, length, HOP):
        wanted = min(start * pace // FULL_PACE, len(samples) - 1)
        place = _best_fit(padded, place + HOP, wanted) if start else wanted
        result[start : start + GRAIN] += padded[place : place + GRAIN] * window
    return result[:length]


def _best_fit(samples: Samples, going_on: int, wanted: int) -> int:
    """The place near `wanted` that sounds most like what would have come next."""
    natural = samples[going_on : going_on + HOP]
    first = max(wanted - SEARCH, 0)
    around = samples[first : wanted + SEARCH + HOP]
    if len(natural) < HOP or len(around) < HOP:
        return min(wanted, len(samples) - GRAIN)
    return min(first + int(np.argmax(np.correlate(around, natural))), len(samples) - GRAIN)
