"""Call forwarding: a number with a whisper, and voicemail where nobody answers."""

from __future__ import annotations

from apps.validating import validated
from flask import Flask, request
from twilio.twiml.voice_response import Dial, VoiceResponse

app = Flask(__name__)
ended: list[str] = []


@app.post("/voice")
@validated
def voice() -> str:
    """Forward."""
    response = VoiceResponse()
    dial = Dial(action="/done", timeout=20, caller_id=request.form["To"])
    dial.number(
        "+1 612 555 0199",
        url="/whisper",
        status_callback="/events",
        status_callback_event="initiated ringing answered completed",
    )
    response.append(dial)
    return str(response)


@app.post("/whisper")
@validated
def whisper() -> str:
    """What the one who answers hears."""
    response = VoiceResponse()
    with response.gather(num_digits=1, action="/accepted", timeout=5) as gather:
        gather.say(f"A call from {request.form['From']}. Press any key to take it.")
    response.hangup()
    return str(response)


@app.post("/accepted")
@validated
def accepted() -> str:
    """Put them through."""
    return str(VoiceResponse())


@app.post("/events")
@validated
def events() -> str:
    """What became of the leg."""
    ended.append(request.form["CallStatus"])
    return ""


@app.post("/done")
@validated
def done() -> str:
    """After the call; nobody answered: voicemail."""
    response = VoiceResponse()
    if request.form["DialBridged"] == "true":
        response.say(f"You talked for {request.form['DialCallDuration']} seconds.")
    else:
        response.say(f"They are {request.form['DialCallStatus']}. Leave a message.")
        response.record(action="/left")
    return str(response)


@app.post("/left")
@validated
def left() -> str:
    """After the message."""
    response = VoiceResponse()
    response.say("Your message was kept.")
    return str(response)
