"""Gather: what the caller answers, by key or in words."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from xml.etree.ElementTree import Element

from offhook.events import Listening, Pressed, Spoke, StayedSilent
from offhook.interpreter.leg import Leg, Run, Steps, number
from offhook.interpreter.urls import resolve
from offhook.interpreter.verbs.say_play import answers, heard
from offhook.needs import Activity, Input, Key, Speech, Wait

ANSWER_SECONDS = 5
BRIEF_SECONDS = 1
"""The least that a Gather can listen for. An assumption: nobody answers so soon."""


def gather(leg: Leg, verb: Element) -> Steps:
    """Play the nested prompts, collect an answer, post it to the action."""
    kinds = verb.get("input", "dtmf").split()
    listening = Listening(
        keys="dtmf" in kinds,
        speech="speech" in kinds,
        seconds=number(verb, "timeout", ANSWER_SECONDS),
        hints=_hints(verb.get("hints", "")),
        leg=leg.name,
    )
    brief = _is_brief(leg, verb, listening)
    given = yield from _first_answer(leg, verb, listening, brief=brief)
    collected = yield from _collected(leg, verb, listening, given)
    if collected is None and not brief:
        yield StayedSilent(listening.seconds, leg.name)
    if collected or verb.get("actionOnEmptyResult") == "true":
        return (yield from leg.run_action(verb, collected or {"Digits": ""}))
    return None


def _is_brief(leg: Leg, verb: Element, listening: Listening) -> bool:
    """Whether it is over before somebody answers who waits for the prompts' end.

    Another Gather follows, in which they answer, or a Dial, for which they wait.
    """
    verbs = [*leg.document.root]
    place = next((place for place, each in enumerate(verbs) if each is verb), len(verbs))
    goes_on = any(each.tag in {"Gather", "Dial"} for each in verbs[place + 1 :])
    return listening.seconds <= BRIEF_SECONDS and goes_on


@lru_cache(maxsize=256)
def _hints(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (hint.strip() for hint in text.split(","))))


def _first_answer(
    leg: Leg, verb: Element, listening: Listening, *, brief: bool
) -> Run[Input | None]:
    """The first key or words: typed ahead, during a prompt, or after it."""
    if leg.typed_ahead and listening.keys:
        return Key(leg.typed_ahead.popleft())
    deaf = verb.get("bargeIn") == "false"  # to words alone: a key stops any prompt
    meanwhile = replace(listening, speech=False) if deaf else listening
    for child in verb:
        if child.tag in {"Say", "Play", "Pause"}:
            given = yield from heard(leg, child, meanwhile)
            if given is not None:
                return given
    if not brief:
        yield listening
    doing = Activity.PROMPT if brief else Activity.GATHER
    given, _ = yield from leg.pass_time(
        Wait(doing, listening.seconds, listening=listening), answers(listening)
    )
    return given


def _collected(
    leg: Leg, verb: Element, listening: Listening, given: Input | None
) -> Run[dict[str, str] | None]:
    """What is to be posted; nothing ({}) after a lone finish key, None after silence."""
    if isinstance(given, Key):
        return (yield from _digits(leg, verb, listening, given.key))
    if isinstance(given, Speech):
        return (yield from _words(leg, verb, listening, given))
    return None


def _digits(leg: Leg, verb: Element, listening: Listening, key: str) -> Run[dict[str, str]]:
    finish = verb.get("finishOnKey", "#")
    limit = number(verb, "numDigits", 0)
    digits = ""
    while True:
        if key in finish:
            yield Pressed(digits + key, leg.name)
            return {"Digits": digits, "FinishedOnKey": key} if digits else {}
        digits += key
        if limit and len(digits) >= limit:
            break
        next_key = yield from _next_key(leg, listening, digits)
        if not next_key:
            break
        key = next_key
    yield Pressed(digits, leg.name)
    return {"Digits": digits}


def _next_key(leg: Leg, listening: Listening, digits: str) -> Run[str]:
    """The next key within the time that starts anew with each; "" if none comes."""
    if leg.typed_ahead:
        return leg.typed_ahead.popleft()
    given, _ = yield from leg.pass_time(
        Wait(Activity.GATHER, listening.seconds, listening=listening, collected=digits), (Key,)
    )
    return given.key if isinstance(given, Key) else ""


def _words(leg: Leg, verb: Element, listening: Listening, speech: Speech) -> Run[dict[str, str]]:
    yield Spoke(speech.words, leg.name)
    callback = verb.get("partialResultCallback")
    if callback:
        yield from _partial_results(leg, verb, callback, speech.words)
    pause = verb.get("speechTimeout", "")
    silence = leg.options.speech_end if pause == "auto" else _seconds(pause, listening.seconds)
    yield from leg.pass_time(
        Wait(Activity.GATHER, speech.seconds + silence, listening=listening, collected=speech.words)
    )
    return {"SpeechResult": speech.words, "Confidence": f"{leg.options.confidence:g}"}


def _seconds(text: str, default: float) -> float:
    return float(text) if text.isdecimal() else default


def _partial_results(leg: Leg, verb: Element, callback: str, words: str) -> Run[None]:
    """One callback a word, each with all that was recognised so far."""
    url = resolve(leg.document.url, callback)
    method = verb.get("partialResultCallbackMethod", "POST")
    so_far: list[str] = []
    for place, word in enumerate(words.split()):
        so_far.append(word)
        extra = {
            "SequenceNumber": str(place),
            "UnstableSpeechResult": " ".join(so_far),
            "Stability": f"{leg.options.confidence:g}",
        }
        yield from leg.request(method, url, leg.identity | extra, "partial")
