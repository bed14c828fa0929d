"""Whether the fallback that is hosted elsewhere still dials, and names, today's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

import requests

from ivr.config import VoiceLine
from ivr.twilio.fallback import safe_exit

LONGEST = 64 * 1024
"""Bytes that Twilio reads of a document."""

SECONDS = 15
"""In which it has to be there. Source: Twilio's limit of a webhook."""


class Unreadable(Exception):
    """The hosted document can't be had, or is none; the text says why."""


@dataclass(frozen=True)
class Dialled:
    """What a document does for a caller: the numbers that it dials, and those that it says."""

    numbers: tuple[str, ...]
    caller_id: str | None
    named: tuple[str, ...]


def differences(line: VoiceLine, hosted: bytes, caller_id: str | None = None) -> Iterator[str]:
    """What a caller would get from the hosted document that the line of today does not say.

    `caller_id` is the number that the fallback is for, by default the hosted document's own.
    Raises Unreadable.
    """
    there = _dialled(hosted)
    wanted = caller_id or there.caller_id
    prompts = line.prompts[line.directory.language]
    today = _dialled(safe_exit(prompts, line.directory, wanted, called=wanted or ""))
    for what, found, right in (
        ("dials", ", ".join(there.numbers), ", ".join(today.numbers)),
        ("dials as", there.caller_id or "the caller", today.caller_id or "the caller"),
        ("reads out", ", ".join(there.named), ", ".join(today.named)),
    ):
        if found != right:
            yield f"it {what} {found or 'nothing'}; today's {what} {right}"


def fetched(place: str) -> bytes:
    """The document at a URL or in a file. Raises Unreadable."""
    try:
        if "://" not in place:
            return _bounded(Path(place).read_bytes())
        with requests.get(place, timeout=SECONDS, stream=True) as answer:
            answer.raise_for_status()
            return _bounded(answer.raw.read(LONGEST + 1, decode_content=True))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{place}: can't be read ({type(error).__name__})") from error


def _bounded(content: bytes) -> bytes:
    if len(content) > LONGEST:
        raise Unreadable("it is longer than the 64 kB that Twilio reads")
    return content


def _dialled(document: bytes) -> Dialled:
    if b"<!" in document:
        raise Unreadable("it has a document type or a comment; host what `ivr fallback` prints")
    try:
        root: Element = fromstring(document)  # noqa: S314 - it is short and declares nothing
    except (ParseError, LookupError, ValueError) as error:
        raise Unreadable(f"it is no XML: {error}") from error
    dials = list(root.iter("Dial"))
    if root.tag != "Response" or not dials:
        raise Unreadable("it is no TwiML that dials; host what `ivr fallback` prints")
    numbers = tuple((number.text or "").strip() for number in root.iter("Number"))
    said = "".join("".join(say.itertext()) for say in root.iter("Say"))
    return Dialled(
        numbers, dials[0].get("callerId"), tuple(dict.fromkeys(re.findall(r"\d+", said)))
    )
