"""Renders a turn as TwiML, the XML that tells Twilio what to do.

Each prompt is one `<Say>`; prompts that a key may interrupt stand inside a `<Gather>`,
the others before it. A question has one of its own, by key alone: what is pressed there
comes too soon to be an answer, and is told apart by its path. SSML carries what helps
the ear: the pace, the silence between lines, and half a second of silence after a key was
pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, SsmlBreak, SsmlProsody, SsmlSayAs, VoiceResponse

from ivr.call.engine import Dial, HangUp, Listen, Position, Turn, Utterance
from ivr.call.flow import CALL_A_TTY
from ivr.call.lines import Directory
from ivr.call.on_tty import GO_AHEAD
from ivr.call.prompts import GROUP_PAUSE, Digits, Part, Prompts, Text

ANSWER_SECONDS = 10
"""How long a caller may take to answer: the upper end of 8 to 10 s, for unwell callers."""

RING_SECONDS = 25
"""How long one number rings before the next is tried."""

RESPONSE = b"<Response>"
"""What a document of verbs begins with."""

EARLY = "early"
"""Ends the path that takes a key pressed before the question was said to its end."""

AFTER_KEY = SsmlBreak(time="500ms")
"""Silence before the answer to a key, so that its tone does not cover the first word."""


class Says(Protocol):
    """What renders prompts for one document."""

    def say(self, utterance: Utterance, end: str = "") -> Iterator[TwiML]:
        """One prompt; `end` is what a TTY reads behind it."""


@dataclass(frozen=True)
class TurnStyle:
    """How the turns of one language are rendered.

    `path` is that of the webhooks that take the answers, `accept` that of the words for
    who picks up a dialled leg, both without a slash at their end;
    `says` makes what renders the prompts of a document; a prompt before an answer ends
    in `go_ahead`, the last of a call in `closing`.
    """

    path: str
    prompts: Prompts
    says: Callable[[], Says]
    answer_seconds: int = ANSWER_SECONDS
    go_ahead: str = ""
    closing: str = ""
    accept: str = ""


def render(
    turn: Turn,
    style: TurnStyle,
    caller_id: str | None = None,
    *,
    silent: bool = False,
) -> bytes:
    """The TwiML document of a turn.

    `caller_id` is the number to dial with, None for Twilio's default; a `silent` one only
    does what follows the words. Raises ValueError on a turn that another medium takes.
    """
    response = VoiceResponse()
    says = style.says()
    words = () if silent else turn.utterances
    end = style.closing if isinstance(turn.then, HangUp) else ""
    for early, said in groupby(words, lambda each: each.early):
        if early is not None:
            gather = _early(early, style)
            add(gather, said, says)
            response.append(gather)
        else:
            add(response, (each for each in said if each.in_full), says, end)
    match turn.then:
        case Listen():
            gather = _gather(turn.position, turn.then, style)
            keys = (each for each in words if not (each.in_full or each.early))
            add(gather, keys, says, style.go_ahead)
            response.append(gather)
        case Dial(number, accept):
            dial = dial_verb(caller_id, action=answer_url(turn.position, style), method="POST")
            whisper = {"url": f"{style.accept}/{turn.position.language}"} if accept else {}
            dial.number(number, **whisper)
            response.append(dial)
        case HangUp():
            response.hangup()
        case _:
            raise ValueError("another medium takes this turn")
    return document(response)


def add(parent: TwiML, utterances: Iterable[Utterance], says: Says, end: str = "") -> None:
    """Put prompts into a verb; `end` behind the last."""
    words = [*utterances]
    for utterance in words[:-1]:
        append(parent, says.say(utterance))
    for utterance in words[-1:]:
        append(parent, says.say(utterance, end))


def append(parent: TwiML, verbs: Iterable[TwiML]) -> None:
    """Put verbs into a verb."""
    for verb in verbs:
        parent.append(verb)


def document(response: VoiceResponse) -> bytes:
    """The bytes of a TwiML response."""
    xml: str = response.to_xml()
    return xml.encode()


def rendered(verbs: Iterable[TwiML]) -> bytes:
    """Verbs alone, as they stand in a document."""
    return "".join(verb.to_xml(xml_declaration=False) for verb in verbs).encode()


def begun_with(first: bytes, document: bytes) -> bytes:
    """A document that begins with these verbs."""
    return document.replace(RESPONSE, RESPONSE + first, 1) if first else document


def answer_url(position: Position, style: TurnStyle) -> str:
    """The path that takes the answer given at a position."""
    return f"{style.path}/{position.language}/{position.node}/{position.attempt}"


def dial_verb(caller_id: str | None, **attributes: str | bool) -> DialVerb:
    """A `<Dial>` that rings as long as ours do."""
    return DialVerb(caller_id=caller_id, timeout=RING_SECONDS, **attributes)


def _gather(position: Position, listen: Listen, style: TurnStyle) -> Gather:
    return Gather(
        input="dtmf speech",
        action=answer_url(position, style),
        method="POST",
        action_on_empty_result=True,
        num_digits=1,
        finish_on_key="",  # so that # is a key like the others
        timeout=style.answer_seconds,
        speech_timeout="auto",
        language=style.prompts.voice.language,
        hints=", ".join(style.prompts.vocabulary.hints(listen.options)),
    )


def _early(position: Position, style: TurnStyle) -> Gather:
    """Gathers what is pressed before an answer can count. 1 s is Twilio's least timeout."""
    return Gather(
        input="dtmf",
        action=f"{answer_url(position, style)}/{EARLY}",
        method="POST",
        num_digits=1,
        finish_on_key="",
        timeout=1,
    )


class Speaker:
    """Says prompts in one language's voice; the first a little later, clear of a key's tone.

    What only a TTY can read is played by `player`, and left out where there is none.
    """

    def __init__(self, prompts: Prompts, directory: Directory, player: Says | None = None) -> None:
        """Speak the words of `prompts`, with the numbers of `directory`."""
        self._prompts = prompts
        self._directory = directory
        self._player = player
        self._lead: tuple[TwiML, ...] = (AFTER_KEY,)

    def say(self, utterance: Utterance, end: str = "") -> Iterator[TwiML]:
        """One prompt as a `<Say>`; `end` is for a TTY alone."""
        del end
        if utterance.prompt == CALL_A_TTY:
            yield from self._player.say(utterance, GO_AHEAD) if self._player else ()
            return
        voice = self._prompts.voice
        parts = self._prompts.parts(utterance.prompt, self._directory, utterance.opening)
        say = VoiceResponse().say(voice=voice.name, language=voice.language)
        for lead in self._lead:
            say.append(lead)
        self._lead = ()
        prosody = SsmlProsody(None, rate=f"{self._prompts.pace(utterance.prompt)}%")
        for spoken in _spoken(parts, SsmlBreak(time=f"{voice.pause}ms")):
            prosody.append(spoken)
        say.append(prosody)
        yield say


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
