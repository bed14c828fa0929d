"""All verbs, nouns and SSML tags of TwiML for voice, and what a document has against them.

Names are case-sensitive. What differs from this schema is what Twilio's debugger warns
of as 12200, while the call goes on.

    values    the patterns of attributes' values
    model     what is said of an element
    verbs     the verbs
    nouns     what they act on
    services  the nouns of other services
    ssml      the tags in <Say>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from xml.etree.ElementTree import Element

from offhook.interpreter.schema.model import Attribute, Verb
from offhook.interpreter.schema.nouns import NOUNS
from offhook.interpreter.schema.services import SERVICES
from offhook.interpreter.schema.ssml import SSML, XML_LANG
from offhook.interpreter.schema.values import WRITTEN_NUMBER, one_of
from offhook.interpreter.schema.verbs import VERBS as OWN_VERBS

__all__ = ["VERBS", "WRITTEN_NUMBER", "Attribute", "Verb", "one_of", "violations"]

VERBS: Mapping[str, Verb] = {**OWN_VERBS, **NOUNS, **SERVICES, **SSML}
"""What each element may have, by its tag."""

SHOWN_LENGTH = 40
"""Characters of a bad value that a sentence shows."""

LIKENESS = 0.65
"""From which of difflib's ratios on a name is a misspelling: of three letters, two are right."""


def violations(root: Element) -> Iterator[tuple[Element, str]]:
    """What in a document the schema does not know, or the simulator does not run, in its order."""
    if root.tag != "Response":
        yield root, f"the document is a <{root.tag}>, not a <Response>"
        return
    yield from _within(root, VERBS[root.tag])
    # A stack of our own: documents may be deeper than Python's.
    waiting = [(child, root.tag) for child in root[::-1]]
    while waiting:
        element, parent = waiting.pop()
        tag = element.tag
        if tag not in VERBS[parent].children:
            yield element, f"<{tag}> can't stand in <{parent}>{_other_tag(tag, parent)}"
            continue
        verb = VERBS[tag]
        if not verb.run and VERBS[parent].run:
            yield element, f"<{tag}> is not run by this simulator"
        yield from _within(element, verb)
        waiting += [(child, tag) for child in element[::-1]]


def _within(element: Element, verb: Verb) -> Iterator[tuple[Element, str]]:
    """What an element's own attributes and text have against the schema."""
    tag = element.tag
    for name, value in element.items():
        attribute = verb.attributes.get(name)
        if attribute is None:
            yield element, f"<{tag}> has no attribute {_shown(name)}{_other_name(name, tag)}"
        elif not attribute.values.fullmatch(value):
            yield element, f"<{tag} {_shown(name)}> can't be {_shortened(value)!r}"
    if not verb.text and _has_text(element):
        yield element, f"<{tag}> can't have text"


def _has_text(element: Element) -> bool:
    if element.text and element.text.strip():
        return True
    return any(child.tail and child.tail.strip() for child in element)


def _shown(name: str) -> str:
    return "xml:lang" if name == XML_LANG else name


def _shortened(value: str) -> str:
    return value if len(value) <= SHOWN_LENGTH else value[: SHOWN_LENGTH - 1] + "…"


@lru_cache(maxsize=256)
def _other_tag(tag: str, parent: str) -> str:
    """The question after an unknown tag, if a known one is like it."""
    if tag in VERBS:  # well spelt, in the wrong place
        return ""
    usual = [child for child in VERBS[parent].children if VERBS[child].run]
    meant = _nearest(tag, usual) or _nearest(tag, VERBS)
    return f"; did you mean <{meant}>?" if meant else ""


@lru_cache(maxsize=256)
def _other_name(name: str, tag: str) -> str:
    """The question after an unknown attribute, if a known one is like it."""
    meant = _nearest(name, map(_shown, VERBS[tag].attributes))
    return f"; did you mean {meant}?" if meant else ""


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one, in any case; "" if none is."""
    by_lower_case = {other.lower(): other for other in sorted(known)}
    matches = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=LIKENESS)
    return by_lower_case[matches[0]] if matches else ""
