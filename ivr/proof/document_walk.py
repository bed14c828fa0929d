"""Runs every document that the line can send, as Twilio would run it.

The documents come from the app itself; the simulator's interpreter runs them, without a
socket or a clock: at each prompt, and wherever the line listens, each key is pressed, words
are said and the caller hangs up; each dialled leg ends in each way. Documents that are
alike, with the same cookies and the same streams beside them, are one. Where a document
takes each key like any other, one is pressed, and the app is asked what each leads to.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property, partial
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, tostring

from ivr.call.engine import Dial, HangUp, Listen, SwitchMedium
from ivr.call.flow import ACCEPTING_KEY
from ivr.call.nodes import Confirm
from ivr.call.prompts import spelled
from ivr.config import Settings, VoiceLine
from ivr.proof.document_graph import Deed, Did, DocumentGraph, Prompt, Step
from ivr.proof.explore import GIBBERISH, KEYPAD, both_sides
from ivr.proof.lengths import SAMPLE_OPENING
from ivr.proof.moments import Moment, moments
from ivr.twilio.tickets import PARAMETER, BadTicket, Detect, Tickets
from offhook import needs
from offhook.account.exchange import Exchange
from offhook.carrier.carrier import identity
from offhook.carrier.signature import signature
from offhook.carrier.transport import Request, WsgiTransport
from offhook.events import (
    CALLER,
    HUNG_UP,
    Event,
    Paused,
    Played,
    Pressed,
    Ringing,
    Said,
    Spoke,
)
from offhook.interpreter import say_text
from offhook.interpreter.call_state import CallState, HungUp, OpenedStream
from offhook.interpreter.document import Document, Refused, read
from offhook.interpreter.leg import Go, Leg, Repertoire, Run
from offhook.interpreter.options import Options
from offhook.interpreter.sound_length import ULAW_RATE, sound_seconds
from offhook.interpreter.urls import path, resolve
from offhook.interpreter.verbs import VERBS
from offhook.needs import Activity, Fetch, OpenStream, Reply, Response, StreamReply, Wait, Waited

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Clock = Callable[[], datetime]
MakeApp = Callable[[Clock], "WSGIApplication"]

CALLER_ID = "+16125550123"
CALLED = "+19525550100"
CALL = "CA" + "0" * 32
ACCOUNT = "AC" + "0" * 32

SHORT, LONG = 4.0, 300.0
"""Seconds of talk: with a machine or a wrong number, and with a nurse."""

FEW_KEYS = "0129"
"""The keys that are tried in a document that differs from one before by its cookies alone."""

ANY_KEY = "0"
"""The key that is tried where nothing listens: each of them is thrown away."""

Cookies = tuple[tuple[str, str], ...]
"""Names and values."""

ULAW = "audio/ulaw"
A_SECOND = b"\xff" * ULAW_RATE
"""What stands in for a sound: how long it is does not matter here."""

ACTIONS = frozenset(("Gather", "Record"))
"""Verbs that go on with the document's own URL where they name none."""


@dataclass(frozen=True)
class Arrival:
    """A document that a call may begin with: asked for at a path, or hosted elsewhere.

    `called` is the number that was dialled, if it is not that of all calls.
    """

    told: str
    path: str = ""
    called: str = ""
    hosted: bytes = b""


@dataclass(frozen=True)
class _Asked:
    """What the app is asked: everything that its answer may depend on, but the time."""

    method: str
    url: str
    form: tuple[tuple[str, str], ...]
    cookies: Cookies = ()
    ears: tuple[str, ...] = ()


@dataclass(frozen=True)
class _State:
    """A document, with the call's cookies and the names of the streams beside it.

    Where it was run before, with others of those, it is `known`.
    """

    root: Element
    body: str
    cookies: Cookies
    ears: tuple[str, ...]
    known: bool


@dataclass(frozen=True)
class _Act:
    """What is done at a place, once: `talk` are the seconds of a talk that begins.

    `form` changes what the next request tells (None: it leaves that out). `asked` is what
    somebody does who picks up, and is asked before the talk begins (None: nothing).
    """

    deed: Deed
    reply: needs.Input | None
    talk: float = LONG
    hangs_up: bool = False
    asked: needs.Input | None = None
    form: Mapping[str, str | None] = field(default_factory=dict)


@dataclass
class _Playing:
    """A prompt as it is played."""

    name: str
    ended: bool = False
    listening: bool = False


@dataclass
class _Run:
    """A document as it runs: what was seen of it so far."""

    number: int
    act: _Act
    at: int
    where: str
    played: list[_Playing] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    wheres: list[str] = field(default_factory=list)
    rang: list[str] = field(default_factory=list)
    opened: dict[str, str] = field(default_factory=dict)
    fresh: bool = False
    offered: bool = False
    taken: bool = False
    listened: bool = False
    held: bool = False
    asked: _Asked | None = None


ACCEPTS = needs.Key(ACCEPTING_KEY)
"""What somebody does who picks up, and is asked, to be put through."""

NOTHING = _Act(Deed(Did.NOTHING, told="nothing"), None)


class Walk:
    """The walk of one app, which `make_app` makes with the clock that it is given."""

    def __init__(
        self,
        line: VoiceLine,
        settings: Settings,
        make_app: MakeApp,
        *,
        caller: str = CALLER_ID,
        called: str = CALLED,
    ) -> None:
        """Sign with the auth token of the settings, which name a public URL."""
        self._line = line
        self._settings = settings
        self._moments = moments(line)
        self._now = Moment.fromisoformat(self._moments[0].isoformat())
        app = make_app(lambda: self._now)
        self._transport = WsgiTransport(app, settings.base_url)
        self._tickets = Tickets(settings.auth_token)
        self._exchange = Exchange(settings.auth_token, ACCOUNT)
        own = {"CallSid": CALL, "AccountSid": ACCOUNT, "CallStatus": "in-progress"}
        known = identity(self._exchange, caller, called, "inbound") | own
        self._identity = {name: value for name, value in known.items() if value}
        self._measure = cache(say_text.spoken)
        self._names = dict(prompt_texts(line))
        self._numbers: dict[tuple[object, ...], int] = {}
        self._states: list[_State] = []
        self._bodies: set[str] = set()
        self._moved: set[tuple[str, Cookies]] = set()
        self._faults: dict[int, tuple[str, ...]] = {}
        self._roots: dict[bytes, tuple[Element, str, tuple[str, ...]]] = {}
        self._answers: dict[_Asked, tuple[int, ...]] = {}
        self._sounds: dict[str, Response] = {}
        self._asked: dict[tuple[str, str], Response] = {}
        lists = word_lists_of(line)
        self._said = cache(lambda hints: tuple(words(hints, lists)))

    # From document to document

    def graph(self, arrivals: Iterable[Arrival], within: float = math.inf) -> DocumentGraph:
        """Every document that these calls can come to, with every step.

        From those that are more than `within` steps away, only what they do by themselves.
        """
        begun: dict[int, str] = {}
        for arrival in arrivals:
            for number in self._arrive(arrival):
                begun.setdefault(number, arrival.told)
        steps: dict[int, tuple[Step, ...]] = {}
        first: dict[int, Step] = {}
        away = dict.fromkeys(begun, 0)
        places = 0
        waiting = deque(begun)
        while waiting:
            number = waiting.popleft()
            steps[number], tried = self._steps(number, alone=away[number] > within)
            places += tried
            for step in steps[number] if away[number] <= within else ():
                for target in step.leads:
                    if target not in away:
                        away[target], first[target] = away[number] + 1, step
                        waiting.append(target)
        bodies = len({self._states[number].body for number in steps})
        return DocumentGraph(self._line, begun, steps, self._faults, bodies, places, first)

    def _arrive(self, arrival: Arrival) -> tuple[int, ...]:
        if arrival.hosted:
            response = Response(200, "text/xml", arrival.hosted, url=self._settings.base_url)
            return (self._number(response, (), ()),)
        to = (("Called", arrival.called), ("To", arrival.called)) if arrival.called else ()
        return self._ask(_Asked("POST", self._settings.base_url + arrival.path, to))

    def _ask(self, asked: _Asked) -> tuple[int, ...]:
        """The documents that this is answered with, at whatever time.

        Where the app does not look at the time of day, one moment stands for all.
        """
        if asked not in self._answers:
            first, *others = self._moments
            found = [self._answered(asked, first)]
            if self._now.looked_at:
                found += [self._answered(asked, moment) for moment in others]
            self._answers[asked] = tuple(dict.fromkeys(found))
        return self._answers[asked]

    def _answered(self, asked: _Asked, now: datetime) -> int:
        self._now = Moment.fromisoformat(now.isoformat())
        form = self._identity | dict(asked.form)
        response = self._sent(asked.method, asked.url, form, asked.cookies)
        cookies = kept(asked.cookies, response.headers.get("set-cookie", ""))
        return self._number(response, cookies, asked.ears)

    def _sent(
        self, method: str, url: str, form: Mapping[str, str], cookies: Cookies = ()
    ) -> Response:
        """What the app answers to a request that is signed."""
        headers = {"X-Twilio-Signature": signature(self._settings.auth_token, url, form.items())}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies)
        return self._transport.send(Request(method, url, headers, form))

    def _number(
        self,
        response: Response,
        cookies: Cookies,
        ears: tuple[str, ...],
    ) -> int:
        """The number of the document in a response, which is that of others like it."""
        root, body, faults = self._read(response)
        key = (body, cookies, ears)
        if key not in self._numbers:
            self._numbers[key] = len(self._states)
            self._states.append(_State(root, body, cookies, ears, known=body in self._bodies))
            self._bodies.add(body)
            self._faults[self._numbers[key]] = faults
        return self._numbers[key]

    def _read(self, response: Response) -> tuple[Element, str, tuple[str, ...]]:
        """A document, complete in itself: with whole URLs, and with what tickets stand for."""
        known = self._roots.get(response.body)
        if known is not None:
            return known
        document, faults = _checked(response)
        own = _completed(document) or self._opened(document.root)
        found = (document.root, tostring(document.root, "unicode"), faults)
        if not own:
            self._roots[response.body] = found
        return found

    def _opened(self, root: Element) -> bool:
        """Put what each ticket stands for in its place: whether there is one."""
        tickets = [each for each in root.iter("Parameter") if each.get("name") == PARAMETER]
        for ticket in tickets:
            try:
                admits = self._tickets.check(ticket.get("value"), CALL, self._now)
            except BadTicket as error:
                ticket.set("value", f"{error}")
                continue
            ticket.set("value", admits.path if isinstance(admits, Detect) else f"{admits}")
        return bool(tickets)

    # Within a document

    def _steps(self, number: int, *, alone: bool) -> tuple[tuple[Step, ...], int]:
        """Every step from a document, and at how many places keys were tried."""
        plain, seen = self._run(number, NOTHING)
        if alone:
            return (plain,), 0
        steps = [plain]
        places = 0
        for place, (wait, where) in enumerate(zip(seen.waits, seen.wheres, strict=True)):
            places += wait.doing in {Activity.PROMPT, Activity.GATHER}
            acts = self._acts(wait, seen, self._states[number])
            steps += self._steps_at(number, place, where, acts)
        return tuple(steps), places

    def _steps_at(
        self, number: int, place: int, where: str, acts: Iterable[_Act]
    ) -> Iterator[Step]:
        """What each act leads to at one place of a document.

        Where any answer is taken like any other, only the first of a kind is run.
        """
        alike = takes_alike(self._states[number].root)
        first: dict[Did, tuple[Step, _Run]] = {}
        for act in acts:
            kind = act.deed.did
            if alike and kind in {Did.KEY, Did.WORDS} and kind in first:
                yield self._step_alike(*first[kind], act)
            else:
                step, run = self._run(number, act, place, where)
                yield step
                first[kind] = step, run

    def _step_alike(self, step: Step, run: _Run, act: _Act) -> Step:
        """The step of an act that differs from another in what is answered."""
        if run.asked is None:
            return replace(step, deed=act.deed)
        asked = replace(run.asked, form=changed(run.asked.form, {**_answer(act.reply), **act.form}))
        return replace(step, deed=act.deed, leads=self._ask(asked))

    def _acts(self, wait: Wait, seen: _Run, state: _State) -> Iterator[_Act]:
        yield _Act(Deed(Did.HUNG_UP, told="hang-up"), needs.HangUp())
        yield from self._new_moves(seen.opened.values(), state)
        match wait.doing:
            case Activity.PROMPT | Activity.GATHER:
                keys = FEW_KEYS if state.known else KEYPAD
                for key in keys if wait.listening else ANY_KEY:
                    yield _Act(Deed(Did.KEY, key, told=key), needs.Key(key))
                if wait.listening and wait.listening.speech and not state.known:
                    yield from self._said(tuple(wait.listening.hints))
            case Activity.RING:
                yield from legs()
                if any(each.get("url") for each in state.root.iter("Number")):
                    yield from asked_legs()
            case Activity.STREAM:
                yield from self._new_moves(self._moves, state)

    @cached_property
    def _moves(self) -> tuple[str, ...]:
        return tuple(moves_of_streams(self._line))

    def _new_moves(self, paths: Iterable[str], state: _State) -> Iterator[_Act]:
        """What streams do to a call: where that leads does not depend on the document."""
        for to in paths:
            if (to, state.cookies) not in self._moved:
                self._moved.add((to, state.cookies))
                url = resolve(self._settings.base_url, to)
                yield _Act(Deed(Did.MOVED, to, told=f"moved to {to}"), needs.Moved(url))

    def _run(self, number: int, act: _Act, place: int = -1, where: str = "") -> tuple[Step, _Run]:
        """Run a document, with one act at a place, until it asks for another or the call ends."""
        state = self._states[number]
        call_state = CallState(self._exchange, Options(), self._measure)
        for name in state.ears:
            party = f"{needs.STREAM}{name}"
            call_state.streams[party] = OpenedStream(name, partial(_close, call_state, party))
        leg = Leg(call_state, CALLER, self._identity, Repertoire(VERBS))
        run = _Run(number, act, place, where)
        leads: tuple[int, ...] = ()
        end = ""
        steps = leg.run(Go(Document(self._settings.base_url, state.root)))
        reply: Reply | None = None
        try:
            while True:
                need = next(steps) if reply is None else steps.send(reply)
                if isinstance(need, Fetch) and _leads_on(need):
                    run.asked = self._next(need, state, call_state, run)
                    leads = self._ask(run.asked)
                    break
                reply = self._reply(need, run)
        except StopIteration:
            end = leg.reason
        except HungUp:
            end = HUNG_UP
        steps.close()
        return _step(run, end, leads), run

    def _next(self, need: Fetch, state: _State, call_state: CallState, run: _Run) -> _Asked:
        """The request that the document leads to."""
        own = self._identity | {"DialCallSid": need.form.get("DialCallSid", "")}
        told = {name: value for name, value in need.form.items() if own.get(name) != value}
        form = changed(told.items(), run.act.form)
        ears = tuple(sorted(each.name for each in call_state.streams.values() if each.name))
        return _Asked(need.method, need.url, form, state.cookies, ears)

    def _reply(self, need: Event | needs.Need, run: _Run) -> Reply | None:
        match need:
            case Wait():
                return _passed(need, run)
            case Fetch():
                return self._fetched(need, run)
            case OpenStream():
                if not need.two_way:
                    run.opened[need.party] = need.parameters.get(PARAMETER, "")
                return StreamReply()
            case needs.CloseStream() | needs.SendKey():
                return StreamReply()
        self._see(need, run)
        return None

    def _fetched(self, need: Fetch, run: _Run) -> Response:
        """What is not the caller's next document: a sound, or what somebody hears who picked up."""
        match need.purpose:
            case "media":
                return self._sound(need.url)
            case "status":
                return Response(204)
        said = (need.url, need.form.get("Digits", ""))
        if said not in self._asked:
            self._asked[said] = self._sent(need.method, need.url, need.form)
            self._faults[run.number] += _checked(self._asked[said])[1]
        return self._asked[said]

    def _see(self, event: Event, run: _Run) -> None:
        match event:
            case Said() | Played() | Paused() if event.leg == CALLER:
                run.played.append(_Playing(self._name(event)))
                run.fresh = True
            case Pressed() | Spoke() if event.leg == CALLER:
                run.taken = True
            case Ringing():
                run.rang.append(event.number)

    def _name(self, event: Said | Played | Paused) -> str:
        """The prompt that is heard: its name in the prompts file, its words if it has none."""
        match event:
            case Said(text=text):
                return self._names.get(_letters(text), text)
            case Played(url=url) if url:
                return unquote(path(url).rpartition("/")[2]).removesuffix(".wav")
        return event.what if isinstance(event, Played) else "a pause"

    def _sound(self, url: str) -> Response:
        """A sound, as the app sends it, but cut short once its form was seen to be sound's."""
        if url not in self._sounds:
            sound = self._transport.send(Request("GET", url, {}, {}))
            is_sound = bool(sound_seconds(sound.body, sound.content_type))
            self._sounds[url] = (
                replace(sound, content_type=ULAW, body=A_SECOND) if is_sound else sound
            )
        return self._sounds[url]


def takes_alike(root: Element) -> bool:
    """Whether each Gather of a document ends with one key, and posts whichever it was.

    Words it posts as they were heard.
    """
    return all(
        (gather.get("numDigits"), gather.get("finishOnKey")) == ("1", "")
        and gather.get("partialResultCallback") is None
        for gather in root.iter("Gather")
    )


def _answer(reply: needs.Input | None) -> dict[str, str | None]:
    """What a Gather that takes answers alike posts of one."""
    match reply:
        case needs.Key(key):
            return {"Digits": key}
        case needs.Speech(text):
            return {"SpeechResult": text}
    return {}


def changed(
    form: Iterable[tuple[str, str]], changes: Mapping[str, str | None]
) -> tuple[tuple[str, str], ...]:
    """A form with other values for what it tells (None: without it), in order."""
    values = ((name, changes.get(name, value)) for name, value in form)
    return tuple(sorted((name, value) for name, value in values if value is not None))


def _leads_on(need: Fetch) -> bool:
    """Whether a request is for the caller's next document; a dialled leg has some of its own."""
    return need.purpose not in {"media", "status"} and "ParentCallSid" not in need.form


def _passed(need: Wait, run: _Run) -> Waited:
    """What goes on at a place: the act, if it is the one for it, or nothing."""
    if need.leg != CALLER:
        deed = run.act.asked if need.doing is Activity.GATHER else None
        return Waited(need.seconds or 0.0 if deed is None else 0.0, deed)
    here = len(run.waits) == run.at
    run.waits.append(need)
    if run.act is NOTHING:
        run.wheres.append(_where(need, run))
    run.listened = run.listened or need.listening is not None
    run.held = run.held or need.doing is Activity.STREAM
    if need.doing is Activity.PROMPT and run.fresh:
        run.played[-1].listening = need.listening is not None
    deed = run.act.reply
    if here and deed is not None:
        run.offered = need.listening is not None
        return Waited((need.seconds or 0.0) / 2, deed)
    if need.doing is Activity.PROMPT and run.played:
        run.played[-1].ended = True
        run.fresh = False
    if need.doing is Activity.TALK:
        left = needs.HangUp() if run.act.hangs_up else needs.PartyLeft()
        return Waited(run.act.talk, left)
    if need.doing is Activity.STREAM:
        return Waited(0.0, needs.PartyLeft(), need.party)
    return Waited(need.seconds or 0.0)


def _where(need: Wait, run: _Run) -> str:
    """A place of a document, in words."""
    match need.doing:
        case Activity.PROMPT:
            last = run.played[-1].name if run.played else "nothing"
            return f"{'during' if run.fresh else 'just after'} {last}"
        case Activity.GATHER:
            return "while the line listens"
        case Activity.RING:
            return f"from {', '.join(need.ringing)}"
        case Activity.STREAM:
            return "in text"
    return f"at {need.doing}"


def _step(run: _Run, end: str, leads: tuple[int, ...]) -> Step:
    return Step(
        run.number,
        run.act.deed,
        run.where,
        run.offered,
        run.taken,
        tuple(Prompt(each.name, each.ended, each.listening) for each in run.played),
        run.listened,
        tuple(run.rang),
        run.held,
        end,
        leads,
    )


def _close(call_state: CallState, party: str) -> Run[None]:
    """A stream of an earlier document is closed."""
    del call_state.streams[party]
    yield from ()


# What is done


def words(hints: Sequence[str], lists: Mapping[str, Sequence[str]]) -> Iterator[_Act]:
    """A phrase for each option that these hints are for, a no that is unclear, and noise."""
    for name, phrases in lists.items():
        phrase = next((each for each in phrases if each in hints), None)
        if phrase is None:
            continue
        yield _Act(Deed(Did.WORDS, name, told=f'"{phrase}"'), needs.Speech(phrase))
        if name == "no":
            unclear = Deed(Did.WORDS, "", told=f'"{phrase}", unclear,')
            yield _Act(unclear, needs.Speech(phrase), form={"Confidence": "0.3"})
    noise = GIBBERISH.text
    yield _Act(Deed(Did.WORDS, "", told=f'"{noise}"'), needs.Speech(noise))


def legs() -> Iterator[_Act]:
    """Each way in which a dialled leg ends, as Twilio tells it."""
    for status in ("busy", "no-answer", "failed", "canceled"):
        yield _Act(Deed(Did.LEG, status, told=status, bridged="false"), needs.LegStatus(status))
    for who, status in (("a person", "answered"), ("a machine", "machine")):
        for talk in (SHORT, LONG):
            for bridged in ("true", "false", ""):
                told = f"{who} for {talk:g} s, DialBridged {bridged or 'missing'},"
                deed = Deed(Did.LEG, "completed", told=told, bridged=bridged)
                form = {"DialBridged": bridged or None}
                yield _Act(deed, needs.LegStatus(status), talk, form=form, asked=ACCEPTS)
    told = "a person, and the caller hung up,"
    hung_up = Deed(Did.HUNG_UP, told=told)
    yield _Act(hung_up, needs.LegStatus("answered"), hangs_up=True, asked=ACCEPTS)


def asked_legs() -> Iterator[_Act]:
    """Each way in which a leg ends that is asked to accept, as Twilio itself tells it."""
    accepted = Deed(Did.LEG, "completed", told="a person who accepts", bridged="true")
    yield _Act(accepted, needs.LegStatus("answered"), asked=ACCEPTS)
    others = (
        ("a person who declines", needs.Key("2")),
        ("a person who hangs up when asked", needs.HangUp()),
        ("a machine that is asked", None),
    )
    for told, asked in others:
        for status in ("completed", "no-answer"):
            deed = Deed(Did.LEG, status, told=told, bridged="false")
            form = {"DialCallStatus": status}
            yield _Act(deed, needs.LegStatus("answered"), form=form, asked=asked)


def moves_of_streams(line: VoiceLine) -> Iterator[str]:
    """The paths to which a stream that holds the call in text may move it."""
    if line.tty is None:
        return
    from ivr.text.actions import Aim  # noqa: PLC0415
    from ivr.twilio.stream_session import path_of  # noqa: PLC0415 - an extra

    aims = {Dial: Aim.DIAL, HangUp: Aim.HANG_UP, SwitchMedium: Aim.VOICE, Listen: Aim.ALOUD}
    engine = line.tty.engine
    sides = tuple(both_sides(engine))
    for language in line.prompts:
        turns = {
            engine.enter(language, way, now)
            for node in engine.table.values()
            for _, way in node.ways()
            for now in sides
        }
        for turn in sorted(turns, key=lambda turn: (turn.position.node, turn.position.attempt)):
            node = engine.table[turn.position.node]
            if not isinstance(node, Confirm):
                yield path_of(turn.position, aims[type(turn.then)])


def word_lists_of(line: VoiceLine) -> dict[str, tuple[str, ...]]:
    """The phrases of each list of words, in every language and medium."""
    lists: dict[str, tuple[str, ...]] = {}
    for each in (line, line.tty or line):
        for prompts in each.prompts.values():
            for name, phrases in prompts.vocabulary.phrases.items():
                lists[name] = (*lists.get(name, ()), *phrases)
    return lists


# What is read


def prompt_texts(line: VoiceLine) -> Iterator[tuple[str, str]]:
    """The letters of each prompt, by which it is known, and its name."""
    for prompts in line.prompts.values():
        for name in prompts.texts:
            opening = SAMPLE_OPENING if name.startswith("opens.") else None
            yield _letters(spelled(prompts.parts(name, line.directory, opening))), name


@cache
def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def kept(cookies: Cookies, set_cookie: str) -> Cookies:
    """The cookies of a call after a response."""
    jar = dict(cookies)
    for line in filter(None, set_cookie.split("\n")):
        for name, morsel in SimpleCookie(line).items():
            jar[name] = morsel.value
    return tuple(sorted(jar.items()))


def _checked(response: Response) -> tuple[Document, tuple[str, ...]]:
    """The document in a response, an empty one if there is none, and what is wrong with it."""
    empty = Document(response.url, Element("Response"))
    if response.status != HTTPStatus.OK:
        return empty, (f"11200: HTTP {response.status}",)
    try:
        document, warned = read(response)
    except Refused as refused:
        document, warned = empty, [refused.warning]
    return document, tuple(f"{each.code}: {each.message}" for each in warned)


def _completed(document: Document) -> bool:
    """Write whole URLs into a document: whether one of them depended on where it came from."""
    own = False
    for verb in document.root.iter():
        action = verb.get("action")
        if action is not None or verb.tag in ACTIONS:
            own = own or not _stands_alone(action or "")
            verb.set("action", resolve(document.url, action or ""))
        if verb.tag in {"Redirect", "Play"} and verb.text:
            own = own or not _stands_alone(verb.text.strip())
            verb.text = resolve(document.url, verb.text)
    return own


def _stands_alone(url: str) -> bool:
    return url.startswith("/") or bool(urlsplit(url).scheme)
