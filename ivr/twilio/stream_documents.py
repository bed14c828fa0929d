"""Documents that open media streams, to read a TTY or to notice one, and that stop them.

A stream that notices goes on beside all documents that follow. Once the call is put
through, or held in text, it would only move it away again, so then it is stopped. The
path of the next webhook tells which calls have one: nothing else is sure to come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from twilio.twiml.voice_response import Connect, Start, Stop, Stream, VoiceResponse

from ivr.call.engine import Listen, Position, Turn
from ivr.call.nodes import Way
from ivr.twilio.tickets import PARAMETER, STREAM_PATH, Detect, Talk, Tickets
from ivr.twilio.twiml import begun_with, document, rendered
from ivr.twilio.webhook_request import WebhookRequest

EAR = "ear"
"""The name of a stream that notices, by which it is stopped."""

TICKET = b"{ticket}"
"""Stands for a ticket, which is of letters, digits and `-_.` alone (itsdangerous)."""


@dataclass(frozen=True)
class StreamDocuments:
    """Writes them; `tickets` admit the streams."""

    tickets: Tickets

    def talk(
        self, way: Way, position: Position, webhook: WebhookRequest, *, heeds_voice: bool = True
    ) -> bytes:
        """The conversation goes on in a stream, from the end of a way on; see `conversation`."""
        admits = Talk(position.language, way, heeds_voice)
        ticket = self.tickets.issue(admits, webhook.call, webhook.now)
        return begun_with(self.stop(webhook), conversation(position, ticket, webhook.base_url))

    def detect(self, admits: Detect, webhook: WebhookRequest) -> bytes:
        """The verbs by which one stream listens beside the document for somebody who types."""
        ticket = self.tickets.issue(admits, webhook.call, webhook.now)
        start = _start(webhook.base_url).replace(TICKET, ticket.encode())
        return self.stop(webhook) + start

    def stop(self, webhook: WebhookRequest) -> bytes:
        """The verb that ends the stream beside a call, if it has one."""
        return STOP if webhook.detecting else b""

    def stop_for(self, turn: Turn, webhook: WebhookRequest) -> bytes:
        """The same, if this turn puts the call through, or ends it."""
        return b"" if isinstance(turn.then, Listen) else self.stop(webhook)


def conversation(position: Position, ticket: str, base_url: str) -> bytes:
    """The document that holds a conversation in a stream.

    Whatever ends the stream but a move of the call leads behind it: there the caller is
    told, at this position, that typing can't be read.
    """
    connect = Connect()
    connect.append(_stream(base_url, ticket))
    response = VoiceResponse()
    response.append(connect)
    place = f"{position.language}/{position.node}/{position.attempt}"
    response.redirect(f"{base_url}/tty/{place}/dropped", method="POST")
    return document(response)


def stream_url(base_url: str) -> str:
    """The WebSocket's URL below the public one."""
    scheme, _, rest = base_url.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}{STREAM_PATH}"


def _stream(base_url: str, ticket: str, **named: str) -> Stream:
    stream = Stream(url=stream_url(base_url), **named)
    stream.parameter(name=PARAMETER, value=ticket)
    return stream


@lru_cache(maxsize=8)
def _start(base_url: str) -> bytes:
    """The verb that starts the stream beside a call, with a place for its ticket."""
    start = Start()
    start.append(_stream(base_url, TICKET.decode(), name=EAR))
    return rendered([start])


def _stop() -> bytes:
    stop = Stop()
    stop.stream(name=EAR)
    return rendered([stop])


STOP = _stop()
