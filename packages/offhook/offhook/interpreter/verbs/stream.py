"""Connect, Start and Stop: media streams, as far as a document drives them."""

from __future__ import annotations

from functools import partial
from xml.etree.ElementTree import Element

from offhook.account.exchange import new_sid
from offhook.events import KeySent, Streaming, Warned
from offhook.interpreter.call_state import HungUp, LimitReached, MovedAway, OpenedStream
from offhook.interpreter.document import place
from offhook.interpreter.leg import Leg, Run, Steps, expected
from offhook.interpreter.urls import resolve
from offhook.needs import (
    Activity,
    CloseStream,
    Key,
    OpenStream,
    PartyLeft,
    SendKey,
    StreamReply,
    Wait,
)

TWO_WAY = "inbound_track"


def connect(leg: Leg, verb: Element) -> Steps:
    """Hand the call to a two-way stream until the app closes it; then go on."""
    stream = verb.find("Stream")
    if stream is None:
        yield from ()
        return None  # the schema check has named a noun that is not run
    need = yield from _opened(leg, stream, two_way=True)
    if need:
        opened = leg.state.streams[need.party]
        try:
            yield from _hold(leg, need)
        except (HungUp, MovedAway, LimitReached):
            yield from opened.close()
            raise
        yield from opened.close()
    if verb.get("action") is None:
        return None
    return (yield from leg.run_action(verb, {}))


def _hold(leg: Leg, need: OpenStream) -> Run[None]:
    """A stream holds the call until the app closes it; the caller's keys are sent to it.

    One-way streams get none. Source: Twilio's documentation of Media Streams.
    """
    held = Wait(Activity.STREAM, None, party=need.party)
    while True:
        given, _ = yield from leg.pass_time(held, (PartyLeft, Key))
        if not isinstance(given, Key):
            return
        expected((yield SendKey(need.sid, given.key)), StreamReply)
        yield KeySent(given.key, leg.name)


def start(leg: Leg, verb: Element) -> Steps:
    """Open one-way streams that go on beside the document."""
    for stream in verb.iter("Stream"):
        yield from _opened(leg, stream, two_way=False)
    return None


def stop(leg: Leg, verb: Element) -> Steps:
    """Close the streams of these names."""
    for stream in verb.iter("Stream"):
        name = stream.get("name", "")
        named = [each for each in leg.state.streams.values() if each.name == name]
        for opened in named:
            yield from opened.close()
        if not named:
            what = f"no stream named {name!r} is open"
            yield Warned(0, what, "Stop it by the name that it was started with.", place(stream))
    return None


def _opened(leg: Leg, stream: Element, *, two_way: bool) -> Run[OpenStream | None]:
    """Open a stream; None if the app could not be reached."""
    url = resolve(leg.document.url, stream.get("url", ""))
    sid = new_sid("MZ")
    parameters = {each.get("name", ""): each.get("value", "") for each in stream.iter("Parameter")}
    track = stream.get("track", TWO_WAY)
    tracks = ("inbound", "outbound") if track == "both_tracks" else (track.partition("_")[0],)
    need = OpenStream(
        sid, url, leg.identity["AccountSid"], leg.identity["CallSid"], tracks, parameters, two_way
    )
    reply = expected((yield need), StreamReply)
    if reply.error:
        what = f"the media stream could not be opened ({reply.error})"
        remedy = reply.remedy or "Serve a WebSocket at this wss:// URL."
        yield Warned(31920, what, remedy, place(stream))
        yield from _tell(leg, stream, sid, "stream-error", {"StreamError": reply.error})
        return None
    opened = OpenedStream(stream.get("name"), partial(_close, leg, stream, need))
    leg.state.streams[need.party] = opened
    yield Streaming(stream.get("name", sid), url, opened=True)
    yield from _tell(leg, stream, sid, "stream-started")
    return need


def _close(leg: Leg, stream: Element, need: OpenStream) -> Run[None]:
    """Close a stream that is open, and tell so."""
    del leg.state.streams[need.party]
    yield CloseStream(need.sid)
    yield Streaming(stream.get("name", need.sid), need.url, opened=False)
    yield from _tell(leg, stream, need.sid, "stream-stopped")


def _tell(
    leg: Leg, stream: Element, sid: str, event: str, more: dict[str, str] | None = None
) -> Run[None]:
    """Call the stream's statusCallback, if it has one."""
    callback = stream.get("statusCallback")
    if callback:
        told = {"StreamSid": sid, "StreamEvent": event, "Timestamp": leg.state.timestamp}
        name = {"StreamName": stream.get("name", "")} if stream.get("name") else {}
        method = stream.get("statusCallbackMethod", "POST")
        yield from leg.notify(callback, told | name | (more or {}), method)
