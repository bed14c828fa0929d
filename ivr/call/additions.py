"""What the line says beyond its source page: each addition with its reason and its review.

They make a question wider or a piece of advice safer, never narrower. No clinician has
reviewed them yet, and each entry says that too.
"""

from __future__ import annotations

from ivr.call.nodes import Addition
from ivr.call.red_flags import CAUDA_EQUINA

TRIAGE = "Schmitt-Thompson, telephone triage protocols: unable to urinate"
LIFELINE = "988 Suicide and Crisis Lifeline: call or text, day and night"
OWN = "this project; no source yet"

SELF_CARE = ("activity", "pelvic-tilt", "knee-raise", "press-up")
"""The pieces that tell callers to move."""


def _wordings(flag: str) -> tuple[str, ...]:
    return tuple(f"{flag}.{attempt}" for attempt in ("ask", "again", "last"))


ADDITIONS = (
    Addition(
        _wordings("bladder-bowel"),
        "leaking, and trouble starting to pee, count as a change",
        (CAUDA_EQUINA, TRIAGE),
    ),
    Addition(
        _wordings("upper-leg-numbness"),
        "numbness between the legs, where one would sit on a saddle, counts; so does tingling",
        (CAUDA_EQUINA,),
    ),
    Addition(_wordings("leg-weakness"), "one weak leg counts", (OWN,)),
    Addition(
        ("advice.emergency",),
        "where the sign is new or gets worse: 911, or an emergency room, before a doctor",
        (CAUDA_EQUINA,),
    ),
    Addition(("advice.watch-for",), "what to watch for after six noes", (CAUDA_EQUINA, OWN)),
    Addition(
        tuple(f"library.{piece}" for piece in SELF_CARE),
        "stop if it makes the pain worse, or if a warning sign comes",
        (OWN,),
    ),
    Addition(("crisis",), "where help is for somebody who thinks of suicide", (LIFELINE,)),
)
