"""Faults on request: what goes wrong with which webhook of a call.

Each is a word: `drop:2` (the second webhook gets no connection), `slow:2:20` (its
answer takes 20 seconds), `500:2`, `twice:2` (it is delivered twice), `bad-xml:2`.
`*` stands for every webhook. `hangup:5` lets the caller hang up after the fifth event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offhook.carrier.overrides import Overrides
from offhook.carrier.transport import Request, Transport, unanswered
from offhook.needs import Response

FAULT = re.compile(r"(?:(drop|500|twice|bad-xml):(\d+|\*))|(?:(slow):(\d+|\*):(\d+(?:\.\d+)?))")
HANG_UP = re.compile(r"hangup:(\d+)")

HOW_TO_WRITE = "drop:2, slow:2:20, 500:2, twice:2, bad-xml:2 (* for every one) or hangup:5"


class FaultError(ValueError):
    """A fault that can't be read."""


@dataclass(frozen=True)
class InjectedFault:
    """One fault, of the webhook with this number (0: every one)."""

    kind: str
    webhook: int
    seconds: float = 0.0


class InjectedFaults:
    """The faults of one call."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        """Read them. Raises FaultError for a word that means nothing."""
        self._faults: list[InjectedFault] = []
        self.hang_up_after = 0
        for word in words:
            self._read(word)
        self._webhooks = 0

    def _read(self, word: str) -> None:
        hang_up = HANG_UP.fullmatch(word)
        if hang_up:
            self.hang_up_after = int(hang_up[1])
            return
        found = FAULT.fullmatch(word)
        if found is None:
            raise FaultError(f"{word!r} is no fault; write {HOW_TO_WRITE}")
        kind, place = found[1] or found[3], found[2] or found[4]
        webhook = 0 if place == "*" else int(place)
        self._faults.append(InjectedFault(kind, webhook, float(found[5] or 0)))

    def next_webhook(self) -> InjectedFault | None:
        """Count a webhook: what goes wrong with it."""
        self._webhooks += 1
        wanted = (0, self._webhooks)
        return next((fault for fault in self._faults if fault.webhook in wanted), None)


def send(transport: Transport, request: Request, fault: InjectedFault | None) -> Response:
    """Send a request, and let go wrong what is to."""
    match fault:
        case None:
            return transport.send(request)
        case InjectedFault("drop"):
            return replace(unanswered(11205, "dropped on request"), seconds=0.0)
        case InjectedFault("500"):
            return Response(500, "text/plain", b"failed on request", url=request.url)
        case InjectedFault("slow", _, seconds):
            return _slow(transport, request, seconds)
        case InjectedFault("twice"):
            transport.send(request)
            return transport.send(request)
    answer = transport.send(request)
    half = answer.body[: len(answer.body) // 2] + b"<"
    return replace(answer, body=half) if answer.status else answer


def _slow(transport: Transport, request: Request, seconds: float) -> Response:
    limits: Overrides = request.overrides
    patience = min(limits.read, limits.total)
    answer = transport.send(request)
    if seconds <= patience:
        return replace(answer, seconds=answer.seconds + seconds)
    late = unanswered(11200, f"no answer within {patience:g} s")
    return replace(late, seconds=patience)
