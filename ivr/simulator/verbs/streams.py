"""Connect, Start and Stop: media streams, as far as a document drives them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ivr.simulator.events import KeySent, Streaming, Warned
from ivr.simulator.exchange import new_sid
from ivr.simulator.leg import Leg, Run, Steps, expected
from ivr.simulator.needs import (
    CloseStream,
    Key,
    Opened,
    OpenStream,
    PartyLeft,
    Pass,
    SendKey,
    While,
)
from ivr.simulator.shared import HungUp, LimitReached, MovedAway
from ivr.simulator.twiml import place
from ivr.simulator.urls import resolve

TWO_WAY = "inbound_track"


def connect(leg: Leg, verb: Element) -> Steps:
    """Hand the call to a two-way stream until the app closes it; then go on."""
    stream = verb.find("Stream")
    if stream is None:
        yield from ()
        return None  # the schema check has named a noun that is not run
    sid = yield from _opened(leg, stream, two_way=True)
    if sid:
        try:
            yield from _hold(leg, sid)
        except (HungUp, MovedAway, LimitReached):
            yield from close(leg, sid)
            raise
        yield from close(leg, sid)
    if verb.get("action") is None:
        return None
    return (yield from leg.act(verb, {}))


def _hold(leg: Leg, sid: str) -> Run[None]:
    """A stream holds the call until the app closes it; the caller's keys are sent to it.

    One-way streams get none. Source: Twilio's documentation of Media Streams.
    """
    held = Pass(While.STREAM, None, party=f"stream:{sid}")
    while True:
        deed, _ = yield from leg.pass_time(held, (PartyLeft, Key))
        if not isinstance(deed, Key):
            return
        expected((yield SendKey(sid, deed.key)), Opened)
        yield KeySent(deed.key, leg.name)


def start(leg: Leg, verb: Element) -> Steps:
    """Open one-way streams that go on beside the document."""
    for stream in verb.iter("Stream"):
        yield from _opened(leg, stream, two_way=False)
    return None


def stop(leg: Leg, verb: Element) -> Steps:
    """Close the streams of these names."""
    for stream in verb.iter("Stream"):
        name = stream.get("name", "")
        named = [sid for sid, opened in leg.shared.streams.items() if opened.get("name") == name]
        for sid in named:
            yield from close(leg, sid)
        if not named:
            what = f"no stream named {name!r} is open"
            yield Warned(0, what, "Stop it by the name that it was started with.", place(stream))
    return None


def _opened(leg: Leg, stream: Element, *, two_way: bool) -> Run[str]:
    """Open a stream; its sid, or "" if the app could not be reached."""
    url = resolve(leg.document.url, stream.get("url", ""))
    sid = new_sid("MZ")
    parameters = {each.get("name", ""): each.get("value", "") for each in stream.iter("Parameter")}
    track = stream.get("track", TWO_WAY)
    tracks = ("inbound", "outbound") if track == "both_tracks" else (track.partition("_")[0],)
    need = OpenStream(
        sid, url, leg.identity["AccountSid"], leg.identity["CallSid"], tracks, parameters, two_way
    )
    reply = expected((yield need), Opened)
    if reply.error:
        what = f"the media stream could not be opened ({reply.error})"
        yield Warned(31920, what, "Serve a WebSocket at this wss:// URL.", place(stream))
        yield from _tell(leg, stream, sid, "stream-error", {"StreamError": reply.error})
        return ""
    leg.shared.streams[sid] = stream
    yield Streaming(stream.get("name", sid), url, opened=True)
    yield from _tell(leg, stream, sid, "stream-started")
    return sid


def close(leg: Leg, sid: str) -> Run[None]:
    """Close a stream that is open, and tell so."""
    stream = leg.shared.streams.pop(sid)
    yield CloseStream(sid)
    yield Streaming(stream.get("name", sid), stream.get("url", ""), opened=False)
    yield from _tell(leg, stream, sid, "stream-stopped")


def _tell(
    leg: Leg, stream: Element, sid: str, event: str, more: dict[str, str] | None = None
) -> Run[None]:
    """Call the stream's statusCallback, if it has one."""
    callback = stream.get("statusCallback")
    if callback:
        told = {"StreamSid": sid, "StreamEvent": event, "Timestamp": leg.shared.timestamp}
        name = {"StreamName": stream.get("name", "")} if stream.get("name") else {}
        method = stream.get("statusCallbackMethod", "POST")
        yield from leg.notify(callback, told | name | (more or {}), method)
