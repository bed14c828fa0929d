"""A webhook's response, read as Twilio reads it: parsed, checked, or refused with its code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ivr.simulator.events import Warned
from ivr.simulator.schema import PHONE_NUMBER, violations
from ivr.spoken import seconds

SIZE_LIMIT = 64 * 1024
"""Bytes of TwiML that Twilio takes (error 11750)."""

TWIML_TYPES = frozenset(("text/xml", "application/xml", "text/html"))

SAY_LIMITS = (("Polly.", 3000), ("Google.", 5000), ("", 4096))
"""Characters that one `<Say>` may have, by the beginning of its voice's name (13521)."""


BREATH = 0.35
"""Seconds of silence from which on what follows is shown on a line of its own."""


ONE_BY_ONE = frozenset(("digits", "characters", "spell-out", "telephone"))
"""What `say-as` is told so that each character is a word of its own."""


@dataclass(frozen=True)
class Document:
    """A TwiML document, and the URL it came from (against which its URLs resolve)."""

    url: str
    root: Element


class Refused(Exception):
    """A response that Twilio can't run; `warning` says why."""

    def __init__(self, warning: Warned) -> None:
        """Carry the warning."""
        self.warning = warning
        super().__init__(warning.message)


def read(url: str, content_type: str, body: bytes) -> tuple[Document, list[Warned]]:
    """The document in a response, and what Twilio's debugger would warn of.

    Raises Refused where Twilio would give up on the response.
    """
    if len(body) > SIZE_LIMIT:
        raise Refused(Warned(11750, "the TwiML is over 64 kB", "Send less in one response."))
    if content_type.split(";", maxsplit=1)[0].strip().lower() not in TWIML_TYPES:
        what = f"the content type is {content_type or 'missing'!r}"
        raise Refused(Warned(12300, what, "Send the TwiML as text/xml."))
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        what = f"the response is not well-formed XML ({error})"
        raise Refused(
            Warned(12100, what, "Escape & and <, and send nothing before <?xml.")
        ) from error
    return Document(url, root), list(warnings(root))


def warnings(root: Element) -> Iterator[Warned]:
    """What Twilio's debugger warns of while the call goes on."""
    for violation in violations(root):
        remedy = "Compare the element with Twilio's TwiML reference; names are case-sensitive."
        yield Warned(12200, violation, remedy)
    for say in root.iter("Say"):
        length = len("".join(say.itertext()))
        limit = next(size for name, size in SAY_LIMITS if say.get("voice", "").startswith(name))
        if length > limit:
            yield Warned(13521, f"a <Say> has {length:,} characters", f"Stay within {limit:,}.")


def spoken(say: Element) -> tuple[str, float]:
    """What a `<Say>` says, a line for each breath, and how many seconds that takes."""
    parts = list(_spoken_parts(say, 100))
    lines = "".join(text for text, _ in parts).splitlines()
    shown = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in shown if line), sum(length for _, length in parts)


def _spoken_parts(element: Element, pace: int) -> Iterator[tuple[str, float]]:
    """What is to be shown and the seconds it takes, in the order of the document."""
    if element.tag == "break":
        length = _break_seconds(element)
        yield "\n" if length >= BREATH else " ", length
    rate = element.get("rate", "")
    if element.tag == "prosody" and rate.endswith("%") and rate[:-1].isdecimal():
        pace = max(int(rate[:-1]), 1)
    text = element.text or ""
    apart = " ".join(text) if element.get("interpret-as") in ONE_BY_ONE else text
    yield text, seconds(apart, pace)
    for child in element:
        yield from _spoken_parts(child, pace)
        tail = child.tail or ""
        yield tail, seconds(tail, pace)


def _break_seconds(element: Element) -> float:
    time = element.get("time", "")
    if time.endswith("ms"):
        return float(time.removesuffix("ms")) / 1000
    return float(time.removesuffix("s")) if time else 0.5


def numbers(dial: Element) -> list[str]:
    """The phone numbers that a `<Dial>` rings, as they stand in it."""
    nested = [(number.text or "").strip() for number in dial.iter("Number")]
    own = (dial.text or "").strip()
    return nested or ([own] if PHONE_NUMBER.fullmatch(own) else [])
