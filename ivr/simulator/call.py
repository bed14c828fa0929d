"""The interpreter: one call, run as Twilio runs it, sans-I/O.

`Call.run()` is a generator. It yields events, to be shown, and needs, to be
answered: a request to carry out, an answer by the caller, the end of a dialled
leg. Whoever drives it decides where those come from, so the same interpreter runs
in a terminal, in a test and in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from ivr.simulator import twiml
from ivr.simulator.events import (
    Ended,
    Event,
    Fetch,
    HangUp,
    Keys,
    LegEnded,
    LegStatus,
    Listening,
    Need,
    Played,
    Pressed,
    Reply,
    Requested,
    Response,
    Ringing,
    Said,
    Speech,
    Spoke,
    StayedSilent,
    Waited,
    Warned,
)
from ivr.simulator.twiml import Document, Refused

T = TypeVar("T")

E164 = re.compile(r"\+[1-9][0-9]{7,14}")

REDIRECT_LIMIT = 50
"""Documents in a row in which the caller hears and is asked nothing.

Twilio states no limit for voice; without one an endless Redirect would never end here.
"""

ANSWERED_SECONDS = 60
"""How long an answered leg lasts, as reported in DialCallDuration."""

CONFIDENCE = "0.9"
"""The recogniser's confidence as it is reported; Twilio guarantees none."""

DEFAULT_ANSWER_SECONDS = 5
DEFAULT_RING_SECONDS = 30

Steps = Generator[Event | Need, Reply, "Go | None"]


class CallerHungUp(Exception):
    """The caller has hung up: the call is over at once."""


@dataclass(frozen=True)
class Go:
    """Leave the document: for another one, or (None) to the end of the call."""

    document: Document | None


@dataclass(frozen=True)
class Line:
    """A phone number as Twilio has it configured: the webhooks that it calls."""

    voice_url: str
    status_url: str | None = None


class Call:
    """One incoming call on a line."""

    def __init__(self, line: Line, identity: Mapping[str, str], leg_sids: Iterator[str]) -> None:
        """Take the call's own parameters (CallSid, From, To …), which every request carries."""
        self._line = line
        self._identity = dict(identity)
        self._leg_sids = leg_sids
        self._unheard = 0
        self._elapsed = 0.0
        self._reason = "the document ended"
        self._verbs = {
            "Say": self._say,
            "Play": self._play,
            "Pause": self._pause,
            "Gather": self._gather,
            "Dial": self._dial,
            "Redirect": self._redirect,
            "Hangup": self._hang_up,
            "Reject": self._reject,
        }

    def run(self) -> Generator[Event | Need, Reply, None]:
        """The call from its first request to its last."""
        try:
            reason = yield from self._documents()
        except CallerHungUp:
            reason = "the caller hung up"
        yield Ended(reason)
        if self._line.status_url:
            form = self._identity | {
                "CallStatus": "completed",
                "CallDuration": f"{self._elapsed:.0f}",
            }
            yield from self._request("POST", self._line.status_url, form)

    def _documents(self) -> Generator[Event | Need, Reply, str]:
        go = yield from self._fetch("POST", self._line.voice_url, {"CallStatus": "ringing"})
        while go.document:
            self._unheard += 1
            if self._unheard > REDIRECT_LIMIT:
                yield Warned(0, "the app redirects in a circle", "Give the caller a way out of it.")
                return "the app redirected in a circle"
            going = yield from self._run_document(go.document)
            if going is None:
                return "the document ended"
            go = going
        return self._reason

    def _run_document(self, document: Document) -> Steps:
        for verb in document.root:
            handler = self._verbs.get(verb.tag)
            if handler is None:
                continue  # the schema check has warned of it
            self._document = document
            going = yield from handler(verb)
            if going is not None:
                return going
        return None

    # Requests

    def _request(
        self, method: str, url: str, form: Mapping[str, str]
    ) -> Generator[Event | Need, Reply, Response]:
        reply = yield Fetch(method, url, form)
        response = _expected(reply, Response)
        yield Requested(method, urlsplit(url).path, response.status)
        return response

    def _fetch(
        self, method: str, url: str, extra: Mapping[str, str]
    ) -> Generator[Event | Need, Reply, Go]:
        form = self._identity | {"CallStatus": "in-progress"} | dict(extra)
        response = yield from self._request(method, url, form)
        if not 200 <= response.status < 300:  # noqa: PLR2004 - HTTP's own success range
            yield _unanswered(response)
            return self._end("the app failed")
        try:
            document, warnings = twiml.read(url, response.content_type, response.body)
        except Refused as refused:
            yield refused.warning
            return self._end("the app failed")
        yield from warnings
        return Go(document)

    def _end(self, reason: str) -> Go:
        self._reason = reason
        return Go(None)

    def _act(self, verb: Element, extra: Mapping[str, str]) -> Steps:
        url = urljoin(self._document.url, verb.get("action", ""))
        return (yield from self._fetch(verb.get("method", "POST"), url, extra))

    # Verbs

    def _say(self, verb: Element, *, barge_in: bool = False) -> Steps:
        self._unheard = 0
        text, seconds = twiml.spoken(verb)
        for _ in range(max(_number(verb, "loop", 1), 1)):
            self._elapsed += seconds
            yield Said(text, round(seconds, 1), barge_in)
        return None

    def _play(self, verb: Element) -> Steps:
        self._unheard = 0
        yield Played(verb.get("digits") or (verb.text or "").strip())
        return None

    def _pause(self, verb: Element) -> Steps:
        seconds = _number(verb, "length", 1)
        self._elapsed += seconds
        yield Waited(seconds)
        return None

    def _redirect(self, verb: Element) -> Steps:
        url = urljoin(self._document.url, (verb.text or "").strip())
        return (yield from self._fetch(verb.get("method", "POST"), url, {}))

    def _hang_up(self, verb: Element) -> Steps:
        yield from ()
        return self._end(f"the app hung up ({verb.tag})")

    def _reject(self, verb: Element) -> Steps:
        yield from ()
        return self._end(f"the app rejected the call ({verb.get('reason', 'rejected')})")

    def _gather(self, verb: Element) -> Steps:
        self._unheard = 0
        for child in verb:
            if child.tag == "Say":
                yield from self._say(child, barge_in=True)
            elif child.tag in {"Play", "Pause"}:
                yield from self._verbs[child.tag](child)
        collected = yield from self._collect(verb)
        if collected or verb.get("actionOnEmptyResult") == "true":
            return (yield from self._act(verb, collected or {"Digits": ""}))
        return None

    def _collect(self, verb: Element) -> Generator[Event | Need, Reply, dict[str, str]]:
        kinds = verb.get("input", "dtmf").split()
        seconds = _number(verb, "timeout", DEFAULT_ANSWER_SECONDS)
        hints = tuple(filter(None, (hint.strip() for hint in verb.get("hints", "").split(","))))
        answer = yield Listening("dtmf" in kinds, "speech" in kinds, seconds, hints)
        match answer:
            case HangUp():
                raise CallerHungUp
            case Keys(keys) if "dtmf" in kinds:
                collected = collect_keys(keys, verb)
                if collected:
                    yield Pressed(collected["Digits"] + collected.get("FinishedOnKey", ""))
                    return collected
            case Speech(words) if "speech" in kinds:
                yield Spoke(words)
                return {"SpeechResult": words, "Confidence": CONFIDENCE}
        self._elapsed += seconds
        yield StayedSilent(seconds)
        return {}

    def _dial(self, verb: Element) -> Steps:
        self._unheard = 0
        caller_id = verb.get("callerId") or self._identity["From"]
        seconds = _number(verb, "timeout", DEFAULT_RING_SECONDS)
        status = "failed"
        for number in twiml.numbers(verb):
            status = yield from self._ring(number, caller_id, seconds)
            yield LegEnded(number, status)
            if status == "completed":
                break
        answered = status == "completed"
        if answered:
            self._elapsed += ANSWERED_SECONDS
        if verb.get("action") is None:
            return None
        result = {"DialCallStatus": status, "DialCallSid": next(self._leg_sids)}
        if answered:
            result["DialCallDuration"] = str(ANSWERED_SECONDS)
        result["DialBridged"] = str(answered).lower()
        return (yield from self._act(verb, result))

    def _ring(
        self, number: str, caller_id: str, seconds: int
    ) -> Generator[Event | Need, Reply, str]:
        if not E164.fullmatch(caller_id):
            remedy = "Set callerId to the number that was called."
            yield Warned(13214, "this caller id can't be dialled with", remedy)
            return "failed"
        reply = yield Ringing(number, caller_id, seconds)
        if isinstance(reply, HangUp):
            raise CallerHungUp
        return _expected(reply, LegStatus).status


def collect_keys(keys: str, gather: Element) -> dict[str, str]:
    """What a `<Gather>` posts of these keys; nothing if none was collected."""
    finish = gather.get("finishOnKey", "#")
    limit = _number(gather, "numDigits", len(keys))
    digits = ""
    for key in keys:
        if key in finish:
            return {"Digits": digits, "FinishedOnKey": key} if digits else {}
        digits += key
        if len(digits) >= limit:
            break
    return {"Digits": digits} if digits else {}


def _number(verb: Element, attribute: str, default: int) -> int:
    value = verb.get(attribute, "")
    return int(value) if value.isdecimal() else default


def _unanswered(response: Response) -> Warned:
    if response.status == 0:
        why = response.body.decode(errors="replace")
        return Warned(11205, f"the app could not be reached ({why})", "Start it, or mend the URL.")
    remedy = "Look into the app's log; 403 means that the signature did not match."
    return Warned(11200, f"the app answered with HTTP {response.status}", remedy)


def _expected(reply: Reply, kind: type[T]) -> T:
    if not isinstance(reply, kind):
        message = f"the call needed a {kind.__name__}, not {reply!r}"
        raise TypeError(message)
    return reply
