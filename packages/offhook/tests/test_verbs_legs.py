"""Number, Client and Sip: the dialled leg's whisper, tones, callbacks and machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from verbs_app import CALLER, LINE, NURSE, SECOND, App, codes, dial, of, phone, told

from offhook.events import Bridged, LegEnded, Played, Said
from offhook.needs import HangUp

COVERS: dict[str, str] = {
    "Number.url": "test_a_whisper_is_heard_by_the_dialled_party_alone",
    "Number.method": "test_a_whisper_is_requested_by_its_method",
    "Number.statusCallback": "test_by_default_only_the_end_of_a_leg_is_told",
    "Number.statusCallbackMethod": "test_a_callback_has_its_own_method",
    "Number.statusCallbackEvent": "test_each_wanted_event_of_a_leg_is_told_in_order",
    "Number.sendDigits": "test_tones_are_sent_when_the_leg_is_answered",
    "Number.machineDetection": "test_only_detection_tells_machines_from_persons",
    "Client.url": "test_a_whisper_is_heard_by_the_dialled_party_alone",
    "Client.method": "test_a_whisper_is_requested_by_its_method",
    "Client.statusCallback": "test_by_default_only_the_end_of_a_leg_is_told",
    "Client.statusCallbackMethod": "test_a_callback_has_its_own_method",
    "Client.statusCallbackEvent": "test_each_wanted_event_of_a_leg_is_told_in_order",
    "Identity": "test_a_client_is_dialled_by_its_name_or_identity",
    "Sip.url": "test_a_whisper_is_heard_by_the_dialled_party_alone",
    "Sip.method": "test_a_whisper_is_requested_by_its_method",
    "Sip.statusCallback": "test_by_default_only_the_end_of_a_leg_is_told",
    "Sip.statusCallbackMethod": "test_a_callback_has_its_own_method",
    "Sip.statusCallbackEvent": "test_each_wanted_event_of_a_leg_is_told_in_order",
}

NOUNS = pytest.mark.parametrize(
    ("noun", "to"),
    [
        ("<Number {}>" + NURSE + "</Number>", NURSE),
        ("<Client {}>anna</Client>", "client:anna"),
        ("<Sip {}>sip:anna@example.com</Sip>", "sip:anna@example.com"),
    ],
    ids=["Number", "Client", "Sip"],
)
ASKING = "<Gather numDigits='1' action='/accept'><Say>Press 1.</Say></Gather><Hangup/>"
WHISPERING = f'<Dial action="next"><Number url="/whisper">{NURSE}</Number></Dial>'


def dialling(noun: str, attributes: str) -> str:
    """A Dial of one noun with these attributes."""
    return f"<Dial>{noun.format(attributes)}</Dial>"


def status_of(app: App) -> str:
    """What the Dial's action was told."""
    return app.asked("next")[0]["DialCallStatus"]


@NOUNS
def test_a_whisper_is_heard_by_the_dialled_party_alone(noun: str, to: str) -> None:
    """Its url runs on the leg, which is a call of its own, before the two are bridged."""
    twiml = dialling(noun, 'url="/whisper"')
    app, call = dial(twiml, whisper="<Say>a caller</Say>")
    call.answer()
    call.expect_said("a caller", leg=to)
    assert [said.leg for said in of(call, Said)] == [to]
    asked = app.asked("whisper")[0]
    assert asked["ParentCallSid"] == call.call.sid != asked["CallSid"]
    assert told(asked, "Direction", "From", "To", "Caller", "Called", "CallStatus") == {
        "Direction": "outbound-dial",
        "From": CALLER,
        "To": to,
        "Caller": CALLER,
        "Called": to,
        "CallStatus": "in-progress",
    }
    assert of(call, Bridged) == [Bridged(to)]


@NOUNS
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_whisper_is_requested_by_its_method(noun: str, to: str, method: str) -> None:
    """The url of a noun is requested by the noun's method."""
    twiml = dialling(noun, f'url="/whisper" method="{method}"')
    app, call = dial(twiml)
    call.expect_ringing(to)
    call.answer()
    assert app.methods("whisper") == [method]


def test_a_whisper_that_is_accepted_bridges() -> None:
    """Where the leg's document ends the two talk, and its time counts as the leg's."""
    app, call = dial(WHISPERING, whisper=ASKING)
    call.answer(whisper="1")
    assert app.asked("accept")[0]["Digits"] == "1"
    assert app.asked("accept")[0]["CallSid"] == app.asked("whisper")[0]["CallSid"]
    call.end_talk(10)
    asked = app.asked("next")[0]
    assert asked["DialCallStatus"] == "completed"
    assert asked["DialCallSid"] == app.asked("whisper")[0]["CallSid"]
    assert asked["DialCallDuration"] == "11"  # 1.1 s of whisper, 0.2 s to the key, 10 s of talk


def test_a_whisper_that_is_declined_is_not_bridged() -> None:
    """A Hangup in the whisper ends the leg: it was answered, so it is completed, unbridged."""
    app, call = dial(WHISPERING, whisper=ASKING, accept="<Hangup/>")
    call.answer(whisper="2")
    assert status_of(app) == "completed"
    assert app.asked("next")[0]["DialBridged"] == "false"
    assert of(call, Bridged) == []
    assert of(call, LegEnded) == [LegEnded(NURSE, "declined")]


def test_silence_to_a_whisper_runs_on_to_its_hangup() -> None:
    """A whisper that nobody answers goes on behind its Gather."""
    app, call = dial(WHISPERING, whisper=ASKING)
    call.answer()
    call.wait(1.1 + 5)
    assert status_of(app) == "completed"
    assert app.asked("next")[0]["DialBridged"] == "false"
    assert "accept" not in app.paths


def test_a_party_that_hangs_up_during_the_whisper_is_not_bridged() -> None:
    """The leg is over, the call goes on."""
    app, call = dial(WHISPERING, whisper=ASKING)
    call.answer()
    call.call.deliver(HangUp(), NURSE)
    call.phone.pump()
    assert status_of(app) == "completed"
    assert app.asked("next")[0]["DialBridged"] == "false"
    assert call.ended == "the document ended"


def test_after_a_declined_whisper_the_next_number_rings() -> None:
    """In a sequential Dial a declined leg is followed by the next one."""
    numbers = f'<Number url="/whisper">{NURSE}</Number><Number>{SECOND}</Number>'
    _, call = dial(f'<Dial sequential="true">{numbers}</Dial>', whisper="<Hangup/>")
    call.answer()
    call.expect_ringing(SECOND)


@pytest.mark.parametrize("verb", [f"<Dial>{SECOND}</Dial>", "<Pause/>", "<Redirect>/x</Redirect>"])
def test_a_whisper_has_only_its_documented_verbs(verb: str) -> None:
    """Say, Play, Gather and Hangup; any other is warned of and passed over."""
    app, call = dial(WHISPERING, whisper=f"{verb}<Say>on</Say>")
    call.answer()
    call.expect_said("on", leg=NURSE)
    (warned,) = call.warnings
    assert warned.code == 12200
    assert "can't be run in a whisper" in warned.message
    assert "x" not in app.paths


def test_tones_are_sent_when_the_leg_is_answered() -> None:
    """The tones of sendDigits, an extension, come before the whisper and the talk."""
    number = f'<Number sendDigits="ww12" url="/whisper">{NURSE}</Number>'
    _, call = dial(f"<Dial>{number}</Dial>", whisper="<Say>a caller</Say>")
    call.answer()
    call.expect_said("a caller", leg=NURSE)
    heard = [event for event in call.events if isinstance(event, (Played, Said, Bridged))]
    assert heard[0] == Played("ww12", 1.4, NURSE)
    assert [type(event) for event in heard] == [Played, Said, Bridged]
    assert call.elapsed == pytest.approx(6 + 1.4 + 0.6)


@pytest.mark.parametrize(
    ("attribute", "of_a_machine", "of_a_person"),
    [
        ('machineDetection="Enable"', "machine_start", "human"),
        ('machineDetection="DetectMessageEnd"', "machine_end_beep", "human"),
        ("", None, None),
    ],
)
def test_only_detection_tells_machines_from_persons(
    attribute: str, of_a_machine: str | None, of_a_person: str | None
) -> None:
    """AnsweredBy is told to the whisper where machineDetection is asked for."""
    twiml = f'<Dial><Number url="/whisper" {attribute}>{NURSE}</Number></Dial>'
    app, call = dial(twiml)
    call.answer_by_machine()
    assert app.asked("whisper")[0].get("AnsweredBy") == of_a_machine
    app, call = dial(twiml)
    call.answer()
    assert app.asked("whisper")[0].get("AnsweredBy") == of_a_person


def test_a_voicemail_without_detection_is_an_answer_like_any_other() -> None:
    """A machine that picks up is bridged, and the leg is completed."""
    app, call = dial(f'<Dial action="next">{NURSE}</Dial>')
    call.answer_by_machine()
    assert of(call, Bridged) == [Bridged(NURSE)]
    call.end_talk(20)
    assert status_of(app) == "completed"


@NOUNS
def test_by_default_only_the_end_of_a_leg_is_told(noun: str, to: str) -> None:
    """The statusCallback is called once, for the final status, with the leg's own parameters."""
    app, call = dial(dialling(noun, 'statusCallback="/leg"'))
    call.answer()
    call.end_talk(42)
    (asked,) = app.asked("leg")
    assert asked["ParentCallSid"] == call.call.sid != asked["CallSid"]
    assert told(asked, "To", "CallStatus", "CallDuration", "SequenceNumber", "CallbackSource") == {
        "To": to,
        "CallStatus": "completed",
        "CallDuration": "42",
        "SequenceNumber": "0",
        "CallbackSource": "call-progress-events",
    }


@NOUNS
def test_a_callback_has_its_own_method(noun: str, to: str) -> None:
    """The statusCallback is requested by the noun's statusCallbackMethod."""
    leg = noun.format('statusCallback="/leg" statusCallbackMethod="GET" method="POST"')
    app, call = dial(f"<Dial>{leg}</Dial>")
    call.expect_ringing(to)
    call.be_busy()
    assert app.methods("leg") == ["GET"]
    assert app.asked("leg")[0]["CallStatus"] == "busy"


EVERY = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'


@NOUNS
def test_each_wanted_event_of_a_leg_is_told_in_order(noun: str, to: str) -> None:
    """Initiated, ringing, answered and completed are numbered from 0 and have their time."""
    app = App(first=dialling(noun, EVERY))
    call = phone(app).dial(LINE, at="2026-11-23T10:00-06:00")
    call.expect_ringing(to)
    call.answer()
    call.end_talk(42)
    asked = app.asked("leg")
    assert [each["CallStatus"] for each in asked] == [
        *("initiated", "ringing", "in-progress", "completed")
    ]
    assert [each["SequenceNumber"] for each in asked] == ["0", "1", "2", "3"]
    assert ["CallDuration" in each for each in asked] == [False, False, False, True]
    began = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert [parsedate_to_datetime(each["Timestamp"]) - began for each in asked] == [
        timedelta(seconds=seconds) for seconds in (0, 0, 6, 48)
    ]
    assert asked[0]["Timestamp"] == "Mon, 23 Nov 2026 16:00:00 +0000"


@pytest.mark.parametrize("wanted", ["ringing", "initiated answered", "answered completed"])
def test_events_that_are_not_wanted_are_not_told(wanted: str) -> None:
    """Only the events of statusCallbackEvent reach the callback."""
    words = {"answered": "in-progress"}
    number = f'<Number statusCallback="/leg" statusCallbackEvent="{wanted}">{NURSE}</Number>'
    app, call = dial(f"<Dial>{number}</Dial>")
    call.answer()
    call.end_talk(5)
    statuses = [each["CallStatus"] for each in app.asked("leg")]
    assert statuses == [words.get(event, event) for event in wanted.split()]


@pytest.mark.parametrize(
    ("how", "status"),
    [("be_busy", "busy"), ("be_unreachable", "failed"), ("ring_out", "no-answer")],
)
def test_completed_is_told_for_every_final_status(how: str, status: str) -> None:
    """The event `completed` brings the status that the leg ended with."""
    app, call = dial(f'<Dial><Number statusCallback="/leg">{NURSE}</Number></Dial>')
    getattr(call, how)()
    assert [each["CallStatus"] for each in app.asked("leg")] == [status]


def test_a_canceled_leg_is_told_too() -> None:
    """The legs that lose against the first answer are told as canceled."""
    numbers = "".join(f'<Number statusCallback="/leg">{each}</Number>' for each in (NURSE, SECOND))
    app, call = dial(f"<Dial>{numbers}</Dial>")
    call.answer()
    call.end_talk(5)
    assert [told(each, "To", "CallStatus") for each in app.asked("leg")] == [
        {"To": SECOND, "CallStatus": "canceled"},
        {"To": NURSE, "CallStatus": "completed"},
    ]


def test_a_client_is_dialled_by_its_name_or_identity() -> None:
    """A Client's name is its text or its Identity; its Parameters go to the client alone."""
    _, call = dial("<Dial><Client>anna</Client></Dial>")
    assert call.numbers_dialled == ["client:anna"]
    parameter = '<Parameter name="why" value="back pain"/>'
    _, call = dial(f"<Dial><Client><Identity>anna</Identity>{parameter}</Client></Dial>")
    assert call.numbers_dialled == ["client:anna"]
    assert codes(call) == []
