"""What nobody could confirm of Twilio's behaviour: named settings, each with its default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any


def option(default: float, what: str) -> Any:  # noqa: ANN401 - as dataclasses.field does
    """A setting, and what it decides."""
    return field(default=default, metadata={"what": what})


@dataclass(frozen=True)
class Options:
    """How this Twilio behaves where no documentation says how the real one does."""

    redirect_limit: int = option(
        50, "documents in a row without a moment of time passing, after which the call is ended"
    )
    type_ahead: bool = option(
        default=False, what="keys pressed while nothing listens are kept for the next gather"
    )
    empty_is_hangup: bool = option(
        default=False, what="an empty answer, or a 204, ends the call without an error"
    )
    dial_action_after_hangup: bool = option(
        default=False, what="a Dial's action is requested although the caller has hung up"
    )
    whisper_failure_bridges: bool = option(
        default=False, what="a leg whose whisper can't be fetched is put through all the same"
    )
    declined_is_no_answer: bool = option(
        default=False,
        what="a leg that was answered and hung up in its whisper is `no-answer`; otherwise "
        "it is `completed`, and not bridged",
    )
    silent_recording_goes_on: bool = option(
        default=True,
        what="a Record in which nothing was said goes on with the next verb; otherwise its "
        "action is requested, with a duration of 0",
    )
    speech_end: float = option(
        1.0, "seconds of silence that end an utterance where speechTimeout is `auto`"
    )
    confidence: float = option(0.9, "the confidence that is reported of recognised speech")
    call_limit: float = option(
        4 * 3600.0, "seconds after which any call is ended (Twilio's default: four hours)"
    )


class UnknownOption(ValueError):
    """An option that does not exist, or a value that does not fit it."""


def options_from(assignments: Sequence[str]) -> Options:
    """Options from words such as `type_ahead=true`. Raises UnknownOption."""
    known = {each.name: type(each.default) for each in fields(Options)}
    values: dict[str, bool | float] = {}
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        if name not in known:
            raise UnknownOption(f"{name!r} is no option; write one of {', '.join(known)}")
        values[name] = _value(name, text, known[name])
    return Options(**values)  # type: ignore[arg-type]


def _value(name: str, text: str, kind: type) -> bool | float:
    if kind is bool:
        if text not in {"true", "false"}:
            raise UnknownOption(f"{name} is true or false, not {text!r}")
        return text == "true"
    try:
        value: float = kind(text)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise UnknownOption(f"{name} is a number from 0 on, not {text!r}")
    return value
