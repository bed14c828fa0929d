"""What happens in a call, in the words of the full-screen phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from offhook.callers.realtime import Record
from offhook.event_table import LINE, NOBODY, TABLE, WARNS, YOU
from offhook.events import CALLER

THEY = "They"

CAPTIONS = frozenset(row.name for row in TABLE.values()) - {"requested", "listening", "typed"}
"""Events that are told among the captions; the others have panels of their own."""

HEARD = frozenset(("said", "played", "waited"))
"""Events that last: they are marked while they are heard."""

TYPED_UNTIL = frozenset(("pressed", "stayedsilent", "requested"))
"""Events at which the keys that were typed have been collected, or are lost."""

TO_THE_APP = frozenset(("pressed", "stayedsilent", "recorded", "legended"))
"""Events after which the app is asked what comes next."""

BESIDE = frozenset(("warned", "letters", "light", "typed"))
"""Events that come beside the call's documents: its clock runs on."""

KINDS = {LINE: "line", YOU: "you", WARNS: "warning", NOBODY: "note"}

LONGEST_BODY = 20_000
"""Characters of a response that are shown; TwiML is far shorter, an error page may not be."""


@dataclass(frozen=True)
class Words:
    """Who did what, and when; `kind` is how it looks."""

    who: str
    text: str
    kind: str
    at: float = 0.0


@dataclass(frozen=True)
class Passing:
    """What goes on now, and so what can be done."""

    doing: str = ""
    seconds: float | None = None
    leg: str = CALLER
    party: str = ""
    ringing: tuple[str, ...] = ()
    keys: bool = False
    speech: bool = False

    @property
    def asked(self) -> str:
        """The dialled leg that hears something of its own, "" if none does."""
        return "" if self.leg == CALLER else self.leg

    @property
    def talks(self) -> bool:
        """Whether somebody else is on the line, who can end it; a stream is nobody."""
        return self.doing == "talk"

    @property
    def waits(self) -> bool:
        """Whether the caller waits for somebody to come."""
        return not self.talks and self.party.startswith(("queue:", "conference:"))


def passing(record: Record) -> Passing:
    """The record of that name, read."""
    return Passing(
        doing=str(record["doing"]),
        seconds=cast("float | None", record["seconds"]),
        leg=str(record["leg"]),
        party=str(record["party"]),
        ringing=tuple(cast("list[str]", record["ringing"])),
        keys=bool(record["keys"]),
        speech=bool(record["speech"]),
    )


def words(record: Record) -> Words | None:
    """A record as a caption; None if it is none."""
    if record["event"] not in CAPTIONS:
        return None
    who, text = str(record["who"]), str(record["sentence"])
    kind = KINDS[who]
    leg = record.get("leg", CALLER)
    if leg != CALLER:  # the leg's half is the other end of the line, so it is marked
        who, text = _of_leg(who, text, str(leg))
    return Words(who, text, kind, at(record))


def _of_leg(who: str, text: str, leg: str) -> tuple[str, str]:
    if who == LINE:
        return "Line*", f"{leg} hears: {text}"
    return (THEY if who == YOU else who), f"{leg}: {text}"


def at(record: Record) -> float:
    """When it was, in seconds since the call began."""
    return cast("float", record["at"])


def minutes(seconds: float) -> str:
    """A length as mm:ss."""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


DOINGS: Mapping[str, str] = {
    "prompt": "The line speaks{to}.",
    "gather": "The line listens{to}: {wanted}{within}.",
    "record": "The line records until {seconds:.0f} s of silence; a key may end it.",
    "ring": "{rings} ringing{within}.",
    "talk": "Talking with {party}.",
    "queue": "Waiting in a queue.",
    "stream": "A media stream holds the call.",
}


def going_on(now: Passing) -> str:
    """What goes on, in a sentence."""
    wanted = _wanted(now)
    sentence = DOINGS[now.doing].format(
        to=f" to {now.asked}" if now.asked else "",
        wanted=wanted or "nothing",
        within="" if now.seconds is None else f", up to {now.seconds:.0f} s",
        seconds=now.seconds or 0.0,
        rings=len(now.ringing),
        party=now.party,
    )
    if now.doing == "prompt" and wanted:
        return f"{sentence} {wanted.capitalize()} cut it short."
    return sentence


def _wanted(now: Passing) -> str:
    return " or ".join(["keys"] * now.keys + ["words"] * now.speech)


def others(now: Passing) -> str:
    """Who else is on the line."""
    if now.doing == "ring":
        return f"{now.ringing[0]} rings."
    if now.asked:
        return f"{now.asked} hears the line."
    if now.talks:
        return f"{now.party} is on the line."
    return "The caller waits." if now.waits else "Nobody else is on the line."


def webhook(record: Record) -> str:
    """A webhook in a line: its status, how long it took, where, how and why."""
    return (
        f"{record['status'] or '---'} {record['milliseconds']:>6.0f} ms  {record['path']}"
        f"  {record['method']} {record['purpose']}"
    )


def answer(record: Record) -> str:
    """What a webhook was, and whether it was tried again."""
    attempt = record["attempt"]
    tries = "" if attempt == 1 else f", {attempt} tries"
    return f"{record['purpose']}: {record['method']} {record['path']}{tries}"


def warning(record: Record) -> str:
    """A warning in full: its code, place and remedy."""
    where = f" ({record['place']})" if record["place"] else ""
    return f"{record['code'] or 'note'}: {record['message']}{where}\n{record['remedy']}"


def document(record: Record) -> str:
    """What a webhook answered, so that it can be read."""
    body = str(record["body"]).strip()[:LONGEST_BODY]
    if "\n" in body:
        return body  # its lines are what warnings refer to
    lines: list[str] = []
    depth = 0
    for piece in re.split(r"(?<=>)(?=<)", body):
        depth -= piece.startswith("</")
        lines.append("  " * max(depth, 0) + piece)
        depth += _leaves_open(piece)
    return "\n".join(lines)


def _leaves_open(piece: str) -> bool:
    tag = re.match(r"<([\w:-]+)[^>]*(?<!/)>", piece)
    return tag is not None and not piece.endswith(f"</{tag[1]}>")
