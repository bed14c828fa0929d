"""A webhook's response, read as Twilio reads it: parsed, checked, or refused with its code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.parsers import expat

from offhook.events import Warned
from offhook.interpreter.schema import violations
from offhook.needs import Response

SIZE_LIMIT = 64 * 1024
"""Bytes of TwiML that Twilio takes (error 11750)."""

DEPTH_LIMIT = 100
"""Elements inside one another that are read here; no verb nests more than a few deep."""

TWIML_TYPES = frozenset(("text/xml", "application/xml", "text/html"))

WEB_PAGE = re.compile(rb"\s*(<\?xml[^>]*\?>\s*)?<(!doctype\s+)?html\b", re.IGNORECASE)
"""How a web page begins; it need not be well-formed."""

SAY_LIMITS = (("Polly.", 3000), ("Google.", 5000), ("", 4096))
"""Characters that one `<Say>` may have, by the beginning of its voice's name (13521)."""


class LocatedElement(Element):
    """An element that knows the line it stands on, counted from 1; 0 if it is made here."""

    line = 0


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


class _Unacceptable(Exception):
    """The document has what no TwiML has; the text says what."""


class _Builder:
    """Builds placed elements; stops at a document type, without which there are no entities."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._open: list[LocatedElement] = []
        self._last: LocatedElement | None = (
            None  # the one that has just ended: text behind it is its tail
        )
        self._root = LocatedElement("")

    def build(self, body: bytes) -> Element:
        """The root element. Raises ExpatError, _Unacceptable or ValueError."""
        self._parser.Parse(body, True)  # noqa: FBT003 - expat's "this is all"
        return self._root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = LocatedElement(tag, attributes)
        element.line = self._parser.CurrentLineNumber
        if self._open:
            self._open[-1].append(element)
        else:
            self._root = element
        if len(self._open) == DEPTH_LIMIT:
            raise _Unacceptable(f"nests more than {DEPTH_LIMIT} elements")
        self._open.append(element)
        self._last = None

    def _end(self, _tag: str) -> None:
        self._last = self._open.pop()

    def _text(self, text: str) -> None:
        if self._last is None:
            element = self._open[-1]
            element.text = (element.text or "") + text
        else:
            self._last.tail = (self._last.tail or "") + text

    def _doctype(self, *_: object) -> None:
        raise _Unacceptable("has a document type, which could define entities")


def place(element: Element) -> str:
    """Where an element stands, to be shown with a warning."""
    line = getattr(element, "line", 0)
    return f"line {line}, <{element.tag}>" if line else f"<{element.tag}>"


def parse(body: bytes) -> Element:
    """The root element of a document. Raises Refused with 12100 if it is not well-formed."""
    try:
        return _Builder().build(body)
    except expat.ExpatError as error:
        what = f"the response is not well-formed XML ({expat.ErrorString(error.code)})"
        where = f"line {error.lineno}, column {error.offset + 1}"
        raise Refused(_malformed(what, where)) from error
    except _Unacceptable as error:
        raise Refused(_malformed(f"the response {error}")) from error
    except (ValueError, LookupError) as error:
        raise Refused(_malformed(f"the response is not well-formed XML ({error})")) from error


def _malformed(what: str, where: str = "") -> Warned:
    return Warned(12100, what, "Escape & and <, and send nothing before <?xml.", where)


def read(response: Response) -> tuple[Document, list[Warned]]:
    """The document in a response, and what Twilio's debugger would warn of.

    Sound is played and plain words are spoken, as Twilio does. Raises Refused where
    Twilio would give up on the response.
    """
    kind = response.content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind.startswith("audio/"):
        return Document(response.url, _of_one("Play", response.url)), []
    if len(response.body) > SIZE_LIMIT:
        raise Refused(Warned(11750, "the TwiML is over 64 kB", "Send less in one response."))
    if kind == "text/plain":
        root = _plain(response.body)
        return Document(response.url, root), list(warnings(root))
    if kind not in TWIML_TYPES:
        what = f"the content type is {response.content_type or 'missing'!r}"
        raise Refused(Warned(12300, what, "Send the TwiML as text/xml."))
    if WEB_PAGE.match(response.body):
        what = "the response is a web page, not TwiML"
        remedy = "Look whether the URL is the webhook's, or an error or log-in page."
        raise Refused(Warned(12100, what, remedy, "<html>"))
    root = parse(response.body)
    return Document(response.url, root), list(warnings(root))


def _plain(body: bytes) -> Element:
    try:
        return parse(body)
    except Refused:
        return _of_one("Say", body.decode("utf-8", "replace"))


def _of_one(tag: str, text: str) -> Element:
    root = LocatedElement("Response")
    verb = LocatedElement(tag)
    verb.text = text
    root.append(verb)
    return root


def warnings(root: Element) -> Iterator[Warned]:
    """What Twilio's debugger warns of while the call goes on."""
    for element, violation in violations(root):
        remedy = "Compare the element with Twilio's TwiML reference; names are case-sensitive."
        yield Warned(12200, violation, remedy, place(element))
    for say in root.iter("Say"):
        length = len("".join(say.itertext()))
        limit = next(size for name, size in SAY_LIMITS if say.get("voice", "").startswith(name))
        if length > limit:
            what, remedy = f"a <Say> has {length:,} characters", f"Stay within {limit:,}."
            yield Warned(13521, what, remedy, place(say))
