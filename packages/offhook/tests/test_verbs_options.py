"""Every option of what nobody could confirm: what its default does, and what its other value."""

from __future__ import annotations

import pytest
from verbs_app import NURSE, App, codes, dial, follow, of, times
from werkzeug.wrappers import Response

from offhook.events import Bridged, Pressed, Said
from offhook.interpreter.options import Options

OPTIONS: dict[str, str] = {
    "redirect_limit": "test_redirects_in_a_circle_end_at_the_limit",
    "type_ahead": "test_keys_are_lost_or_kept_for_the_next_gather",
    "empty_is_hangup": "test_an_empty_answer_is_an_error_or_a_hangup",
    "dial_action_after_hangup": "test_a_hang_up_skips_or_tells_the_action_of_a_dial",
    "declined_is_no_answer": "test_a_declined_leg_is_completed_or_not_answered",
    "whisper_failure_bridges": "test_a_failing_whisper_drops_or_bridges_the_leg",
    "silent_recording_goes_on": "test_a_silent_recording_goes_on_or_is_told",
    "speech_end": "test_an_utterance_ends_after_the_silence_of_speech_end",
    "confidence": "test_words_are_told_with_the_confidence",
    "call_limit": "test_a_call_is_over_at_its_limit",
}


@pytest.mark.parametrize(("options", "limit"), [(Options(), 50), (Options(redirect_limit=3), 3)])
def test_redirects_in_a_circle_end_at_the_limit(options: Options, limit: int) -> None:
    """As many documents as redirect_limit run without a moment of time, then the call ends."""
    app, call = dial("<Redirect>/first</Redirect>", options)
    assert len(app.asked("first")) == limit + 1
    assert call.ended == "the app redirected in a circle"
    app, call = dial("<Pause/><Redirect>/first</Redirect>", Options(redirect_limit=3, call_limit=9))
    assert len(app.asked("first")) == 10  # time passes: no circle


@pytest.mark.parametrize(("type_ahead", "pressed"), [(False, ["1"]), (True, ["1", "2"])])
def test_keys_are_lost_or_kept_for_the_next_gather(
    type_ahead: bool,  # noqa: FBT001 - the option
    pressed: list[str],
) -> None:
    """A key pressed while nothing listens is lost, or with type_ahead the next gather's first."""
    app = App(
        first='<Gather numDigits="1" action="next"/>',
        next='<Say>one two three</Say><Gather numDigits="1" action="last"/>',
    )
    events = follow(app, "12", Options(type_ahead=type_ahead))
    assert [event.keys for event in events if isinstance(event, Pressed)] == pressed
    assert [each["Digits"] for each in app.asked("last")] == pressed[1:]


@pytest.mark.parametrize(("option", "durations", "said"), [(True, [], "on"), (False, ["0"], "")])
def test_a_silent_recording_goes_on_or_is_told(
    option: bool,  # noqa: FBT001 - the option
    durations: list[str],
    said: str,
) -> None:
    """After silence the next verb runs, or the action is told of a recording of no seconds."""
    app = App(first='<Record action="next"/><Say>on</Say>', next="<Hangup/>")
    events = follow(app, "silence", Options(silent_recording_goes_on=option))
    assert [each["RecordingDuration"] for each in app.asked("next")] == durations
    assert [event.text for event in events if isinstance(event, Said)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("option", "code", "ended"),
    [(False, [12100], "the app failed"), (True, [], "the document ended")],
)
def test_an_empty_answer_is_an_error_or_a_hangup(
    option: bool,  # noqa: FBT001 - the option
    code: list[int],
    ended: str,
) -> None:
    """An empty body is not well-formed, or with empty_is_hangup simply the end."""
    _, call = dial(Response("", mimetype="text/xml"), Options(empty_is_hangup=option))
    assert codes(call) == code
    assert call.ended == ended


@pytest.mark.parametrize(("option", "told"), [(False, []), (True, ["canceled"])])
def test_a_hang_up_skips_or_tells_the_action_of_a_dial(
    option: bool,  # noqa: FBT001 - the option
    told: list[str],
) -> None:
    """When the caller hangs up the action is not requested, or is by dial_action_after_hangup."""
    app, call = dial(
        f'<Dial action="next">{NURSE}</Dial>', Options(dial_action_after_hangup=option)
    )
    call.hang_up()
    assert [each["DialCallStatus"] for each in app.asked("next")] == told
    assert call.ended == "the caller hung up"


@pytest.mark.parametrize("whisper", ["<Say>not closed</Say", "<Say>&nothing;</Say>"])
@pytest.mark.parametrize(("option", "bridged"), [(False, "false"), (True, "true")])
def test_a_failing_whisper_drops_or_bridges_the_leg(
    option: bool,  # noqa: FBT001 - the option
    bridged: str,
    whisper: str,
) -> None:
    """A whisper that can't be had ends the leg, or with whisper_failure_bridges is left out."""
    number = f'<Dial action="next"><Number url="/whisper">{NURSE}</Number></Dial>'
    app, call = dial(number, Options(whisper_failure_bridges=option), whisper=whisper)
    call.answer()
    assert codes(call) == [12100]
    assert of(call, Bridged) == [Bridged(NURSE)] * option
    if option:
        call.end_talk()
    assert app.asked("next")[0]["DialBridged"] == bridged


@pytest.mark.parametrize(("option", "status"), [(False, "completed"), (True, "no-answer")])
def test_a_declined_leg_is_completed_or_not_answered(
    option: bool,  # noqa: FBT001 - the option
    status: str,
) -> None:
    """Who hangs up in the whisper is told as completed, or with the option as no-answer."""
    number = f'<Dial action="next"><Number url="/whisper">{NURSE}</Number></Dial>'
    app, call = dial(number, Options(declined_is_no_answer=option), whisper="<Hangup/>")
    call.answer()
    asked = app.asked("next")[0]
    assert (asked["DialCallStatus"], asked["DialBridged"]) == (status, "false")


@pytest.mark.parametrize(("options", "silence"), [(Options(), 1.0), (Options(speech_end=2.5), 2.5)])
def test_an_utterance_ends_after_the_silence_of_speech_end(
    options: Options, silence: float
) -> None:
    """Where speechTimeout is auto, speech_end says after how much silence words are posted."""
    _, call = dial('<Gather input="speech" speechTimeout="auto" action="next"/>', options)
    call.say("one two")
    assert times(call, "action") == [pytest.approx(0.5 + 0.6 + silence)]


@pytest.mark.parametrize(
    ("options", "told"), [(Options(), "0.9"), (Options(confidence=0.35), "0.35")]
)
def test_words_are_told_with_the_confidence(options: Options, told: str) -> None:
    """The confidence of recognised speech is what the option says, in partial results too."""
    gather = '<Gather input="speech" action="next" partialResultCallback="/so-far"/>'
    app, call = dial(gather, options)
    call.say("yes")
    assert app.asked("next")[0]["Confidence"] == told
    assert app.asked("so-far")[0]["Stability"] == told


@pytest.mark.parametrize(
    ("options", "seconds"), [(Options(), 4 * 3600), (Options(call_limit=60), 60)]
)
def test_a_call_is_over_at_its_limit(options: Options, seconds: int) -> None:
    """A talk that never ends is ended with the call: its leg is completed, a queue is left."""
    dialling = f'<Dial timeLimit="99999"><Number statusCallback="/leg">{NURSE}</Number></Dial>'
    app, call = dial(dialling, options)
    call.answer()
    call.wait(seconds - 10)
    assert call.ended == ""
    call.wait(10)
    assert call.ended == f"the call lasted {seconds / 60:g} minutes"
    assert app.asked("leg")[0]["CallStatus"] == "completed"
    app, call = dial('<Enqueue action="next">support</Enqueue>', options)
    call.wait(seconds + 1)
    assert app.asked("next")[0]["QueueResult"] == "hangup"
    assert call.phone.exchange.queues == {"support": []}
