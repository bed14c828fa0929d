"""A phone tree as twilio-python's tutorials write it: menus, a loop, a session, a count."""

from __future__ import annotations

from apps.validating import validated
from flask import Flask, request, session, url_for
from twilio.twiml.voice_response import Gather, VoiceResponse

app = Flask(__name__)
app.secret_key = "a secret of this sample"


@app.post("/welcome")
@validated
def welcome() -> str:
    """The first menu; whoever says nothing hears it again, three times."""
    response = VoiceResponse()
    session["tries"] = session.get("tries", 0) + 1
    if session["tries"] > 3:
        response.say("Goodbye")
        return str(response)
    with response.gather(num_digits=1, action=url_for("menu"), method="POST") as gather:
        gather.say("Please press 1 for directions. Press 2 for a planet.", loop=2)
    response.redirect(url_for("welcome"))
    return str(response)


@app.post("/menu")
@validated
def menu() -> str:
    """What each key does."""
    response = VoiceResponse()
    match request.form["Digits"]:
        case "1":
            response.say("Walk north.", voice="Polly.Amy", language="en-GB")
            response.hangup()
        case "2":
            gather = Gather(input="dtmf speech", hints="brodo asogi", action="planet?from=menu")
            gather.say("Say the name of your planet.")
            response.append(gather)
            response.say("We did not hear you.")
        case _:
            response.say("Returning to the main menu")
            response.redirect(url_for("welcome"))
    return str(response)


@app.post("/planet")
@validated
def planet() -> str:
    """Goes where the caller said."""
    response = VoiceResponse()
    heard = request.form.get("SpeechResult") or request.form.get("Digits", "")
    response.say(f"Beaming you to {heard} from {request.args['from']}")
    return str(response)
