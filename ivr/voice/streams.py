"""Documents that open media streams: to read a TTY, or to notice one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from twilio.twiml.voice_response import Connect, Start, Stream, VoiceResponse

from ivr.call.engine import Position
from ivr.call.nodes import Way
from ivr.tty.tickets import PARAMETER, STREAM_PATH, Overhear, Talk, Tickets
from ivr.voice.twiml import document


@dataclass(frozen=True)
class StreamDocuments:
    """Writes them; `tickets` admit the streams."""

    tickets: Tickets

    def talk(self, way: Way, position: Position, base_url: str, call: str, now: datetime) -> bytes:
        """The conversation goes on in a stream, from the end of a way on.

        `base_url` is the public URL without a slash at its end, `call` the CallSid.
        Whatever ends the stream but a move of the call leads behind it: there the
        caller is told, at this position, that typing can't be read.
        """
        connect = Connect()
        connect.append(self._stream(Talk(position.language, way), base_url, call, now))
        response = VoiceResponse()
        response.append(connect)
        place = f"{position.language}/{position.node}/{position.attempt}"
        response.redirect(f"{base_url}/tty/{place}/dropped", method="POST")
        return document(response)

    def overhear(self, path: str, base_url: str, call: str, now: datetime) -> Start:
        """The verb by which a stream listens beside the document.

        Somebody who types is moved to this path.
        """
        start = Start()
        start.append(self._stream(Overhear(path), base_url, call, now))
        return start

    def _stream(self, admits: Talk | Overhear, base_url: str, call: str, now: datetime) -> Stream:
        scheme, _, rest = base_url.partition("://")
        stream = Stream(url=f"{'wss' if scheme == 'https' else 'ws'}://{rest}{STREAM_PATH}")
        stream.parameter(name=PARAMETER, value=self.tickets.issue(admits, call, now))
        return stream
