"""Renders a turn as TwiML, the XML that tells Twilio what to do.

Each prompt is one `<Say>`; prompts that a key may interrupt stand inside the
`<Gather>`, the others before it. SSML carries what helps the ear: the pace, the
silence between lines, and half a second of silence after a key was pressed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, SsmlBreak, SsmlProsody, SsmlSayAs, VoiceResponse

from ivr.call.engine import Dial, Listen, Position, Turn, Utterance
from ivr.call.lines import Directory
from ivr.call.prompts import GROUP_PAUSE, Digits, Part, Prompts, Text

ANSWER_SECONDS = 10
"""How long a caller may take to answer: the upper end of 8 to 10 s, for unwell callers."""

RING_SECONDS = 25
"""How long one number rings before the next is tried."""

AFTER_KEY = SsmlBreak(time="500ms")
"""Silence before the answer to a key, so that its tone does not cover the first word."""


def render(
    turn: Turn, prompts: Prompts, directory: Directory, base: str, caller_id: str | None = None
) -> bytes:
    """The TwiML document of a turn.

    `base` is the path before `/voice` in the line's public URL; `caller_id` the
    number to dial with, None for Twilio's default.
    """
    response = VoiceResponse()
    speaker = Speaker(prompts, directory)
    for utterance in turn.utterances:
        if utterance.in_full:
            response.append(speaker.say(utterance))
    match turn.then:
        case Listen():
            gather = _gather(turn.position, turn.then, prompts, base)
            for utterance in turn.utterances:
                if not utterance.in_full:
                    gather.append(speaker.say(utterance))
            response.append(gather)
        case Dial(number):
            dial = dial_verb(caller_id, action=answer_url(turn.position, base), method="POST")
            dial.number(number)
            response.append(dial)
        case _:
            response.hangup()
    return document(response)


def document(response: VoiceResponse) -> bytes:
    """The bytes of a TwiML response."""
    xml: str = response.to_xml()
    return xml.encode()


def answer_url(position: Position, base: str) -> str:
    """The path that takes the answer given at a position."""
    return f"{base}/voice/{position.language}/{position.node}/{position.attempt}"


def dial_verb(caller_id: str | None, **attributes: str | bool) -> DialVerb:
    """A `<Dial>` that rings as long as ours do."""
    return DialVerb(caller_id=caller_id, timeout=RING_SECONDS, **attributes)


def _gather(position: Position, listen: Listen, prompts: Prompts, base: str) -> Gather:
    return Gather(
        input="dtmf speech",
        action=answer_url(position, base),
        method="POST",
        action_on_empty_result=True,
        num_digits=1,
        finish_on_key="",  # so that # is a key like the others
        timeout=ANSWER_SECONDS,
        speech_timeout="auto",
        language=prompts.voice.language,
        hints=", ".join(prompts.vocabulary.hints(listen.options)),
    )


class Speaker:
    """Says prompts in one language's voice; the first a little later, clear of a key's tone."""

    def __init__(self, prompts: Prompts, directory: Directory) -> None:
        """Speak the words of `prompts`, with the numbers of `directory`."""
        self._prompts = prompts
        self._directory = directory
        self._lead: tuple[TwiML, ...] = (AFTER_KEY,)

    def say(self, utterance: Utterance) -> TwiML:
        """One prompt as a `<Say>`."""
        voice = self._prompts.voice
        parts = self._prompts.parts(utterance.prompt, self._directory, utterance.opening)
        say = VoiceResponse().say(voice=voice.name, language=voice.language)
        for lead in self._lead:
            say.append(lead)
        self._lead = ()
        prosody = SsmlProsody(None, rate=f"{voice.pace}%")
        for spoken in _spoken(parts, SsmlBreak(time=f"{voice.pause}ms")):
            prosody.append(spoken)
        say.append(prosody)
        return say


def _spoken(parts: Iterable[Part], pause: SsmlBreak) -> Iterator[TwiML | str]:
    """Text, digits and breaks, with neighbouring texts joined into one."""
    text = ""
    for part in parts:
        if isinstance(part, Text):
            text += part.text
            continue
        if text:
            yield text
        text = ""
        yield from _digit_by_digit(part) if isinstance(part, Digits) else [pause]
    if text:
        yield text


def _digit_by_digit(number: Digits) -> Iterator[TwiML]:
    """A number's groups, with a short silence between them.

    `digits` is spoken by neural voices; `characters` would change to another voice
    (Amazon Polly, "Controlling how special types of words are spoken").
    """
    for index, group in enumerate(number.groups):
        if index:
            yield SsmlBreak(time=f"{GROUP_PAUSE}ms")
        yield SsmlSayAs(group, interpret_as="digits")
