"""Record: what the caller leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from offhook.account.exchange import new_sid
from offhook.events import Played, Pressed, Recorded, Spoke, StayedSilent
from offhook.interpreter.call_state import HungUp
from offhook.interpreter.leg import Leg, Run, Steps, number
from offhook.interpreter.urls import resolve
from offhook.interpreter.verbs.say_play import TONE_SECONDS
from offhook.needs import Activity, Key, Speech, Wait

RECORD_SILENCE = 5
RECORD_LIMIT = 3600
RECORD_KEYS = "1234567890*#"
BEEP_SECONDS = 0.5


@dataclass
class _Take:
    """A recording being made: its seconds so far, the words in it, what ended it."""

    seconds: float = 0.0
    words: str = ""
    ended_by: str = ""
    sid: str = field(default_factory=lambda: new_sid("RE"))


def record(leg: Leg, verb: Element) -> Steps:
    """Record the caller and post the recording to the action; a silent one goes on."""
    if verb.get("playBeep", "true") == "true":
        yield Played("a beep", BEEP_SECONDS, leg.name)
        yield from leg.pass_time(Wait(Activity.PROMPT, BEEP_SECONDS))
    take = _Take()
    yield from _tell_status(leg, verb, "in-progress", {"RecordingSid": take.sid})
    try:
        yield from _recorded(leg, verb, take)
    except HungUp as gone:
        if gone.leg != leg.name:
            raise
        take.ended_by = "hangup"
    going = None
    if take.seconds or not leg.options.silent_recording_goes_on:
        going = yield from _posted(leg, verb, take)
    else:
        yield from _tell_status(leg, verb, "absent", {"RecordingSid": take.sid})
    if take.ended_by == "hangup":
        raise HungUp(leg.name)
    if not take.seconds and not take.ended_by:
        yield StayedSilent(_silence(verb), leg.name)
    return going


def _silence(verb: Element) -> int:
    """Seconds of silence that end a recording; 0 stands for no limit but the recording's own."""
    return number(verb, "timeout", RECORD_SILENCE) or number(verb, "maxLength", RECORD_LIMIT)


def _tell_status(leg: Leg, verb: Element, status: str, about: dict[str, str]) -> Run[None]:
    """Call the recordingStatusCallback, if it wants to know of this."""
    callback = verb.get("recordingStatusCallback")
    if callback and status in verb.get("recordingStatusCallbackEvent", "completed").split():
        method = verb.get("recordingStatusCallbackMethod", "POST")
        yield from leg.notify(callback, about | {"RecordingStatus": status}, method)


def _recorded(leg: Leg, verb: Element, take: _Take) -> Run[None]:
    silence = _silence(verb)
    limit = number(verb, "maxLength", RECORD_LIMIT)
    finish = verb.get("finishOnKey", RECORD_KEYS)
    while take.seconds < limit:
        given, seconds = yield from leg.pass_time(
            Wait(Activity.RECORD, min(silence, limit - take.seconds), collected=take.words),
            (Key, Speech),
        )
        if isinstance(given, Speech):
            take.words = f"{take.words} {given.words}".strip()
            room = limit - take.seconds - seconds
            take.seconds = min(take.seconds + seconds + max(given.seconds, 0.1), limit)
            yield Spoke(given.words, leg.name)
            spoken = min(given.seconds, room)
            yield from leg.pass_time(Wait(Activity.RECORD, spoken, collected=take.words))
        elif given is None:
            return
        elif isinstance(given, Key) and given.key in finish:
            take.ended_by = given.key
            yield Pressed(given.key, leg.name)
            return
        else:  # the tone of another key is recorded
            take.seconds = min(take.seconds + seconds + TONE_SECONDS, limit)


def _posted(leg: Leg, verb: Element, take: _Take) -> Steps:
    recording = leg.state.exchange.keep_recording(leg.identity["CallSid"], take.seconds, take.sid)
    yield Recorded(round(take.seconds, 1), recording.url, leg.name)
    about = {
        "RecordingSid": recording.sid,
        "RecordingUrl": recording.url,
        "RecordingDuration": f"{take.seconds:.0f}",
    }
    yield from _tell_status(leg, verb, "completed", about)
    transcribe = verb.get("transcribeCallback")
    if transcribe and verb.get("transcribe") != "false":
        extra = {"TranscriptionText": take.words, "TranscriptionStatus": "completed"}
        yield from leg.notify(transcribe, about | extra)
    if take.ended_by == "hangup":
        url = resolve(leg.document.url, verb.get("action", ""))
        form = leg.identity | about | {"Digits": "hangup", "CallStatus": "completed"}
        yield from leg.request(verb.get("method", "POST"), url, form, "action")
        return None
    return (yield from leg.run_action(verb, about | {"Digits": take.ended_by}))
