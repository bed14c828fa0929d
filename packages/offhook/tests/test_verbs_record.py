"""Record: when a recording ends, what is posted of it, and who is told."""

from __future__ import annotations

import pytest
from verbs_app import App, dial, of, phone, times, told

from offhook.events import Played, Recorded, StayedSilent

COVERS: dict[str, str] = {
    "Record.action": "test_a_recording_is_posted_to_the_action_or_to_the_document_itself",
    "Record.method": "test_an_action_is_requested_by_its_method",
    "Record.timeout": "test_silence_after_the_words_ends_a_recording",
    "Record.finishOnKey": "test_a_finish_key_ends_a_recording_and_is_posted",
    "Record.maxLength": "test_a_recording_is_no_longer_than_its_limit",
    "Record.playBeep": "test_a_beep_is_heard_unless_it_is_switched_off",
    "Record.transcribe": "test_a_transcription_is_made_where_it_is_asked_for",
    "Record.transcribeCallback": "test_a_transcription_is_made_where_it_is_asked_for",
    "Record.recordingStatusCallback": "test_the_callback_is_told_of_the_recording",
    "Record.recordingStatusCallbackMethod": "test_the_callback_has_a_method_of_its_own",
    "Record.recordingStatusCallbackEvent": "test_only_the_wanted_events_are_told",
}

BEEP = 0.5
REACTION = 0.5
ONE_TWO = "one two"
SPOKEN = 0.6


@pytest.mark.parametrize(("action", "path"), [('action="/next"', "next"), ("", "first")])
def test_a_recording_is_posted_to_the_action_or_to_the_document_itself(
    action: str, path: str
) -> None:
    """The action gets the recording's URL and length; what follows is not reached."""
    app = App(first=(f"<Record {action}/><Say>No</Say>", "<Hangup/>"), next="<Hangup/>")
    call = phone(app).dial()
    call.say(ONE_TWO)
    call.press("#")
    assert call.said == ""
    (recorded,) = of(call, Recorded)
    asked = app.requests[1]
    assert asked.path == path
    assert told(asked.told, "RecordingUrl", "RecordingDuration", "Digits") == {
        "RecordingUrl": recorded.url,
        "RecordingDuration": "1",
        "Digits": "#",
    }
    assert asked.told["RecordingSid"].startswith("RE")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_action_is_requested_by_its_method(method: str) -> None:
    """GET and POST both bring the recording along."""
    app, call = dial(f'<Record action="next" method="{method}"/>')
    call.say(ONE_TWO)
    call.press("#")
    assert app.methods("next") == [method]
    assert app.asked("next")[0]["RecordingUrl"]


@pytest.mark.parametrize(
    ("timeout", "seconds"), [("", 5), ('timeout="2"', 2), ('timeout="0" maxLength="60"', 60)]
)
def test_silence_goes_on_with_the_next_verb(timeout: str, seconds: int) -> None:
    """An empty recording is not posted: the call goes on after the timeout, 0 being none."""
    app, call = dial(f'<Record playBeep="false" action="next" {timeout}/><Say>on</Say>')
    call.stay_silent()
    assert call.said == "on"
    assert of(call, StayedSilent) == [StayedSilent(seconds)]
    assert app.paths == ["first", "status"]
    assert call.elapsed == pytest.approx(seconds + 0.3)


@pytest.mark.parametrize(("timeout", "silence"), [("", 5), ('timeout="2"', 2)])
def test_silence_after_the_words_ends_a_recording(timeout: str, silence: int) -> None:
    """Words are followed by the timeout; then the recording is posted, without a key."""
    app, call = dial(f'<Record playBeep="false" action="next" {timeout}/>')
    call.say(ONE_TWO)
    call.stay_silent()
    assert app.asked("next")[0]["Digits"] == ""
    assert times(call, "action") == [pytest.approx(REACTION + SPOKEN + silence)]


def test_without_a_timeout_silence_lasts_until_the_limit() -> None:
    """A timeout of 0 lets a caller think for as long as the recording may be."""
    app, call = dial('<Record playBeep="false" timeout="0" maxLength="60" action="next"/>')
    call.say("one")
    call.wait(50)
    call.say("two")
    call.press("#")
    assert app.asked("next")[0]["Digits"] == "#"
    assert call.elapsed > 50


@pytest.mark.parametrize(
    ("attributes", "keys", "ended_by"),
    [
        ("", "1", "1"),
        ("", "*", "*"),
        ('finishOnKey="#"', "1#", "#"),
        ('finishOnKey="9*"', "19", "9"),
    ],
)
def test_a_finish_key_ends_a_recording_and_is_posted(
    attributes: str, keys: str, ended_by: str
) -> None:
    """Any of the finish keys ends it, by default every key; others are recorded as sound."""
    app, call = dial(f'<Record action="next" {attributes}/>')
    call.say(ONE_TWO)
    call.press(keys)
    assert app.asked("next")[0]["Digits"] == ended_by


def test_a_recording_is_no_longer_than_its_limit() -> None:
    """After maxLength seconds the recording ends, in the middle of a word and between keys."""
    app, call = dial('<Record playBeep="false" maxLength="2" action="next"/>')
    call.say("one two three four five six seven eight")
    assert app.asked("next")[0]["RecordingDuration"] == "2"
    assert times(call, "action") == [pytest.approx(2)]
    app, call = dial('<Record playBeep="false" maxLength="2" finishOnKey="#" action="next"/>')
    call.press("12345")
    call.wait(1.5)
    assert app.asked("next")[0]["RecordingDuration"] == "2"


@pytest.mark.parametrize(
    ("attributes", "beeps"), [("", 1), ('playBeep="true"', 1), ('playBeep="false"', 0)]
)
def test_a_beep_is_heard_unless_it_is_switched_off(attributes: str, beeps: int) -> None:
    """A recording begins with a beep, which takes its time, by default."""
    _, call = dial(f'<Record {attributes} action="next"/>')
    call.say("one")
    call.press("#")
    assert len(of(call, Played)) == beeps
    assert call.elapsed == pytest.approx(BEEP * beeps + REACTION + 0.3 + REACTION)


def test_a_hang_up_posts_what_was_said() -> None:
    """A caller who hangs up ends the recording, which is posted; its answer is not run."""
    app, call = dial('<Record action="next"/>', next="<Say>No</Say>")
    call.say(ONE_TWO)
    call.hang_up()
    asked = app.asked("next")[0]
    assert told(asked, "Digits", "CallStatus") == {"Digits": "hangup", "CallStatus": "completed"}
    assert asked["RecordingUrl"]
    assert call.said == ""
    assert call.ended == "the caller hung up"
    assert app.paths == ["first", "next", "status"]


def test_a_hang_up_before_any_word_posts_nothing() -> None:
    """An empty recording is not posted after a hang-up either."""
    app, call = dial('<Record action="next"/>')
    call.hang_up()
    assert app.paths == ["first", "status"]


@pytest.mark.parametrize(
    ("attributes", "made"),
    [
        ('transcribe="true" transcribeCallback="/words"', True),
        ('transcribeCallback="/words"', True),
        ('transcribe="false" transcribeCallback="/words"', False),
        ('transcribe="true"', False),
    ],
)
def test_a_transcription_is_made_where_it_is_asked_for(attributes: str, made: bool) -> None:  # noqa: FBT001 - what happens
    """The words go to the transcribeCallback, unless transcribe says no."""
    app, call = dial(f'<Record action="next" {attributes}/>')
    call.say("call me")
    call.say("back")
    call.press("#")
    posted = [told(each, "TranscriptionText", "TranscriptionStatus") for each in app.asked("words")]
    wanted = {"TranscriptionText": "call me back", "TranscriptionStatus": "completed"}
    assert posted == ([wanted] if made else [])


def test_the_callback_is_told_of_the_recording() -> None:
    """By default the callback is told that the recording is completed, with the action's URL."""
    app, call = dial('<Record action="next" recordingStatusCallback="/taped"/>')
    call.say(ONE_TWO)
    call.press("#")
    (taped,) = app.asked("taped")
    assert taped["RecordingStatus"] == "completed"
    assert taped["CallSid"] == call.call.sid
    names = ("RecordingSid", "RecordingUrl", "RecordingDuration")
    assert told(taped, *names) == told(app.asked("next")[0], *names)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_callback_has_a_method_of_its_own(method: str) -> None:
    """The recordingStatusCallback is requested by its own method, not by the action's."""
    record = f'recordingStatusCallback="/taped" recordingStatusCallbackMethod="{method}"'
    app, call = dial(f'<Record action="next" method="POST" {record}/>')
    call.say(ONE_TWO)
    call.press("#")
    assert app.methods("taped") == [method]
    assert app.methods("next") == ["POST"]


@pytest.mark.parametrize(
    ("events", "after_words", "after_silence"),
    [
        ("completed", ["completed"], []),
        ("in-progress", ["in-progress"], ["in-progress"]),
        ("in-progress completed absent", ["in-progress", "completed"], ["in-progress", "absent"]),
    ],
)
def test_only_the_wanted_events_are_told(
    events: str, after_words: list[str], after_silence: list[str]
) -> None:
    """A recording is in progress, then completed, or absent if it is empty; all of one sid."""
    record = (
        '<Record action="next" recordingStatusCallback="/taped"'
        f' recordingStatusCallbackEvent="{events}"/>'
    )
    app, call = dial(record)
    call.say(ONE_TWO)
    call.press("#")
    assert [taped["RecordingStatus"] for taped in app.asked("taped")] == after_words
    assert len({taped["RecordingSid"] for taped in app.asked("taped")}) == 1
    app, call = dial(record)
    call.stay_silent()
    assert [taped["RecordingStatus"] for taped in app.asked("taped")] == after_silence
