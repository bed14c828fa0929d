"""Times as they are written in options, scenarios and tests."""

from __future__ import annotations

from datetime import datetime


def moment_from(text: str) -> datetime | None:
    """The instant that an ISO 8601 time with an offset from UTC names; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.utcoffset() is not None else None
