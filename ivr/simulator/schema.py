"""The TwiML verbs and attributes that Twilio documents, as far as calls here use them.

Source: Twilio's TwiML Voice reference (Say, Play, Pause, Gather, Dial, Number,
Redirect, Hangup, Reject) and its list of SSML tags for `<Say>`. Names are
case-sensitive. Anything else is what Twilio's debugger warns about as 12200.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element


def one_of(*values: str) -> re.Pattern[str]:
    """A pattern for a fixed set of values."""
    return re.compile("|".join(map(re.escape, values)))


ANYTHING = re.compile(r"[\s\S]*")
URL = re.compile(r"\S*")
METHOD = one_of("GET", "POST")
BOOLEAN = one_of("true", "false")
COUNT = re.compile(r"\d+")
DURATION = re.compile(r"\d+(\.\d+)?(ms|s)")
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]+)*")
PHONE_NUMBER = re.compile(r"\+?[\d\s().-]+")

SSML = frozenset(
    ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")
)


@dataclass(frozen=True)
class Verb:
    """What an element may have: attributes (with their values' pattern), children, text."""

    attributes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: bool = False


VERBS: Mapping[str, Verb] = {
    "Response": Verb(
        children=frozenset(
            ("Say", "Play", "Pause", "Gather", "Dial", "Redirect", "Hangup", "Reject")
        )
    ),
    "Say": Verb(
        {"voice": ANYTHING, "language": LANGUAGE, "loop": COUNT},
        SSML,
        text=True,
    ),
    "Play": Verb({"loop": COUNT, "digits": re.compile(r"[0-9A-D#*wW]+")}, text=True),
    "Pause": Verb({"length": COUNT}),
    "Hangup": Verb(),
    "Reject": Verb({"reason": one_of("rejected", "busy")}),
    "Redirect": Verb({"method": METHOD}, text=True),
    "Gather": Verb(
        {
            "input": one_of("dtmf", "speech", "dtmf speech", "speech dtmf"),
            "action": URL,
            "method": METHOD,
            "timeout": re.compile(r"\d+|auto"),
            "finishOnKey": re.compile(r"[0-9#*]*"),
            "numDigits": COUNT,
            "actionOnEmptyResult": BOOLEAN,
            "language": LANGUAGE,
            "speechTimeout": re.compile(r"\d+|auto"),
            "speechModel": ANYTHING,
            "enhanced": BOOLEAN,
            "hints": ANYTHING,
            "profanityFilter": BOOLEAN,
            "bargeIn": BOOLEAN,
            "partialResultCallback": URL,
            "partialResultCallbackMethod": METHOD,
        },
        frozenset(("Say", "Play", "Pause")),
    ),
    "Dial": Verb(
        {
            "action": URL,
            "method": METHOD,
            "timeout": COUNT,
            "timeLimit": COUNT,
            "hangupOnStar": BOOLEAN,
            "callerId": ANYTHING,
            "answerOnBridge": BOOLEAN,
            "sequential": BOOLEAN,
            "ringTone": ANYTHING,
        },
        frozenset(("Number",)),
        text=True,
    ),
    "Number": Verb(
        {
            "sendDigits": re.compile(r"[0-9#*wW]*"),
            "url": URL,
            "method": METHOD,
            "statusCallback": URL,
            "statusCallbackEvent": ANYTHING,
            "statusCallbackMethod": METHOD,
            "machineDetection": one_of("Enable", "DetectMessageEnd"),
        },
        text=True,
    ),
    "break": Verb(
        {
            "strength": one_of("none", "x-weak", "weak", "medium", "strong", "x-strong"),
            "time": DURATION,
        }
    ),
    "emphasis": Verb({"level": one_of("strong", "moderate", "reduced")}, SSML, text=True),
    "lang": Verb({"{http://www.w3.org/XML/1998/namespace}lang": LANGUAGE}, SSML, text=True),
    "p": Verb(children=SSML, text=True),
    "phoneme": Verb({"alphabet": ANYTHING, "ph": ANYTHING}, text=True),
    "prosody": Verb({"volume": ANYTHING, "rate": ANYTHING, "pitch": ANYTHING}, SSML, text=True),
    "s": Verb(children=SSML, text=True),
    "say-as": Verb({"interpret-as": ANYTHING, "format": ANYTHING}, text=True),
    "sub": Verb({"alias": ANYTHING}, text=True),
    "w": Verb({"role": ANYTHING}, text=True),
}


def violations(root: Element) -> Iterator[str]:
    """What in a document Twilio's schema does not know, each in one sentence."""
    if root.tag != "Response":
        yield f"the document is a <{root.tag}>, not a <Response>"
        return
    yield from _within(root)


def _within(element: Element) -> Iterator[str]:
    verb = VERBS[element.tag]
    for name, value in element.attrib.items():
        pattern = verb.attributes.get(name)
        if pattern is None:
            yield f"<{element.tag}> has no attribute {name}"
        elif not pattern.fullmatch(value):
            yield f"<{element.tag} {name}> can't be {value!r}"
    if not verb.text and any(text.strip() for text in _own_text(element)):
        yield f"<{element.tag}> can't have text"
    for child in element:
        if child.tag in verb.children:
            yield from _within(child)
        else:
            yield f"<{child.tag}> can't stand in <{element.tag}>"


def _own_text(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""
