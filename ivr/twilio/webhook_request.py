"""What a webhook is asked: by which call, when, and under which URL of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import cast
from urllib.parse import unquote

from flask import Request, Response
from flask.globals import request_ctx

FORM = "application/x-www-form-urlencoded"
"""How Twilio posts. Nothing else is read: a file could be as large as its sender likes."""

LONGEST_BODY = 64 * 1024
"""Bytes. A webhook has some 1,500, and what somebody says in a minute 1,000 more."""

HEARD = "/heard"
"""What the paths of the voice line begin with while a stream listens beside the call."""

ALOUD = "/aloud"
"""The same of the text part's where a voice answers: there a stream always does."""


class TwilioRequest(Request):
    """A request whose form is read as Twilio posts it: url-encoded, once, and small."""

    max_content_length = LONGEST_BODY

    @cached_property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """Names and values of the form, as they came; none of another kind of body.

        Raises RequestEntityTooLarge before a longer one is read.
        """
        if self.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != FORM:
            return ()
        return [*_pairs(self.get_data(cache=False).decode("utf-8", "replace"))]

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The form, of a name that stands twice its first value."""
        return dict(reversed(self.pairs))


def current_request() -> TwilioRequest:
    """The request that is being answered."""
    return cast("TwilioRequest", request_ctx.request)


def is_listened_to(path: str) -> bool:
    """Whether a stream listens beside a call whose next webhook has this path."""
    return path.startswith((f"{HEARD}/", f"{ALOUD}/"))


def _pairs(body: str) -> Iterator[tuple[str, str]]:
    # A number's plus is most of what is escaped; it can't become part of another escape.
    for pair in body.replace("+", " ").replace("%2B", "+").split("&"):
        name, _, value = pair.partition("=")
        if "%" in pair:
            yield _decoded(name), _decoded(value)
        elif pair:
            yield name, value


def _decoded(text: str) -> str:
    """What is no UTF-8 stays escaped, so that it is not mistaken for something else."""
    return unquote(text, errors="werkzeug.url_quote") if "%" in text else text


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
        now, asked = clock(), current_request()
        if now.utcoffset() is None:
            message = "the clock gave a time without a zone"
            raise ValueError(message)
        beside = is_listened_to(asked.path)
        return cls(asked.fields, now, base_url or asked.root_url.rstrip("/"), beside)

    @property
    def call(self) -> str:
        """The CallSid."""
        return self.form.get("CallSid", "")


def twiml(document: bytes) -> Response:
    """A response that Twilio takes for TwiML."""
    return Response(document, mimetype="text/xml")
