"""The usual decorator that checks a webhook's signature, as Twilio's Flask tutorials have it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps

from flask import abort, request
from twilio.request_validator import RequestValidator

View = Callable[[], str]


def validated(view: View) -> View:
    """A view that answers Twilio alone."""

    @wraps(view)
    def checked() -> str:
        validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
        signature = request.headers.get("X-TWILIO-SIGNATURE", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)
        return view()

    return checked
