"""A leg: one party's half of a call, which runs TwiML documents, sans-I/O.

Its methods are generators. They yield events, to be shown, and needs, to be
answered; whoever drives them decides where time, requests and answers come from,
so the same interpreter runs in a terminal, in a browser, in a test and under load.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element

from offhook.account.exchange import Line
from offhook.events import Event, Played, Requested, Unheard, Warned
from offhook.interpreter.call_state import (
    CallState,
    HungUp,
    LimitReached,
    MovedAway,
    TakenFromQueue,
)
from offhook.interpreter.document import Document, Refused, parse, place, read, warnings
from offhook.interpreter.failures import failure, succeeded
from offhook.interpreter.options import Options
from offhook.interpreter.urls import path, resolve
from offhook.needs import (
    STREAM,
    Connected,
    Fetch,
    HangUp,
    Input,
    Key,
    Moved,
    Need,
    PartyLeft,
    Reply,
    Response,
    Speech,
    Wait,
    Waited,
)

T = TypeVar("T")
R = TypeVar("R")

Run = Generator[Event | Need, Reply, R]
Steps = Run["Go | None"]
Handler = Callable[["Leg", Element], Steps]

MOMENT = 1e-6
"""Seconds; what is left of a wait below this is what rounding has left."""

DOCUMENT_ENDED = "the document ended"
"""The reason of a leg that ended with its last verb."""

ERROR_MESSAGE = "Twilio's recorded message that an application error has occurred"


@dataclass(frozen=True)
class Go:
    """Leave the document: for another one, or (None) to the end of the leg."""

    document: Document | None


@dataclass(frozen=True)
class Repertoire:
    """The verbs that a document may have; `name` says of which documents, "" of all."""

    verbs: Mapping[str, Handler]
    name: str = ""


class Leg:
    """One party's half of a call, with the parameters that its requests carry."""

    def __init__(  # noqa: PLR0913 - what a leg has of its own is named, not wrapped
        self,
        state: CallState,
        name: str,
        identity: Mapping[str, str],
        repertoire: Repertoire,
        line: Line | None = None,
        *,
        document: Document | None = None,
        waiting_in: str = "",
    ) -> None:
        """`repertoire` is what may be run; `line` has the fallback, if there is one.

        It stands in `document` before its first one, and waits in a queue or conference
        while what it runs is only heard meanwhile.
        """
        self.state = state
        self.name = name
        self.identity = dict(identity)
        self.line = line
        self.reason = DOCUMENT_ENDED
        self.rejected = ""
        self.typed_ahead: deque[str] = deque()
        self._waiting_in = waiting_in
        self.answered = self.identity.get("CallStatus") != "ringing"
        self.document = document or Document("", Element("Response"))
        self._repertoire = repertoire

    @property
    def options(self) -> Options:
        """How this Twilio behaves where nobody knows."""
        return self.state.options

    # Documents

    def run(self, go: Go) -> Run[None]:
        """Run a document and those it leads to, until one ends."""
        while go.document:
            self.check_circle()
            try:
                going = yield from self._document(go.document)
            except MovedAway as away:
                if self._repertoire.name:  # the call is moved, not the whisper or the wait in it
                    raise
                going = yield from self._moved(away.moved)
            if going is None:
                self.reason = DOCUMENT_ENDED
                return
            go = going

    def check_circle(self) -> None:
        """Count a document. Raises LimitReached if too many came while no time passed."""
        if self.state.count_document() > self.options.redirect_limit:
            raise LimitReached("the app redirected in a circle")

    def _document(self, document: Document) -> Steps:
        for verb in document.root:
            handler = self._repertoire.verbs.get(verb.tag)
            if handler is None:
                yield from self._passed_over(verb)
                continue
            self.document = document
            self.identity["CallStatus"] = "in-progress"
            self.answered = self.answered or verb.tag != "Reject"
            going = yield from handler(self, verb)
            if going is not None:
                return going
        return None

    def _passed_over(self, verb: Element) -> Iterator[Warned]:
        """A verb that may not stand here is named; the schema names what it does not know."""
        if self._repertoire.name:
            allowed = ", ".join(sorted(self._repertoire.verbs))
            what = f"<{verb.tag}> can't be run in {self._repertoire.name}"
            yield Warned(12200, what, f"It may have {allowed}.", place(verb))

    def _moved(self, moved: Moved) -> Steps:
        if moved.twiml:
            root = parse(moved.twiml.encode())
            yield from warnings(root)
            return Go(Document(self.document.url, root))
        if moved.url:
            return (yield from self.fetch(moved.method, moved.url, {}, "update"))
        return self.end("the call was ended through the REST API")

    def end(self, reason: str) -> Go:
        """The end of the leg, and why."""
        self.reason = reason
        return Go(None)

    def reject(self, reason: str) -> Go:
        """The end of a call that was never answered."""
        self.rejected = reason
        return self.end(f"the app rejected the call ({reason})")

    # Requests

    def request(
        self, method: str, url: str, form: Mapping[str, str], purpose: str
    ) -> Run[Response]:
        """Carry out one request; its time counts."""
        reply = yield Fetch(method, url, form, purpose)
        response = expected(reply, Response)
        self.state.spend(response.seconds)
        where = path(url)
        body = response.body.decode("utf-8", "replace") if purpose != "media" else ""
        yield Requested(
            method,
            where,
            response.status,
            purpose,
            round(response.milliseconds, 1),
            response.attempts,
            body,
            form,
        )
        return response

    def notify(self, url: str, extra: Mapping[str, str], method: str = "POST") -> Run[None]:
        """A callback whose answer does not matter; relative URLs stand in the document."""
        target = resolve(self.document.url, url)
        response = yield from self.request(method, target, self.identity | dict(extra), "status")
        if not succeeded(response):
            yield failure(response)

    def fetch(self, method: str, url: str, extra: Mapping[str, str], purpose: str) -> Run[Go]:
        """The next document; where the app fails, the fallback's, or the recorded message."""
        form = self.identity | dict(extra)
        response = yield from self.request(method, url, form, purpose)
        found = self.read(response)
        if isinstance(found, Warned):
            yield found
            return (yield from self._failed(found, url, purpose))
        document, warnings = found
        yield from warnings
        return Go(document)

    def read(self, response: Response) -> tuple[Document | None, list[Warned]] | Warned:
        """The document of a response with its warnings, or the warning why there is none."""
        if not succeeded(response):
            return failure(response)
        if not response.body.strip() and self.options.empty_is_hangup:
            return None, []
        try:
            return read(response)
        except Refused as refused:
            return refused.warning

    def _failed(self, warned: Warned, url: str, purpose: str) -> Run[Go]:
        fallback = self.line.fallback_url if self.line else None
        if fallback and purpose != "fallback":
            extra = {"ErrorCode": str(warned.code), "ErrorUrl": url}
            return (yield from self.fetch("POST", fallback, extra, "fallback"))
        yield Played(ERROR_MESSAGE, leg=self.name)
        return self.end("the app failed")

    def run_action(self, verb: Element, extra: Mapping[str, str]) -> Steps:
        """Go on with the verb's action, by default the current document's URL."""
        url = resolve(self.document.url, verb.get("action", ""))
        return (yield from self.fetch(verb.get("method", "POST"), url, extra, "action"))

    # Time

    def pass_time(
        self, need: Wait, takes: tuple[type[Input], ...] = ()
    ) -> Run[tuple[Input | None, float]]:
        """Let time pass until it is over or somebody does what is taken: that, and how long.

        What is not taken is lost; less time without an input ends nothing. Raises HungUp and
        MovedAway, whatever is taken, and LimitReached when the call has become too long.
        """
        party = need.party or self._waiting_in
        gone = 0.0
        while True:
            left = None if need.seconds is None else need.seconds - gone
            if left is not None and left < MOMENT:
                return None, gone
            passed = yield from self._next(
                Wait(
                    need.doing,
                    left,
                    self.name,
                    need.listening,
                    need.collected,
                    need.ringing,
                    party,
                )
            )
            gone += passed.seconds
            given = passed.given
            if given is None:
                continue
            if self._concerns(passed, takes, need.party):
                return given, gone
            yield from self._unheard(given, passed.leg or self.name)

    def _next(self, need: Wait) -> Run[Waited]:
        mailbox = self.state.mailbox
        passed = mailbox.popleft() if mailbox else expected((yield need), Waited)
        self.state.wait(passed.seconds)
        if isinstance(passed.given, Moved):
            raise MovedAway(passed.given)
        if isinstance(passed.given, Connected) and self._waiting_in:
            raise TakenFromQueue(passed.given)
        if self.state.elapsed > self.options.call_limit:
            raise LimitReached(f"the call lasted {self.options.call_limit / 60:g} minutes")
        return passed

    def _concerns(self, passed: Waited, takes: tuple[type[Input], ...], party: str) -> bool:
        """Whether an input is taken. Raises HungUp if somebody hung up who is not the party."""
        actor = passed.leg or self.name
        if isinstance(passed.given, HangUp) and not (party and actor == party):
            raise HungUp(actor)
        if isinstance(passed.given, PartyLeft) and actor.startswith(STREAM) and actor != party:
            return False  # a stream beside the call, or one that held it before it was moved
        by_key = isinstance(passed.given, (Key, Speech))
        return isinstance(passed.given, takes) and (not by_key or actor == self.name)

    def _unheard(self, given: Input, leg: str) -> Run[None]:
        if isinstance(given, Key):
            if self.options.type_ahead and leg == self.name:
                self.typed_ahead.append(given.key)
            yield Unheard(given.key, leg)
        elif isinstance(given, Speech):
            yield Unheard(given.words, leg)
        elif isinstance(given, PartyLeft) and leg in self.state.streams:
            yield from self.state.streams[leg].close()


def expected(reply: Reply, kind: type[T]) -> T:
    """The reply, if it is what the need asked for. Raises TypeError if the driver erred."""
    if not isinstance(reply, kind):
        message = f"the call needed a {kind.__name__}, not a {type(reply).__name__}"
        raise TypeError(message)
    return reply


def number(verb: Element, attribute: str, default: int) -> int:
    """An attribute that is a number, or its default."""
    value = verb.get(attribute, "")
    return int(value) if value.isdecimal() and len(value) < 10 else default  # noqa: PLR2004
