"""What the tests of the browser phone need beside a browser: an app, voices and a server."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import numpy as np
from werkzeug.serving import BaseWSGIServer
from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Line
from offhook.audio.speech import Voices
from offhook.audio.telephone import RATE, Samples, silence
from offhook.browser.calls import Calls
from offhook.browser.page_server import listen, phone_server
from offhook.callers.realtime import DoesNotFit
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport
from offhook.needs import HangUp

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOKEN = "12345"
BASE = "http://app.localhost"

HASTE = 40
"""How many times faster than they are spoken the prompts of a hurried call go by."""

NURSE = "+19525550142"

PATIENCE = 20_000
"""Milliseconds that something may take which happens at once on an idle machine."""

MONDAY_AT_10 = "2026-11-23T10:00:00"
IN_WINTER = "-06:00"

MENU = """
    Welcome to the little line whose one long prompt goes on and on without a stop so that
    whoever is in a hurry can cut it short with any key that there is on the telephone"""

ASK = """
    <Gather action="/chosen" input="dtmf speech" hints="yes, no" numDigits="1" timeout="60"
    speechTimeout="1">{}</Gather>"""
SAY = "<Say>{}</Say>"

TRANSFER = f"""
    <Dial action="/transferred" timeout="60"><Number url="/whisper">{NURSE}</Number></Dial>"""
WHISPER = """
    <Gather action="/accepted" numDigits="1" timeout="60"><Say>Press 1 to accept.</Say></Gather>
    <Hangup/>"""
CONFERENCE = """
    <Dial action="/transferred"><Conference startConferenceOnEnter="false" waitUrl="/waiting">
    room</Conference></Dial>"""


def ask(*words: str) -> str:
    """A question: what is said, and a minute for an answer."""
    return ASK.format("".join(SAY.format(each) for each in words))


class PromptApp:
    """A TwiML app of short prompts, a transfer, a queue and a conference."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one webhook."""
        request = Request(environ)
        document = self._document(request.path, request.form.to_dict())
        answer = Response(f"<Response>{document}</Response>", mimetype="text/xml")
        return answer(environ, start_response)

    def _document(self, path: str, form: dict[str, str]) -> str:
        if path == "/chosen":
            return self._chosen(form.get("Digits", ""), form.get("SpeechResult", ""))
        documents = {
            "/voice": ask(" ".join(MENU.split())),
            "/whisper": WHISPER,
            "/waiting": SAY.format("Please wait.") + '<Pause length="60"/>',
            "/transferred": ask(f"The transfer ended: {form.get('DialCallStatus')}."),
            "/left": ask(f"The wait ended: {form.get('QueueResult')}."),
        }
        return documents.get(path, "")

    def _chosen(self, digits: str, words: str) -> str:
        after = {
            "4": ask(),
            "6": CONFERENCE,
            "7": TRANSFER,
            "8": '<Enqueue action="/left" waitUrl="/waiting">support</Enqueue>',
            "9": SAY.format("Goodbye.") + "<Hangup/>",
        }
        return after.get(digits) or ask(f"You {f'said {words}' if words else f'chose {digits}'}.")


def prompt_target() -> Target:
    """The small app as something to call."""
    line = Line(f"{BASE}/voice")
    return Target("a small app", line, WsgiTransport(PromptApp(), BASE), TOKEN, dated=True)


class HurriedVoices(Voices):
    """Voices whose prompts count a fraction of their time, for calls that are long to hear."""

    def measure(self, say: Element) -> tuple[str, float]:
        """What is said, and a fraction of its seconds."""
        text, seconds = super().measure(say)
        return text, seconds / HASTE


@contextmanager
def served(calls: Calls) -> Iterator[str]:
    """The browser phone on loopback, at the URL that is yielded; afterwards its calls end."""
    with listening(listen(phone_server(calls), 0)) as url:
        try:
            yield url
        finally:
            hang_up_all(calls)


@contextmanager
def listening(server: BaseWSGIServer) -> Iterator[str]:
    """A server at work, at the URL that is yielded."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="a server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hang_up_all(calls: Calls) -> None:
    """End every call that goes on."""
    for known in calls.history:
        live = calls.get(str(known["id"]))
        if live is not None:
            with suppress(DoesNotFit):
                live.input(HangUp())
            live.join(10)


def for_a_microphone(samples: Samples) -> bytes:
    """A 48 kHz WAV for Chromium's pretended microphone, with silence around the samples."""
    around = silence(1.0)
    said = np.concatenate([around, samples, around])
    times = 48_000 // RATE
    finer = np.fft.irfft(np.fft.rfft(said), len(said) * times) * times
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE * times)
        writer.writeframes((np.clip(finer, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def loudness(samples: Samples) -> float:
    """The root mean square of samples from -1 to 1; speech has about 0.1, silence 0."""
    return float(np.sqrt(np.mean(np.square(samples))))


EARS = """
(() => {
  const LOUD = 0.01; // root mean square
  const QUIET = 600; // milliseconds without sound that are no pause between words
  const { decodeAudioData } = BaseAudioContext.prototype;
  const { connect } = AudioNode.prototype;
  const { getUserMedia } = MediaDevices.prototype;
  const told = () => document.documentElement.dataset;
  const rms = (samples) => Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);

  const overhear = (node, tell) => {
    const analyser = new AnalyserNode(node.context);
    const samples = new Float32Array(analyser.fftSize);
    let last = -Infinity;
    connect.call(node, analyser);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (rms(samples) > LOUD) last = performance.now();
      tell(performance.now() - last < QUIET);
    }, 20);
  };

  BaseAudioContext.prototype.decodeAudioData = async function (...given) {
    const buffer = await decodeAudioData.apply(this, given);
    told().decoded = rms(buffer.getChannelData(0));
    return buffer;
  };
  AudioNode.prototype.connect = function (to, ...more) {
    const speaker = this.context instanceof AudioContext && to === this.context.destination;
    if (speaker) overhear(this, (loud) => (told().speaker = loud));
    return connect.call(this, to, ...more);
  };
  MediaDevices.prototype.getUserMedia = async function (...given) {
    const stream = await getUserMedia.apply(this, given);
    const context = new AudioContext();
    let heard = false;
    overhear(context.createMediaStreamSource(stream), (loud) => {
      heard ||= loud;
      told().microphone = heard && !loud ? "has spoken" : "waits or speaks";
    });
    return stream;
  };
})();
"""
"""Tells on <html> what the page decodes, what its speaker plays, what its microphone heard."""
