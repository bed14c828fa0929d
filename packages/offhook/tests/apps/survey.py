"""A survey with a recording: a question a key answers, one that a voice answers, thanks."""

from __future__ import annotations

from apps.validating import validated
from flask import Flask, request, session, url_for
from twilio.twiml.voice_response import VoiceResponse

app = Flask(__name__)
app.secret_key = "a secret of this sample"
answers: list[dict[str, str]] = []


@app.post("/voice")
@validated
def voice() -> str:
    """Begin."""
    response = VoiceResponse()
    response.say("Thank you for taking our survey.")
    response.redirect(url_for("question", number=1))
    return str(response)


@app.route("/question", methods=["GET", "POST"])
@validated
def question() -> str:
    """A question; its answer comes back here too."""
    response = VoiceResponse()
    if "Digits" in request.form and "RecordingUrl" not in request.form:
        session["rating"] = request.form["Digits"]
    match request.args["number"]:
        case "1":
            response.say("Rate us from 0 to 9.")
            response.gather(num_digits=1, action=url_for("question", number=2))
        case "2":
            response.say("Tell us why, then press any key.")
            response.record(max_length=30, action=url_for("thanks"), transcribe_callback="/text")
            response.say("You said nothing.")
    return str(response)


@app.post("/thanks")
@validated
def thanks() -> str:
    """The end."""
    kept = ("RecordingUrl", "RecordingDuration", "Digits", "CallStatus")
    answers.append({name: request.form[name] for name in kept} | {"rating": session["rating"]})
    response = VoiceResponse()
    response.say(f"You gave us a {session['rating']}. Goodbye.")
    response.hangup()
    return str(response)


@app.post("/text")
@validated
def text() -> str:
    """What was recognised of the recording."""
    answers[-1:] = [*answers[-1:], {"text": request.form["TranscriptionText"]}]
    return ""
