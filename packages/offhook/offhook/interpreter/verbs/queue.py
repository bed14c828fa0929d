"""Enqueue, and the queue that a Dial takes callers from."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from offhook.account.exchange import Participant
from offhook.events import Bridged, Dequeued, LegEnded, Queued, Ringing
from offhook.interpreter.call_state import HungUp, LimitReached, MovedAway, TakenFromQueue
from offhook.interpreter.leg import Leg, Run, Steps, number
from offhook.interpreter.urls import resolve
from offhook.interpreter.verbs.bridge import participant, talk
from offhook.interpreter.verbs.hold import (
    LEFT,
    QUEUE_WAIT,
    QUEUE_WHISPER,
    Hold,
    hold,
)
from offhook.needs import PICKED_UP, Activity, LegStatus, Wait

RING_SECONDS = 30
"""How long a Dial rings by default. Source: Twilio's documentation of Dial."""


def dial_queue(
    leg: Leg, verb: Element, noun: Element, name: str, here: Participant
) -> Run[tuple[str, float]]:
    """Take the next caller of a queue, and talk: DialCallStatus, and how long that was."""
    where = f"queue:{name}"
    url = resolve(leg.document.url, noun.get("url", "")) if noun.get("url") else ""
    method = noun.get("method", "POST")
    exchange = leg.state.exchange
    if exchange.dequeue(name, here, url, method) is None:
        status = yield from _await_caller(leg, verb, name, here)
        if status not in PICKED_UP:
            yield LegEnded(where, status)
            return status, 0.0
        exchange.dequeue(name, here, url, method)
    try:
        yield Bridged(where)
        seconds_talked = yield from talk(leg, verb, where)
    finally:
        exchange.part(here.sid)
    yield LegEnded(where, "completed")
    return "completed", seconds_talked


def _await_caller(leg: Leg, verb: Element, name: str, here: Participant) -> Run[str]:
    """An agent waits at an empty queue until somebody comes; how that ended."""
    where = f"queue:{name}"
    seconds = number(verb, "timeout", RING_SECONDS)
    yield Ringing(where, leg.identity["From"], seconds)
    exchange = leg.state.exchange
    exchange.await_caller(name, here)
    try:
        given, _ = yield from leg.pass_time(
            Wait(Activity.RING, seconds, ringing=(where,)), (LegStatus,)
        )
    finally:
        exchange.give_up(name, here)
    return given.status if isinstance(given, LegStatus) else "no-answer"


def enqueue(leg: Leg, verb: Element) -> Steps:
    """Wait in a queue until an agent comes, the caller leaves it, or hangs up."""
    name = (verb.text or "").strip() or "default"
    here = participant(leg)
    exchange = leg.state.exchange
    place = exchange.enqueue(name, here)
    queue_sid = exchange.sid_of("QU", name)
    if place is None:
        yield Dequeued(name, "queue-full")
        return (yield from _left_queue(leg, verb, queue_sid, "queue-full", here))
    yield Queued(name, place)

    def told() -> Mapping[str, str]:
        return {
            "QueueSid": queue_sid,
            "QueueTime": f"{leg.state.elapsed - here.since:.0f}",
            "QueuePosition": str(exchange.place(name, here)),
            "AvgQueueTime": f"{leg.state.elapsed - here.since:.0f}",
            "CurrentQueueSize": str(len(exchange.queues.get(name, []))),
        }

    method = verb.get("waitUrlMethod", "POST")
    waiting = Hold(f"queue:{name}", verb.get("waitUrl"), method, QUEUE_WAIT, told)
    try:
        reason = yield from hold(leg, waiting)
    except TakenFromQueue as taken:
        return (yield from _bridged(leg, verb, name, here, taken))
    except (HungUp, MovedAway, LimitReached) as gone:
        exchange.leave_queue(name, here)
        result = "redirected" if isinstance(gone, MovedAway) else "hangup"
        yield Dequeued(name, result)
        yield from _tell(leg, verb, _result(leg, queue_sid, result, here.since))
        raise
    exchange.leave_queue(name, here)
    result = "leave" if reason == LEFT else "hangup"
    yield Dequeued(name, result)
    going = yield from _left_queue(leg, verb, queue_sid, result, here)
    return going if reason == LEFT else leg.end(reason)


def _bridged(leg: Leg, verb: Element, name: str, here: Participant, taken: TakenFromQueue) -> Steps:
    exchange = leg.state.exchange
    exchange.leave_queue(name, here)
    waited = _result(leg, exchange.sid_of("QU", name), "bridged", here.since)
    yield Dequeued(name, "bridged")
    agent = taken.connected
    try:
        if agent.whisper:
            hearing = Leg(leg.state, leg.name, leg.identity, QUEUE_WHISPER, document=leg.document)
            about = waited | {"DequeingCallSid": agent.party}  # so spelt by Twilio
            go = yield from hearing.fetch(agent.method, agent.whisper, about, "whisper")
            yield from hearing.run(go)
        if not agent.whisper or here.sid in exchange.talks:  # the agent may have gone meanwhile
            yield Bridged(agent.party)
            yield from talk(leg, verb, agent.party)
            yield LegEnded(agent.party, "completed")
    except MovedAway:
        moved = _result(leg, exchange.sid_of("QU", name), "redirected-from-bridged", here.since)
        yield from _tell(leg, verb, moved)
        raise
    finally:
        exchange.part(here.sid)
    return (yield from _posted(leg, verb, waited))


def _left_queue(leg: Leg, verb: Element, sid: str, result: str, here: Participant) -> Steps:
    return (yield from _posted(leg, verb, _result(leg, sid, result, here.since)))


def _result(leg: Leg, queue_sid: str, result: str, since: float) -> dict[str, str]:
    waited = f"{leg.state.elapsed - since:.0f}"
    return {"QueueResult": result, "QueueSid": queue_sid, "QueueTime": waited}


def _posted(leg: Leg, verb: Element, told: Mapping[str, str]) -> Steps:
    if verb.get("action") is None:
        return None
    return (yield from leg.run_action(verb, told))


def _tell(leg: Leg, verb: Element, told: Mapping[str, str]) -> Run[None]:
    if verb.get("action") is not None:
        yield from leg.notify(verb.get("action", ""), told, verb.get("method", "POST"))
