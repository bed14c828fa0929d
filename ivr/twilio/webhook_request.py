"""What a webhook is asked: by which call, when, and under which URL of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Response, request

DETECTING = "detecting"
"""The cookie of a call beside which a stream listens; Twilio keeps it for the call."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class WebhookRequest:
    """One request: its form, the time, and our public URL without a slash at its end.

    `detecting`: a stream listens beside the call, for somebody who types.
    """

    form: Mapping[str, str] = field(repr=False)
    now: datetime
    base_url: str
    detecting: bool = False

    @classmethod
    def now_by(cls, clock: Clock, base_url: str) -> WebhookRequest:
        """The request that is being answered. Raises ValueError if the clock has no zone."""
        now = clock()
        if now.utcoffset() is None:
            message = "the clock gave a time without a zone"
            raise ValueError(message)
        detecting = request.cookies.get(DETECTING) == "1"
        return cls(request.form, now, base_url or request.root_url.rstrip("/"), detecting)

    @property
    def call(self) -> str:
        """The CallSid."""
        return self.form.get("CallSid", "")


def twiml(document: bytes) -> Response:
    """A response that Twilio takes for TwiML."""
    return Response(document, mimetype="text/xml")
