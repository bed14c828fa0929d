"""Say, Play and Pause: what is heard, and how long it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from offhook.events import Interrupted, Listening, Paused, Played, Said, Warned
from offhook.interpreter.document import place
from offhook.interpreter.leg import Leg, Run, Steps, number
from offhook.interpreter.sound_length import sound_seconds
from offhook.interpreter.urls import host, resolve
from offhook.needs import Activity, Input, Key, Speech, Wait

ENDLESS = 1000
"""How often `loop="0"` repeats. Source: Twilio's documentation of Say and Play."""

KEY_SECONDS = {"w": 0.5, "W": 1.0}
"""Pauses in `digits`; any other character is a tone."""

TONE_SECONDS = 0.2
"""A tone and the silence behind it. An estimate."""

ELSEWHERE_SECONDS = 5.0
"""What a recording on another host counts: it is not fetched, so that nothing here
depends on a stranger's server."""


def say(leg: Leg, verb: Element) -> Steps:
    """Say words."""
    yield from heard(leg, verb)
    return None


play = say
pause = say


def heard(leg: Leg, verb: Element, listening: Listening | None = None) -> Run[Input | None]:
    """One of the verbs that are heard; returns the answer that cut it short, if one did."""
    takes = answers(listening)
    event = yield from _event(leg, verb, barge_in=bool(takes))
    for _ in range(_times(verb)):
        yield event
        given, seconds = yield from leg.pass_time(
            Wait(Activity.PROMPT, event.seconds, listening=listening), takes
        )
        if given is not None:
            yield Interrupted(round(seconds, 2), leg.name)
            return given
    return None


def answers(listening: Listening | None) -> tuple[type[Input], ...]:
    """What counts as an answer while this is gathered."""
    if listening is None:
        return ()
    kinds = ((listening.keys, Key), (listening.speech, Speech))
    return tuple(kind for wanted, kind in kinds if wanted)


def tones_seconds(digits: str) -> float:
    """How long tones and their pauses last."""
    return round(sum(KEY_SECONDS.get(key, TONE_SECONDS) for key in digits), 2)


def _times(verb: Element) -> int:
    return 1 if verb.tag == "Pause" else number(verb, "loop", 1) or ENDLESS


def _event(leg: Leg, verb: Element, *, barge_in: bool) -> Run[Said | Played | Paused]:
    if verb.tag == "Pause":
        return Paused(number(verb, "length", 1), leg.name)
    if verb.tag == "Say":
        text, seconds = leg.state.measure(verb)
        language, voice = verb.get("language", "en-US"), verb.get("voice", "")
        return Said(text, round(seconds, 1), barge_in, leg.name, language, voice)
    digits = verb.get("digits")
    if digits:
        return Played(digits, tones_seconds(digits), leg.name)
    return (yield from _recording(leg, verb))


def _recording(leg: Leg, verb: Element) -> Run[Played]:
    what = (verb.text or "").strip()
    url = resolve(leg.document.url, what)
    if host(url) != host(leg.document.url):
        return Played(what, ELSEWHERE_SECONDS, leg.name)
    response = yield from leg.request("GET", url, {}, "media")
    found = response.status == 200  # noqa: PLR2004 - HTTP's OK
    seconds = sound_seconds(response.body, response.content_type) if found else None
    if seconds is None:
        yield from _no_sound(response.status, response.content_type, verb)
        return Played(what, 0.0, leg.name)
    return Played(what, seconds, leg.name, url)


def _no_sound(status: int, content_type: str, verb: Element) -> Iterator[Warned]:
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        what = f"the recording was answered with HTTP {status}"
        yield Warned(11200, what, "Mend the URL of the recording.", place(verb))
    elif not content_type.startswith("audio/"):
        what = f"the recording has the content type {content_type or 'missing'!r}"
        yield Warned(12300, what, "Send recordings as audio/mpeg or audio/wav.", place(verb))
