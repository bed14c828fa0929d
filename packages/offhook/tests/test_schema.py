"""The simulator's TwiML schema, against Twilio's own SDK and what misspellings there are."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from twilio.twiml import TwiML, voice_response
from twilio.twiml.voice_response import VoiceResponse

from offhook.interpreter.document import parse
from offhook.interpreter.schema import VERBS, violations
from offhook.interpreter.schema.ssml import XML_LANG

NOT_NESTED = {
    ("Response", "Queue"): "the SDK offers it; Twilio documents <Queue> in <Dial> alone",
    ("Response", "Prompt"): "the SDK offers it; Twilio documents <Prompt> in <Pay> alone",
}
DOCUMENTED_ATTRIBUTES = {
    ("Dial", "callReason"): "in Twilio's reference, not in the SDK",
    ("Client", "clientNotificationUrl"): "in Twilio's reference, not in the SDK",
    ("Recording", "name"): "in Twilio's reference, by which <Stop> names it",
}
DOCUMENTED_CHILDREN = {
    ("Stop", "Recording"): "in Twilio's reference, not in the SDK",
}


@dataclass(frozen=True)
class Nested:
    """An element that the SDK nests in another, with all that it can emit for it."""

    parent: str
    tag: str
    attributes: frozenset[str]
    text: bool


def arguments(function: Any) -> dict[str, str]:  # noqa: ANN401 - the SDK has no types
    """A value for every named argument of a function."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(function).parameters.values()
    return {one.name: "x" for one in parameters if one.kind in kinds and one.name != "self"}


def nested_by_the_sdk() -> Iterator[Nested]:
    """Every element that a method of the SDK's voice classes nests, every argument given."""
    for _, cls in inspect.getmembers(voice_response, inspect.isclass):
        methods = [name for name in vars(cls) if not name.startswith("_")]
        if not issubclass(cls, TwiML) or cls is TwiML:
            continue
        for method in methods:
            parent: Any = cls(**arguments(cls.__init__))
            child = getattr(parent, method)(**arguments(vars(cls)[method]))
            names = {XML_LANG if name == "xml:lang" else name for name in child.attrs}
            yield Nested(parent.name, child.name, frozenset(names), child.value is not None)


SDK = frozenset(nested_by_the_sdk())


def sentences(document: str) -> list[str]:
    return [sentence for _, sentence in violations(parse(document.encode()))]


def test_the_sdk_was_read() -> None:
    """The comparison has the SDK's whole vocabulary, so that it can't pass by being empty."""
    assert len(SDK) > 100
    assert {"Response", *(one.tag for one in SDK)} == set(VERBS)


@pytest.mark.parametrize("one", sorted(SDK, key=str), ids=lambda one: f"{one.parent}-{one.tag}")
def test_what_the_sdk_can_emit_is_known(one: Nested) -> None:
    """Every attribute, text and nesting that Twilio's SDK can emit is in the schema."""
    assert one.attributes <= set(VERBS[one.tag].attributes)
    assert VERBS[one.tag].text or not one.text
    known = one.tag in VERBS[one.parent].children
    assert known != ((one.parent, one.tag) in NOT_NESTED)


@pytest.mark.parametrize("tag", sorted(VERBS))
def test_what_is_known_is_twilios(tag: str) -> None:
    """The schema has no attribute and no nesting that neither the SDK nor the reference has."""
    in_sdk = {name for one in SDK if one.tag == tag for name in one.attributes}
    documented = {name for verb, name in DOCUMENTED_ATTRIBUTES if verb == tag}
    assert set(VERBS[tag].attributes) == in_sdk | documented
    assert not in_sdk & documented
    nested = {one.tag for one in SDK if one.parent == tag}
    refused = {child for verb, child in NOT_NESTED if verb == tag}
    also = {child for verb, child in DOCUMENTED_CHILDREN if verb == tag}
    assert VERBS[tag].children == (nested - refused) | also


@pytest.mark.parametrize("tag", sorted(VERBS))
def test_a_default_is_a_value(tag: str) -> None:
    """Every documented default is among the attribute's own values."""
    for name, attribute in VERBS[tag].attributes.items():
        assert not attribute.default or attribute.values.fullmatch(attribute.default), name


@pytest.mark.parametrize("tag", sorted(tag for tag, verb in VERBS.items() if not verb.run))
def test_what_is_not_run_says_why(tag: str) -> None:
    """A verb that is not run has a note, and no attribute that is acted on."""
    assert VERBS[tag].note
    assert not any(attribute.run for attribute in VERBS[tag].attributes.values())


def a_menu() -> VoiceResponse:
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf speech",
        action="/next?step=1",
        method="POST",
        timeout=5,
        finish_on_key="",
        num_digits=1,
        speech_timeout="auto",
        hints="yes, no, not sure, $OOV_CLASS_DIGIT_SEQUENCE",
        action_on_empty_result=True,
        barge_in=True,
        language="en-US",
    )
    say = gather.say("Press", voice="Polly.Joanna-Neural", language="en-US", loop=2)
    say.break_(strength="x-weak", time="300ms")
    say.say_as("911", interpret_as="digits")
    prosody = say.prosody("slowly", rate="85%", volume="+6dB", pitch="-10%")
    prosody.lang("oui", xml_lang="fr-FR")
    prosody.s("One.").emphasis("two", level="strong")
    say.phoneme("pecan", alphabet="ipa", ph="p\u026a\u02c8k\u0251n")
    gather.play("https://example.org/menu.mp3", loop=0)
    gather.play(digits="1wW#*D")
    gather.pause(length=2)
    response.redirect("/again", method="GET")
    return response


def a_transfer() -> VoiceResponse:
    response = VoiceResponse()
    dial = response.dial(
        action="/after",
        timeout=25,
        time_limit=3600,
        hangup_on_star=True,
        caller_id="+16125550123",
        answer_on_bridge=True,
        ring_tone="us-old",
        record="record-from-answer-dual",
        trim="do-not-trim",
        recording_status_callback_event="in-progress completed",
        sequential=True,
    )
    dial.number(
        "+16125550124",
        url="/whisper",
        send_digits="ww12#",
        status_callback="/status",
        status_callback_event="initiated ringing answered completed",
        machine_detection="DetectMessageEnd",
        machine_detection_timeout=30,
        machine_detection_speech_threshold=2400,
        machine_detection_speech_end_threshold=1200,
        machine_detection_silence_timeout=5000,
    )
    client = dial.client(url="/whisper")
    client.identity("nurse")
    client.parameter(name="line", value="back pain")
    dial.sip("sip:nurse@example.org", username="line", password="secret")
    dial.queue("nurses", url="/about-to-connect")
    dial.conference(
        "room",
        beep="onEnter",
        muted=False,
        start_conference_on_enter=True,
        end_conference_on_exit=False,
        wait_url="",
        max_participants=250,
        record="record-from-start",
        region="us1",
        status_callback_event="start end join leave speaker",
    )
    refer = response.refer(action="/referred")
    refer.sip("sip:desk@example.org")
    return response


def a_voicemail() -> VoiceResponse:
    response = VoiceResponse()
    response.record(
        action="/recorded",
        timeout=0,
        finish_on_key="1234567890*#",
        max_length=86400,
        play_beep=False,
        trim="trim-silence",
        transcribe=True,
        transcribe_callback="/text",
        recording_status_callback="/status",
        recording_status_callback_event="completed absent",
    )
    response.sms("Thank you.", to="+16125550123", from_="+19525550100", status_callback="/sent")
    enqueue = response.enqueue("nurses", action="/left", wait_url="wait", wait_url_method="GET")
    enqueue.task('{"language": "en"}', priority=5, timeout=30)
    stream = {"url": "wss://example.org/audio", "track": "inbound_track"}
    response.start().stream(name="one", status_callback="/stream", **stream)
    response.stop().stream(name="one")
    response.connect(action="/done").stream(**stream).parameter(name="language", value="en")
    response.leave()
    response.reject(reason="busy")
    response.hangup()
    return response


@pytest.mark.parametrize("document", [a_menu(), a_transfer(), a_voicemail()])
def test_what_the_sdk_writes_has_no_violation(document: VoiceResponse) -> None:
    """Documents of the SDK with usual values are Twilio's, and run."""
    assert sentences(str(document)) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('<Say Voice="man">x</Say>', "<Say> has no attribute Voice; did you mean voice?"),
        ("<say>x</say>", "<say> can't stand in <Response>; did you mean <Say>?"),
        ("<Paly>x</Paly>", "<Paly> can't stand in <Response>; did you mean <Play>?"),
        (
            '<Gather num_digits="1"/>',
            "<Gather> has no attribute num_digits; did you mean numDigits?",
        ),
        (
            "<Dial><Numbr>1</Numbr></Dial>",
            "<Numbr> can't stand in <Dial>; did you mean <Number>?",
        ),
        (
            '<Say><lang lang="fr-FR">oui</lang></Say>',
            "<lang> has no attribute lang; did you mean xml:lang?",
        ),
        ("<Gather><Dial>1</Dial></Gather>", "<Dial> can't stand in <Gather>"),
        ("<Frobnicate/>", "<Frobnicate> can't stand in <Response>"),
        ('<Say colour="red">x</Say>', "<Say> has no attribute colour"),
    ],
)
def test_a_misspelling_is_named_with_what_was_meant(content: str, sentence: str) -> None:
    """An unknown name is told, with the known one that differs by case or a letter or two."""
    assert sentences(f"<Response>{content}</Response>") == [sentence]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('<Gather numDigits="one"/>', "<Gather numDigits> can't be 'one'"),
        ('<Gather numDigits="\u0663"/>', "<Gather numDigits> can't be '\u0663'"),
        ("<Gather input=\"['dtmf']\"/>", "<Gather input> can't be \"['dtmf']\""),
        ('<Gather finishOnKey="*#"/>', "<Gather finishOnKey> can't be '*#'"),
        ('<Dial hangupOnStar="True">1</Dial>', "<Dial hangupOnStar> can't be 'True'"),
        ("<Pause>now</Pause>", "<Pause> can't have text"),
        ("<Pause/>now", "<Response> can't have text"),
        ("<Pay/>", "<Pay> is not run by this simulator"),
        ("<Pay><Prompt><Say>x</Say></Prompt></Pay>", "<Pay> is not run by this simulator"),
        ("<Start><Siprec/></Start>", "<Siprec> is not run by this simulator"),
        (
            f'<Reject reason="{"no" * 30}"/>',
            f"<Reject reason> can't be '{('no' * 30)[:39]}…'",
        ),
    ],
)
def test_what_differs_from_the_schema_is_one_sentence(content: str, sentence: str) -> None:
    """Values, text and verbs that are not run are told once, long values shortened."""
    assert sentences(f"<Response>{content}</Response>") == [sentence]


def test_a_violation_has_its_element() -> None:
    """Violations come in the order of the document, each with the element concerned."""
    root = parse(b'<Response><Say a="1">x</Say><Nothing/><Gather><Dial/></Gather></Response>')
    say, nothing, gather = root
    assert [element for element, _ in violations(root)] == [say, nothing, gather[0]]


def test_another_root_than_response_is_named() -> None:
    """A document has to be a <Response>."""
    assert sentences("<html/>") == ["the document is a <html>, not a <Response>"]


@pytest.mark.parametrize(
    ("hints", "good"),
    [
        ("", True),
        ("yes, no", True),
        (",".join(["x" * 100] * 500), True),
        (", ".join(["x" * 100] * 500), True),
        (",".join(["x"] * 501), False),
        ("yes," + "x" * 101, False),
    ],
)
def test_hints_have_their_limits(hints: str, good: bool) -> None:  # noqa: FBT001 - a table's column
    """A Gather takes 500 hints of 100 characters."""
    assert bool(VERBS["Gather"].attributes["hints"].values.fullmatch(hints)) == good


@pytest.mark.parametrize(
    ("tag", "name", "lowest", "highest"),
    [
        ("Dial", "timeout", 5, 600),
        ("Record", "maxLength", 2, 86_400),
        ("Conference", "maxParticipants", 1, 250),
        ("Pay", "maxAttempts", 1, 3),
        ("Number", "machineDetectionTimeout", 3, 60),
        ("Number", "machineDetectionSpeechThreshold", 1000, 6000),
        ("Number", "machineDetectionSpeechEndThreshold", 500, 5000),
        ("Number", "machineDetectionSilenceTimeout", 2000, 10_000),
    ],
)
def test_a_range_is_the_documented_one(tag: str, name: str, lowest: int, highest: int) -> None:
    """A number is taken from the lowest to the highest value that Twilio documents, no further."""
    values = VERBS[tag].attributes[name].values
    taken = [number for number in range(2 * highest) if values.fullmatch(str(number))]
    assert taken == list(range(lowest, highest + 1))


def test_a_deep_document_is_judged() -> None:
    """A document of a thousand levels is walked without Python's own stack."""
    innermost = '<prosody rate="fats">x</prosody>'
    deep = "<prosody>" * 1000 + innermost + "</prosody>" * 1000
    root = fromstring(f"<Response><Say>{deep}</Say></Response>")
    assert [sentence for _, sentence in violations(root)] == ["<prosody rate> can't be 'fats'"]


def test_a_wide_document_is_walked_once() -> None:
    """Every element is judged once, whatever stands beside it."""
    root = Element("Response")
    root.extend(Element("Hangup", {"now": "1"}) for _ in range(1000))
    assert [element for element, _ in violations(root)] == list(root)
