"""A conference with a moderator, and a queue with an agent."""

from __future__ import annotations

from apps.validating import validated
from flask import Flask, request
from twilio.twiml.voice_response import Dial, VoiceResponse

MODERATOR = "+16125550100"

app = Flask(__name__)
results: list[str] = []


@app.post("/conference")
@validated
def conference() -> str:
    """Everybody waits for the moderator, who ends it."""
    response = VoiceResponse()
    chairs = request.form["From"] == MODERATOR
    dial = Dial(action="/over")
    dial.conference(
        "My conference",
        start_conference_on_enter=chairs,
        end_conference_on_exit=chairs,
        wait_url="/music",
    )
    response.append(dial)
    return str(response)


@app.post("/music")
@validated
def music() -> str:
    """What is heard meanwhile."""
    response = VoiceResponse()
    response.say("Please wait for the moderator.")
    response.pause(length=10)
    return str(response)


@app.post("/over")
@validated
def over() -> str:
    """After the conference."""
    results.append(request.form["DialCallStatus"])
    response = VoiceResponse()
    response.say("The conference is over.")
    return str(response)


@app.post("/caller")
@validated
def caller() -> str:
    """A caller is put into the queue."""
    response = VoiceResponse()
    response.enqueue("support", wait_url="/wait", action="/left-queue")
    return str(response)


@app.post("/wait")
@validated
def wait() -> str:
    """The place in the queue; who presses star leaves."""
    response = VoiceResponse()
    with response.gather(num_digits=1, action="/key", timeout=10) as gather:
        gather.say(f"You are number {request.form['QueuePosition']}.")
    return str(response)


@app.post("/key")
@validated
def key() -> str:
    """Leave, or go on waiting."""
    response = VoiceResponse()
    if request.form["Digits"] == "*":
        response.leave()
    return str(response)


@app.post("/left-queue")
@validated
def left_queue() -> str:
    """Out of the queue."""
    results.append(request.form["QueueResult"])
    response = VoiceResponse()
    response.say(f"Result {request.form['QueueResult']}")
    return str(response)


@app.post("/agent")
@validated
def agent() -> str:
    """An agent takes the first caller."""
    response = VoiceResponse()
    dial = Dial(action="/agent-done")
    dial.queue("support")
    response.append(dial)
    return str(response)


@app.post("/agent-done")
@validated
def agent_done() -> str:
    """After the talk."""
    response = VoiceResponse()
    response.say(f"Done {request.form['DialCallStatus']}")
    return str(response)
