"""The documents around a TTY call: what opens its stream, and what comes behind it."""

from __future__ import annotations

import io
import wave
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from line_facts import (
    BASE,
    CARELINE,
    CARELINE_TTY,
    MONDAY_AT_7_PM,
    MONDAY_AT_10,
    NAVIGATOR_TTY,
    SETTINGS,
    TOKEN,
    TTY_NUMBER,
    VOICE_NUMBER,
)
from test_webhooks import APP, IDENTITY, dials_careline, post, post_form
from werkzeug.test import TestResponse

from ivr import Settings, create_app
from ivr.call.lines import Detection
from ivr.call.nodes import Confirm, Way
from ivr.config import VoiceLine
from ivr.text.pages import PAGE_SECONDS
from ivr.twilio.incidents import Incidents
from ivr.twilio.tickets import BadTicket, Detect, Talk, Tickets
from ivr.twilio.webhooks import Webhooks
from offhook.interpreter.document import parse, warnings
from ttymodem.baudot import duration
from ttymodem.modem import received
from ttymodem.ulaw import encode

TICKETS = Tickets(TOKEN)


def document(response: TestResponse) -> Element:
    """The TwiML of a response, which breaks no rule of Twilio's."""
    assert response.status_code == 200
    root: Element = parse(response.data)
    assert list(warnings(root)) == []
    return root


def admitted(root: Element) -> Talk | Detect:
    """What the ticket in a document's stream admits to."""
    parameter = next(root.iter("Parameter"))
    assert parameter.get("name") == "ticket"
    return TICKETS.check(parameter.get("value"), IDENTITY["CallSid"], MONDAY_AT_10)


def plays(root: Element) -> list[str]:
    """What is played, as the text in it; every sound is fetched as Twilio does."""
    return [text_of(play.text or "") for play in root.iter("Play")]


def text_of(url: str, app: Flask = APP) -> str:
    """The text in a sound."""
    response = app.test_client().get(url)
    assert response.mimetype == "audio/wav"
    with wave.open(io.BytesIO(response.data)) as reader:
        assert (reader.getframerate(), reader.getnchannels()) == (8000, 1)
        samples = np.frombuffer(reader.readframes(reader.getnframes()), "<i2") / 32768
    return received(encode(samples)).strip()


# The stream that reads a TTY


@pytest.mark.parametrize("path", ["/voice", "/tty"])
def test_a_call_on_a_tty_number_is_read_at_once(path: str) -> None:
    """Nothing is said: the stream opens first, on a wss URL, from the start of the table."""
    root = document(post(path, To=TTY_NUMBER))
    assert [child.tag for child in root] == ["Connect", "Redirect"]
    stream = next(root.iter("Stream"))
    assert stream.get("url") == "wss://line.example.org/tty/stream"
    assert admitted(root) == Talk("en", Way("greeting"))


def test_9_leads_to_the_conversation() -> None:
    """From any question, by voice."""
    root = document(post("/voice/en/fever/1", Digits="9"))
    assert admitted(root) == Talk("en", Way("greeting"))


def test_behind_the_stream_the_call_goes_on() -> None:
    """A stream that could not be opened, or broke, leaves a caller who can answer by key."""
    redirect = document(post("/tty", To=TTY_NUMBER)).find("Redirect")
    assert redirect is not None
    path = urlsplit(redirect.text or "").path
    root = document(post(path, To=TTY_NUMBER))
    shown = plays(root)
    assert shown[0].startswith("SORRY, OUR LINE FAILED.")
    assert shown[-1].endswith("GA")
    early, gather = root.findall("Gather")
    assert early.get("action") == "/keyed/en/bladder-bowel/1/early"
    assert gather.get("action") == "/keyed/en/bladder-bowel/1"
    assert gather.get("timeout") == "90"


def test_silence_where_typing_cant_be_read_brings_a_nurse() -> None:
    """Whoever answers nothing may be typing in vain: the advice is shown, the TTY number rings."""
    root = document(post("/keyed/en/fever/1"))
    assert any("CALL YOUR DOCTOR" in text for text in plays(root))
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]


def test_the_whole_flow_goes_by_key_too() -> None:
    """Where no stream can be had: a no, the next question, a yes; and a nurse."""
    root = document(post("/keyed/en/bladder-bowel/1", Digits="2"))
    assert "NUMBNESS OR TINGLING" in plays(root)[0]
    root = document(post("/keyed/en/upper-leg-numbness/1", SpeechResult="yes"))
    assert any("CALL YOUR DOCTOR" in text for text in plays(root))
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]
    root = document(post("/keyed/en/main-menu/1", Digits="0"))
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]


@pytest.mark.parametrize(
    ("node", "keys"),
    [("fever", "BY KEY: 1 YES, 2 NO, 3 NOT SURE, 0 A NURSE."), ("main-menu", "0 A NURSE.")],
)
def test_where_typing_cant_be_read_the_keys_are_named(node: str, keys: str) -> None:
    """Behind words that ask to type."""
    root = document(post(f"/tty/en/{node}/1/dropped", To=TTY_NUMBER))
    assert plays(root)[-1].endswith(f"{keys} GA")


def test_a_long_text_is_played_in_pages() -> None:
    """Each a sound of its own that can be read at once, with a second of quiet between them."""
    root = document(post("/keyed/en/exercise-menu/1", Digits="1"))
    verbs = next(root.iter("Gather"))
    assert [verb.tag for verb in verbs][:4] == ["Play", "Pause", "Play", "Pause"]
    shown = [text_of(play.text or "") for play in root.iter("Play")]
    assert all(duration(text) <= PAGE_SECONDS for text in shown)
    assert shown[0] == "EXERCISE AND ACTIVITY ARE KEYS TO GETTING BETTER."
    assert shown[-1].endswith(" GA")


def test_a_break_stands_before_what_is_dialled() -> None:
    """Where no key is heard, and all of it would be too long to be read at once."""
    root = document(post("/keyed/en/fever/1", SpeechResult="i want to die"))
    assert [verb.tag for verb in root] == ["Play", "Pause", "Play", "Dial"]


def test_no_path_holds_an_answer(line: VoiceLine) -> None:
    """By key nothing is read back, so there is no place that is named after an answer."""
    assert line.tty is not None
    assert line.tty.keyed is not None
    assert any(isinstance(node, Confirm) for node in line.tty.engine.table.values())
    assert not any(isinstance(node, Confirm) for node in line.tty.keyed.engine.table.values())


def test_an_opening_time_can_be_played() -> None:
    """After hours the sound tells when the Nurse Navigator opens."""
    app = create_app(SETTINGS, clock=lambda: MONDAY_AT_7_PM)
    root = fromstring(post("/keyed/en/main-menu/1", app, Digits="2").data)
    shown = [text_of(play.text or "", app) for play in root.iter("Play")]
    assert "IT OPENS AGAIN TOMORROW AT 7 A.M." in shown


@pytest.mark.parametrize(
    "url", ["/baudot/en/gone.wav", "/baudot/xx/emergency.wav", "/baudot/en/opens.today.wav"]
)
def test_a_sound_that_is_not_there_is_a_404(url: str) -> None:
    """No document for a caller, and no failure."""
    assert APP.test_client().get(url).status_code == 404
    for query in ("end=<b>", "page=0", "page=2", "page=x", "page="):
        assert APP.test_client().get(f"/baudot/en/emergency.wav?{query}").status_code == 404


def test_a_sound_is_made_once_and_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has it already is told so, and whatever asks for it again costs little."""
    url = "/baudot/en/emergency.wav"
    first = APP.test_client().get(url)
    assert first.headers["Cache-Control"] == "max-age=3600, public"

    def make_again(_: str) -> bytes:
        raise AssertionError("the sound is made again")

    monkeypatch.setattr("ivr.twilio.baudot_sounds.modulate", make_again)
    assert APP.test_client().get(url).data == first.data
    kept = APP.test_client().get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")


# What the conversation leaves to a document


def test_the_conversation_dials_without_saying_it_again() -> None:
    """Its words were read: the leg is dialled at once, and its end comes back as text."""
    root = document(post("/tty/en/careline-tty/1/dial", To=TTY_NUMBER))
    assert [child.tag for child in root] == ["Dial"]
    dial = root[0]
    assert [number.text for number in dial.iter("Number")] == [CARELINE_TTY]
    assert dial.get("action") == "/tty/en/careline-tty/1"
    root = document(post("/tty/en/careline-tty/1", DialCallStatus="no-answer", To=TTY_NUMBER))
    assert admitted(root) == Talk("en", Way("tty-unreached", say=("no-answer",)))
    form = {"DialCallStatus": "completed", "DialCallDuration": "60"}
    root = document(post_form("/tty/en/careline-tty/1", form | {"To": TTY_NUMBER}))
    assert admitted(root) == Talk("en", Way("careline-tty-reached", say=("emergency",)))


def test_the_hunt_goes_on_in_text() -> None:
    """A busy Navigator is said, and the CareLine's TTY number announced, before it is dialled."""
    root = document(post("/tty/en/navigator-tty/1", DialCallStatus="busy", To=TTY_NUMBER))
    shown = plays(root)
    assert shown[0] == "THAT NUMBER IS BUSY."
    assert "952-883-5474" in shown[1]
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]


def test_a_tty_number_of_ours_is_never_dialled_by_itself() -> None:
    """Where a service's TTY number points at this line, the next one is dialled, and announced."""
    root = document(post("/tty/en/navigator-tty/1/dial", To=NAVIGATOR_TTY))
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]
    assert plays(root)
    root = document(post("/tty/en/careline-tty/1/dial", To=CARELINE_TTY))
    talk = admitted(root)
    assert isinstance(talk, Talk)
    assert talk.way.to == "tty-unreached"  # and not what would be announced, and skipped, for ever


def test_the_safe_exit_never_dials_the_number_that_was_called() -> None:
    """It would ring here again: the CareLine's other numbers do."""
    root = document(post("/tty/safe-exit", To=CARELINE_TTY))
    assert [number.text for number in root.iter("Number")] == list(CARELINE)


def test_the_safe_exit_at_the_door_to_the_text_is_read() -> None:
    """Who asked for the text is not told by voice that it can't be had."""

    def broken() -> datetime:
        raise OSError

    app = create_app(SETTINGS, clock=broken)
    root = document(post("/voice/en/tty", app))
    assert plays(root)[0].startswith("SOMETHING WENT WRONG")
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]


def test_who_talks_on_the_way_to_the_voice_line_comes_there() -> None:
    """Two moves of one call may cross."""
    assert document(post("/tty/en/voice/1/aloud")).find("Gather/Say") is not None


def test_the_line_hangs_up_when_it_was_closed() -> None:
    """The goodbye was read."""
    assert [child.tag for child in document(post("/tty/en/goodbye/1/hang-up"))] == ["Hangup"]


def test_back_to_the_voice_line() -> None:
    """By 9 in the conversation, and by key where typing can't be read."""
    for response in (
        post("/tty/en/voice/1/voice"),
        post("/keyed/en/fever/1", Digits="9"),
        post("/voice/en/greeting"),
    ):
        root = document(response)
        assert root.find("Say") is not None
        assert root.findall("Gather")[-1].get("action") == "/voice/en/bladder-bowel/1"


def test_somebody_who_talks_is_told_how_to_get_back() -> None:
    """In voice; the question is shown again, may be answered by voice, and typing is still read."""
    root = document(post("/tty/en/fever/2/aloud", To=TTY_NUMBER))
    assert "press 9" in "".join(next(root.iter("Say")).itertext())
    assert "DO YOU HAVE A FEVER Q" in plays(root)[0]
    assert root.findall("Gather")[-1].get("input") == "dtmf speech"
    assert admitted(root) == Detect("/aloud/en/fever/2/read", "en", Way("fever", attempt=2))
    assert root.findall("Gather")[-1].get("action") == "/aloud/en/fever/2"


def test_who_is_silent_where_a_voice_is_understood_is_written_to_again() -> None:
    """From then on no voice counts: it may have been a television's."""
    written = Talk("en", Way("fever", attempt=2), heeds_voice=False)
    for path in ("/aloud/en/fever/2", "/tty/en/fever/2/read"):
        assert admitted(document(post(path, To=TTY_NUMBER))) == written


def test_what_was_said_counts_and_the_next_question_is_played() -> None:
    """With one stream beside it, for who types after all."""
    root = document(post("/aloud/en/fever/2", SpeechResult="no"))
    assert [verb.tag for verb in root][:2] == ["Stop", "Start"]
    assert root.findall("Gather")[-1].get("action") == "/aloud/en/weight-loss/1"
    following = Way("weight-loss", attempt=1)
    assert admitted(root) == Detect("/aloud/en/weight-loss/1/read", "en", following)
    root = document(post("/aloud/en/fever/2", SpeechResult="yes"))
    assert root.find("Dial") is not None
    assert root.find("Start") is None


# Noticing a TTY on the voice line


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/heard/en/fever/1", {"Digits": "0"}),
        ("/heard/en/careline-local/1", {"DialCallStatus": "busy"}),
        ("/heard/en/fever/1", {"Digits": "9"}),
        ("/heard/en/tty", {}),
        ("/heard/en/gone/1", {}),
        ("/aloud/en/fever/1", {"Digits": "0"}),
        ("/aloud/en/fever/1", {}),
        ("/aloud/en/fever/1/read", {}),
    ],
)
def test_who_is_put_through_is_not_overheard(path: str, form: dict[str, str]) -> None:
    """Typing at a nurse's, or in the text, would move the call away from there.

    Nothing but the path says that a stream listens, and nothing else has to come back.
    """
    first = document(post_form(path, form))[0]
    assert first.tag == "Stop"
    assert [each.get("name") for each in first] == ["ear"]
    unheard = path.replace("/heard/", "/voice/").replace("/aloud/", "/keyed/")
    assert document(post_form(unheard, form)).find("Stop") is None


def test_a_call_has_one_stream_that_overhears_it(line: VoiceLine) -> None:
    """The first silence may come twice, after the star key; names are for one stream each."""
    app = app_with(Detection.ON_SILENCE, line)
    first = post("/voice/en/bladder-bowel/1", app)
    assert [each.tag for each in document(first)][:1] == ["Start"]
    assert next(document(first).iter("Stream")).get("name") == "ear"
    assert_heard(document(first))
    again = document(post("/heard/en/bladder-bowel/1", app))
    assert [each.tag for each in again][:2] == ["Stop", "Start"]
    goes_on = document(post("/heard/en/bladder-bowel/2", app))
    assert goes_on.find("Stop") is None
    assert_heard(goes_on)
    dials = document(post("/heard/en/bladder-bowel/2", app, Digits="0"))
    assert next(dials.iter("Dial")).get("action") == "/voice/en/careline-local/1"


def assert_heard(root: Element) -> None:
    """Wherever the call goes on, the path says that it is listened to."""
    actions = [each.get("action", "") for each in root.iter("Gather")]
    assert actions
    assert all(action.startswith("/heard/") for action in actions)


def app_with(detection: Detection, line: VoiceLine) -> Flask:
    """The app with a setting of the directory changed."""
    app = Flask("line")
    directory = replace(line.directory, tty_detection=detection)
    changed = replace(line, directory=directory)
    Webhooks(changed, SETTINGS, lambda: MONDAY_AT_10, Incidents(), reads=True).register(app)
    return app


def test_the_first_silence_is_answered_with_a_burst_and_listened_to(line: VoiceLine) -> None:
    """Short, in tones; the stream listens beside the document, and typing moves the call."""
    app = app_with(Detection.ON_SILENCE, line)
    assert fromstring(post("/voice", app).data).find("Start") is None
    root = document(post("/voice/en/bladder-bowel/1", app))
    assert root[0].tag == "Start"
    assert admitted(root) == Detect("/heard/en/tty", "en")
    assert plays(root) == ["TTY PRESS SPACE BAR GA"]
    assert document(post("/voice/en/tty", app)).find("Connect") is not None


def test_only_the_first_silence_is(line: VoiceLine) -> None:
    """Neither the second one, nor another question's, nor a wrong key."""
    app = app_with(Detection.ON_SILENCE, line)
    for path, form in (
        ("/voice/en/bladder-bowel/2", {}),
        ("/voice/en/fever/1", {}),
        ("/voice/en/bladder-bowel/1", {"Digits": "7"}),
    ):
        root = document(post(path, app, **form))
        assert root.find("Start") is None
        assert plays(root) == []


def test_always_listens_from_the_first_second(line: VoiceLine) -> None:
    """One stream for the whole call."""
    app = app_with(Detection.ALWAYS, line)
    assert admitted(document(post("/voice", app))) == Detect("/heard/en/tty", "en")
    root = document(post("/voice/en/bladder-bowel/1", app))
    assert root.find("Start") is None
    assert plays(root) == ["TTY PRESS SPACE BAR GA"]


def test_single_numbers_always_listen(line: VoiceLine) -> None:
    """It costs money and a thread: so only where TTYs are known to call."""
    marked = replace(
        line, directory=replace(line.directory, tty_always=frozenset({"+19525550101"}))
    )
    app = app_with(Detection.ON_SILENCE, marked)
    root = document(post("/voice", app, To="+19525550101"))
    assert admitted(root) == Detect("/heard/en/tty", "en")
    assert document(post("/voice", app, To=VOICE_NUMBER)).find("Start") is None
    off = app_with(Detection.OFF, marked)
    assert document(post("/voice", off, To="+19525550101")).find("Start") is None


def test_off_never_listens(line: VoiceLine) -> None:
    """Nor are there tones: nobody would read the answer."""
    app = app_with(Detection.OFF, line)
    for path in ("/voice", "/voice/en/bladder-bowel/1"):
        root = document(post(path, app))
        assert root.find("Start") is None
        assert plays(root) == []


# The safe exit


@pytest.mark.parametrize(
    "path",
    ["/tty/en/gone/1", "/tty/xx/fever/1", "/tty/en/fever/9", "/keyed/en/-/1", "/tty/safe-exit"],
)
def test_the_safe_exit_of_a_tty_call_is_read(path: str) -> None:
    """Whatever fails, the CareLine's TTY number is dialled, and what happens is shown."""
    root = document(post(path, To=TTY_NUMBER))
    assert plays(root)[0].startswith("SOMETHING WENT WRONG ON OUR SIDE.")
    assert [number.text for number in root.iter("Number")] == [CARELINE_TTY]


def test_a_call_on_a_tty_number_has_that_exit_too() -> None:
    """When the clock is broken, before any path tells that it is a TTY."""
    app = create_app(SETTINGS, clock=lambda: None)  # type: ignore[arg-type,return-value]
    numbers = fromstring(post("/voice", app, To=TTY_NUMBER).data).iter("Number")
    assert [number.text for number in numbers] == [CARELINE_TTY]
    assert dials_careline(post("/voice", app, To=VOICE_NUMBER))


# Tickets


def test_a_ticket_admits_its_own_call_for_two_minutes() -> None:
    """Another call, another token, a changed letter, or too late: it admits nobody."""
    talk = Talk("en", Way("fever", ("busy",), 2))
    ticket = TICKETS.issue(talk, "CA1", MONDAY_AT_10)
    assert TICKETS.check(ticket, "CA1", MONDAY_AT_10 + timedelta(seconds=119)) == talk
    for wrong, call, late in (
        (ticket, "CA2", 0),
        (ticket, "CA1", 121),
        (ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), "CA1", 0),
        (Tickets("other").issue(talk, "CA1", MONDAY_AT_10), "CA1", 0),
        (None, "CA1", 0),
        ("", "CA1", 0),
        ({"a": 1}, "CA1", 0),
    ):
        with pytest.raises(BadTicket):
            TICKETS.check(wrong, call, MONDAY_AT_10 + timedelta(seconds=late))


def test_a_ticket_fits_into_a_parameter() -> None:
    """Twilio takes 500 characters for name and value together."""
    way = Way("advice-unanswered-emergency", ("not-understood-again", "still-here"), 3)
    ticket = TICKETS.issue(Talk("en", way), "CA" + "f" * 32, MONDAY_AT_10)
    assert len("ticket" + ticket) <= 500


def test_without_a_public_url_the_requests_own_counts() -> None:
    """On one's own machine streams are opened without TLS."""
    app = create_app(Settings(TOKEN), clock=lambda: MONDAY_AT_10)
    root = fromstring(post("/tty", app, base="http://localhost").data)
    assert next(root.iter("Stream")).get("url") == "ws://localhost/tty/stream"
    assert BASE not in (root.findtext("Redirect") or "")
