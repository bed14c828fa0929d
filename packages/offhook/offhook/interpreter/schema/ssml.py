"""The SSML tags that may stand in `<Say>`.

Sources: the elements and values of Twilio's SDKs. Attributes that change how words
sound are not acted on: what the simulator says is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from offhook.interpreter.schema.model import Attribute, Verb, unused
from offhook.interpreter.schema.values import ANYTHING, LANGUAGE, one_of

WORDS = frozenset(("break", "emphasis", "phoneme", "prosody", "say-as", "sub"))
PHRASES = WORDS | {"lang", "w"}
SENTENCES = PHRASES | {"s"}
ALL = SENTENCES | {"p"}

XML_LANG = "xml:lang"
"""`xml:lang`, as a parser of XML names it."""

DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ms|s)")
VOLUME = re.compile(r"default|silent|(?:x-)?(?:soft|loud)|medium|[+-][0-9]+(?:\.[0-9]+)?dB")
RATE = re.compile(r"default|(?:x-)?(?:slow|fast)|medium|[0-9]+(?:\.[0-9]+)?%")
PITCH = re.compile(r"default|(?:x-)?(?:low|high)|medium|[+-][0-9]+(?:\.[0-9]+)?(?:%|st)")

SSML: Mapping[str, Verb] = {
    "break": Verb(
        {
            "strength": unused(
                one_of("none", "x-weak", "weak", "medium", "strong", "x-strong"),
                "medium",
                "a break without a time lasts as long at any strength",
            ),
            "time": Attribute(DURATION),
        }
    ),
    "emphasis": Verb(
        {"level": unused(one_of("strong", "moderate", "reduced"), "moderate")}, PHRASES, text=True
    ),
    "lang": Verb({XML_LANG: unused(LANGUAGE)}, ALL, text=True),
    "p": Verb(children=SENTENCES, text=True),
    "phoneme": Verb(
        {
            "alphabet": unused(
                one_of(
                    "ipa",
                    "x-sampa",
                    "x-amazon-jyutping",
                    "x-amazon-pinyin",
                    "x-amazon-pron-kana",
                    "x-amazon-yomigana",
                )
            ),
            "ph": unused(note="what is said is the text"),
        },
        text=True,
    ),
    "prosody": Verb(
        {
            "volume": unused(VOLUME),
            "rate": Attribute(RATE, note="a percentage alone changes the spoken time"),
            "pitch": unused(PITCH, note="semitones are Google's (unsure)"),
        },
        ALL,
        text=True,
    ),
    "s": Verb(children=PHRASES, text=True),
    "say-as": Verb(
        {
            "interpret-as": Attribute(
                one_of(
                    "characters",
                    "spell-out",
                    "cardinal",
                    "number",
                    "ordinal",
                    "digits",
                    "fraction",
                    "unit",
                    "date",
                    "time",
                    "address",
                    "expletive",
                    "telephone",
                ),
                note="what is spelt out takes its time, the rest is said as it stands",
            ),
            "format": unused(note="dates such as mdy; times such as hms12 (unsure)"),
        },
        text=True,
    ),
    "sub": Verb({"alias": Attribute(ANYTHING)}, text=True),
    "w": Verb({"role": unused()}, WORDS, text=True),
}
