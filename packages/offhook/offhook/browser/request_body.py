"""What the page asks for: read, or refused with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from flask import request

from offhook.callers.iso_time import moment_from
from offhook.events import CALLER


class Unusable(Exception):
    """What the page asked for can't be done; the text says why."""


def body() -> Mapping[str, object]:
    """The JSON object that was sent. Raises Unusable."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Unusable("a JSON object is wanted")
    return cast("Mapping[str, object]", found)


def text(name: str) -> str:
    """A text in it that is not blank. Raises Unusable."""
    value = body().get(name)
    if not isinstance(value, str) or not value.strip():
        raise Unusable(f"{name} is missing")
    return value.strip()


def leg() -> str:
    """Whose input it is: the caller's, unless another leg is named."""
    return str(body().get("leg") or CALLER)


def moment(given: object) -> datetime | None:
    """A time with an offset, None if there is none. Raises Unusable."""
    if given is None or given == "":
        return None
    at = moment_from(str(given))
    if at is None:
        raise Unusable(f"{given!r} is no time with an offset, such as 2026-11-22T03:00-06:00")
    return at
