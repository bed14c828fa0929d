"""A small app for TTY callers that has nothing to do with this project's line.

/voice      greets over a two-way stream, echoes what is typed, closes on SK
/patient    greets as /voice, and asks once whether somebody who is silent is there
/recorded   plays an announcement in Baudot, then waits for a key
/listening  hears the caller beside its own words, and moves the call to /voice
/lingering  greets as /voice, and takes its time to close
/dialling   greets as /voice, dials when it has closed, and says by TTY how that went
/brief      hears the caller until the first sound, and waits for a key
/both       hears the caller twice at once, and moves nobody
"""

from __future__ import annotations

import base64
import io
import json
import os
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import requests
from apps.validating import validated
from flask import Flask, Response, request
from flask_sock import Sock
from simple_websocket import Server

from offhook.audio.telephone import decode
from ttymodem.modem import Receiver, modulate

GREETING = "HELLO, TYPE AND I ECHO GA"
ANNOUNCEMENT = "PRESS 1 GA"
STILL_THERE = "STILL THERE Q GA"
NURSE = "+16125550199"

app = Flask(__name__)
sock = Sock(app)
overheard: dict[str, str] = {}
"""What each one-way stream has heard, by its name."""
parameters: dict[str, str] = {}
told: list[str] = []
"""What the callback of /brief was told of its stream."""


def document(content: str) -> str:
    return f"<Response>{content}</Response>"


def web_socket(path: str) -> str:
    return f"ws://{request.host}/{path}"


def talk(**values: str) -> str:
    """A two-way stream with these parameters."""
    named = "".join(f'<Parameter name="{key}" value="{values[key]}"/>' for key in values)
    return f'<Connect><Stream url="{web_socket("stream")}">{named}</Stream></Connect>'


def ear(name: str) -> str:
    url = web_socket("ear")
    return f'<Start><Stream url="{url}"><Parameter name="name" value="{name}"/></Stream></Start>'


@app.post("/voice")
@validated
def voice() -> str:
    """A conversation, then a goodbye for who hears."""
    return document(f"{talk(greeting='yes')}<Say>Bye</Say>")


@app.post("/patient")
@validated
def patient() -> str:
    """A conversation that says more after 20 seconds of its own."""
    return document(talk(asks_at="20000"))


@app.post("/lingering")
@validated
def lingering() -> str:
    """A conversation that is closed four seconds after its SK, then a goodbye for who hears."""
    return document(f"{talk(greeting='yes', lingers='200')}<Say>Bye</Say>")


@app.post("/dialling")
@validated
def dialling() -> str:
    """A conversation, then somebody is dialled."""
    dial = f'<Dial callerId="{request.form["From"]}" action="/dialled">{NURSE}</Dial>'
    return document(talk() + dial)


@app.post("/dialled")
@validated
def dialled() -> str:
    """How it went, in the words of Twilio, after a moment."""
    status = request.form["DialCallStatus"].upper()
    return document(f'<Pause length="2"/>{talk(text=f"{status} GA")}')


@app.post("/recorded")
@validated
def recorded() -> str:
    """An announcement and a key."""
    gather = '<Gather numDigits="1" timeout="600" action="/chosen"><Play>/hello.wav</Play></Gather>'
    return document(gather)


@app.get("/hello.wav")
def hello() -> Response:
    """The announcement as 16-bit PCM."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        samples = decode(modulate(ANNOUNCEMENT))
        writer.writeframes((samples * 32767).astype("<i2").tobytes())
    return Response(file.getvalue(), mimetype="audio/wav")


@app.post("/chosen")
@validated
def chosen() -> str:
    """Say the key."""
    return document(f"<Say>You pressed {request.form['Digits']}.</Say>")


@app.post("/listening")
@validated
def listening() -> str:
    """Words for those who hear, an ear for those who type."""
    return document(f'{ear("mover")}<Say>Press 1.</Say><Gather timeout="120" action="/chosen"/>')


@app.post("/both")
@validated
def both() -> str:
    """Two ears at once."""
    return document(f'{ear("left")}{ear("right")}<Pause length="120"/>')


@app.post("/brief")
@validated
def brief() -> str:
    """An ear that soon has heard enough."""
    told.clear()
    stream = f'<Stream name="ear" url="{web_socket("once")}" statusCallback="/told"/>'
    return document(
        f'<Start>{stream}</Start><Gather numDigits="1" timeout="600" action="/chosen"/>'
    )


@app.post("/told")
@validated
def tell() -> str:
    """Remember what becomes of the stream."""
    told.append(request.form["StreamEvent"])
    return ""


@app.post("/clock")
@validated
def clock() -> str:
    """The time, by TTY."""
    return document(f'<Connect><Stream url="{web_socket("time")}"/></Connect>')


Message = dict[str, Any]


def messages(ws: Server) -> Iterator[Message]:
    """What Twilio sends, until it stops the stream."""
    while True:
        message: Message = json.loads(ws.receive())
        if message["event"] == "stop":
            return
        yield message


def linger(ws: Server, frames: int) -> None:
    """Let so many frames of 20 ms go by before the stream is closed."""
    going_by = messages(ws)
    for _ in range(frames):
        next(going_by, None)


@sock.route("/stream")  # type: ignore[untyped-decorator] # flask-sock has no type information
def stream(ws: Server) -> None:
    """Greet, echo, and close when the caller says SK."""
    receiver, line, sid = Receiver(), "", ""
    for message in messages(ws):
        match message["event"]:
            case "start":
                sid = message["streamSid"]
                parameters.clear()
                parameters.update(message["start"]["customParameters"])
                answer(ws, sid, parameters.get("text", GREETING))
            case "media":
                line += heard(receiver, message)
                if message["media"]["timestamp"] == parameters.get("asks_at"):
                    answer(ws, sid, STILL_THERE)
                if line.endswith("GA"):
                    answer(ws, sid, line)
                    line = ""
                elif line.endswith("SK"):
                    answer(ws, sid, "BYE SK", then="over")
                    line = ""
            case "mark":  # all has been heard
                linger(ws, int(parameters.get("lingers", "0")))
                return


@sock.route("/time")  # type: ignore[untyped-decorator] # flask-sock has no type information
def tell_time(ws: Server) -> None:
    """Send the time, and close."""
    for message in messages(ws):
        if message["event"] == "start":
            answer(ws, message["streamSid"], f"{datetime.now(UTC):%H.%M}", then="over")
        if message["event"] == "mark":
            return


@sock.route("/once")  # type: ignore[untyped-decorator] # flask-sock has no type information
def hear_once(ws: Server) -> None:
    """Close at the first sound."""
    next(message for message in messages(ws) if message["event"] == "media")


@sock.route("/ear")  # type: ignore[untyped-decorator] # flask-sock has no type information
def hear(ws: Server) -> None:
    """Listen; the one who may moves the call to /voice when something was typed."""
    receiver, name, move = Receiver(), "", _nowhere
    for message in messages(ws):
        match message["event"]:
            case "start":
                name = message["start"]["customParameters"]["name"]
                overheard[name] = ""
                if name == "mover":
                    move = mover(message["start"], request.host)
            case "media":
                overheard[name] += heard(receiver, message)
                if overheard[name]:
                    move()


def heard(receiver: Receiver, message: Message) -> str:
    sound = base64.b64decode(message["media"]["payload"])
    found = receiver.take(sound, int(message["media"]["timestamp"]))
    return "".join(character.text for character in found)


def answer(ws: Server, sid: str, text: str, then: str = "") -> None:
    sound = base64.b64encode(modulate(text)).decode()
    ws.send(json.dumps({"event": "media", "streamSid": sid, "media": {"payload": sound}}))
    if then:
        ws.send(json.dumps({"event": "mark", "streamSid": sid, "mark": {"name": then}}))


def _nowhere() -> None:
    """The call stays where it is."""


def mover(start: Message, host: str) -> Callable[[], None]:
    """What moves a call to /voice, once."""
    account, call = start["accountSid"], start["callSid"]
    moved: list[str] = []

    def move() -> None:
        if moved:
            return
        moved.append(call)
        url = f"{os.environ['TWILIO_API_URL']}/2010-04-01/Accounts/{account}/Calls/{call}.json"
        token = os.environ["TWILIO_AUTH_TOKEN"]
        form = {"Url": f"http://{host}/voice", "Method": "POST"}
        requests.post(url, form, auth=(account, token), timeout=10).raise_for_status()

    return move
