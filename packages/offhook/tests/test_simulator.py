"""The simulator holds to what Twilio documents: parameters, verbs, warnings, signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from apps.serving import TOKEN
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Exchange, Line
from offhook.callers.place_call import CallRequest
from offhook.callers.script import ScriptedCaller
from offhook.callers.script_words import ScriptError, means_something
from offhook.callers.target import Target
from offhook.carrier.signature import signature
from offhook.carrier.transport import WsgiTransport
from offhook.events import (
    Ended,
    Event,
    Listening,
    Paused,
    Played,
    Pressed,
    Ringing,
    Said,
    Warned,
)
from offhook.interpreter.options import Options
from offhook.interpreter.say_text import spoken
from offhook.interpreter.schema import violations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

URL = "https://app.example.org/first"
Handler = Callable[[Request], Response | str]


@dataclass(frozen=True)
class FinishedCall:
    """What happened in a call that is over."""

    events: tuple[Event, ...]

    @property
    def said(self) -> str:
        """All words that were said, in one text."""
        return " ".join(event.text for event in self.events if isinstance(event, Said))

    @property
    def dialled(self) -> list[str]:
        """The numbers that rang, in order."""
        return [event.number for event in self.events if isinstance(event, Ringing)]

    @property
    def warnings(self) -> list[Warned]:
        """What Twilio's debugger would have shown."""
        return [event for event in self.events if isinstance(event, Warned)]

    @property
    def ended(self) -> str:
        """Why the call ended."""
        (reason,) = (event.reason for event in self.events if isinstance(event, Ended))
        return reason


class App:
    """A TwiML app of a few documents by path; it keeps what it was asked."""

    def __init__(self, **documents: str | Response) -> None:
        """Serve each document at the path of its name."""
        self.documents = documents
        self.forms: list[dict[str, str]] = []
        self.requests: list[Request] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        self.requests.append(request)
        self.forms.append(dict(request.form))
        document = self.documents[request.path.strip("/")]
        if isinstance(document, str):
            document = Response(f"<Response>{document}</Response>", mimetype="text/xml")
        return document(environ, start_response)


def run(app: App, script: str = "", caller: str = "+16125550123") -> FinishedCall:
    """Call the app and follow a script to the call's end."""
    line = Line(URL, "https://app.example.org/status")
    target = Target("an app", line, WsgiTransport(app, URL), TOKEN)
    app.documents.setdefault("status", "")
    events: list[Event] = []
    scripted = ScriptedCaller(script)
    placed = CallRequest(target, caller, "+19525550100").place(Exchange(TOKEN))
    scripted.hold(placed, lambda event, _: events.append(event))
    scripted.check_finished()
    return FinishedCall(tuple(events))


def codes(call: FinishedCall) -> list[int]:
    return [warning.code for warning in call.warnings]


def of_kind(call: FinishedCall, *kinds: type[Event]) -> list[Event]:
    return [event for event in call.events if isinstance(event, kinds)]


def test_the_first_request_has_what_twilio_sends() -> None:
    """Parameters, aliases and headers of an incoming call are all there, and it is signed."""
    app = App(first="<Say>Hello</Say>")
    run(app)
    first, last = app.forms
    assert first["CallStatus"] == "ringing"
    assert first["Direction"] == "inbound"
    assert first["ApiVersion"] == "2010-04-01"
    assert first["From"] == first["Caller"] == "+16125550123"
    assert first["To"] == first["Called"] == "+19525550100"
    assert first["FromCity"] == first["CalledZip"] == ""
    for name, start in (("CallSid", "CA"), ("AccountSid", "AC")):
        assert first[name].startswith(start)
        assert len(first[name]) == 34
    headers = app.requests[0].headers
    assert headers["User-Agent"] == "TwilioProxy/1.1"
    assert headers["I-Twilio-Idempotency-Token"]
    assert RequestValidator(TOKEN).validate(URL, first, headers["X-Twilio-Signature"])
    assert last["CallStatus"] == "completed"
    assert last["CallSid"] == first["CallSid"]


def test_verbs_run_in_order_and_the_end_of_the_document_hangs_up() -> None:
    """Say, Play and Pause happen one after another; then the call is over."""
    call = run(
        App(first='<Say>One</Say><Play digits="1w2"/><Pause length="2"/><Say loop="2">Two</Say>')
    )
    assert of_kind(call, Said, Played, Paused) == [
        Said("One", 0.3, barge_in=False),
        Played("1w2", 0.9),
        Paused(2),
        Said("Two", 0.3, barge_in=False),
        Said("Two", 0.3, barge_in=False),
    ]
    assert call.ended == "the document ended"


def test_a_gather_posts_its_keys_to_the_action() -> None:
    """Digits go to the action, which resolves against the document's URL."""
    app = App(
        first='<Gather action="next" numDigits="2"><Say>Keys?</Say></Gather>', next="<Hangup/>"
    )
    call = run(app, "123")
    assert app.requests[1].path == "/next"
    assert app.forms[1]["Digits"] == "12"
    assert app.forms[1]["CallStatus"] == "in-progress"
    assert of_kind(call, Pressed) == [Pressed("12")]


def test_without_an_action_a_gather_posts_to_its_own_document() -> None:
    """The default action is the current URL."""
    app = App(first="<Gather/>")
    run(app, "1 hangup")
    assert [request.path for request in app.requests[:2]] == ["/first", "/first"]


def test_silence_falls_through_to_the_next_verb() -> None:
    """Without actionOnEmptyResult the call goes on after the gather."""
    call = run(App(first="<Gather/><Say>Goodbye</Say>"), "silence")
    assert call.said == "Goodbye"


def test_silence_is_posted_when_it_is_asked_for() -> None:
    """With actionOnEmptyResult the action gets empty Digits."""
    app = App(first='<Gather action="next" actionOnEmptyResult="true"/>', next="<Hangup/>")
    run(app, "silence")
    assert app.forms[1]["Digits"] == ""


def test_speech_is_heard_only_where_it_is_gathered() -> None:
    """Words are posted with a confidence, and are silence to a gather of keys."""
    app = App(
        first='<Gather action="next"/><Gather input="dtmf speech" action="next"/>', next="<Hangup/>"
    )
    run(app, "'say:not sure' 'say:not sure'")
    assert app.forms[1]["SpeechResult"] == "not sure"
    assert "Confidence" in app.forms[1]
    assert len(app.forms) == 3


@pytest.mark.parametrize(
    ("attributes", "keys", "posted"),
    [
        ("", "12#", {"Digits": "12", "FinishedOnKey": "#"}),
        ("", "#", {}),
        ("", "12", {"Digits": "12"}),
        ('numDigits="1"', "23", {"Digits": "2"}),
        ('finishOnKey=""', "#", {"Digits": "#"}),
        ('finishOnKey="*"', "1#2*3", {"Digits": "1#2", "FinishedOnKey": "*"}),
        ('finishOnKey="" numDigits="1"', "*1", {"Digits": "*"}),
    ],
)
def test_keys_are_collected_as_documented(
    attributes: str, keys: str, posted: dict[str, str]
) -> None:
    """NumDigits and finishOnKey decide what is posted, without the finish key."""
    app = App(first=f'<Gather action="next" {attributes}/><Hangup/>', next="<Hangup/>")
    run(app, keys)
    told = {
        name: app.forms[1][name] for name in ("Digits", "FinishedOnKey") if name in app.forms[1]
    }
    assert told == posted


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_a_dial_posts_how_the_leg_ended(status: str) -> None:
    """The action of a Dial gets the status, and the duration of an answered leg."""
    app = App(first='<Dial action="next"><Number>+16123393663</Number></Dial>', next="<Hangup/>")
    run(app, status)
    assert app.forms[1]["DialCallStatus"] == status
    assert app.forms[1]["DialCallSid"].startswith("CA")
    assert ("DialCallDuration" in app.forms[1]) is (status == "completed")
    assert app.forms[1]["DialBridged"] == str(status == "completed").lower()


def test_a_dial_without_action_goes_on_with_the_next_verb() -> None:
    """The document continues after the leg."""
    assert run(App(first="<Dial>+16123393663</Dial><Say>Back</Say>"), "busy").said == "Back"


def test_sequential_numbers_ring_until_one_answers() -> None:
    """The numbers after the one that answered do not ring."""
    numbers = "".join(f"<Number>+1612339366{last}</Number>" for last in range(3))
    app = App(first=f'<Dial sequential="true">{numbers}</Dial>')
    call = run(app, "busy completed")
    assert call.dialled == ["+16123393660", "+16123393661"]


@pytest.mark.parametrize("caller", ["anonymous", "", "+1"])
def test_a_leg_without_a_usable_caller_id_fails(caller: str) -> None:
    """Twilio dials with the caller's number; where that can't be, the leg fails with 13214."""
    app = App(first='<Dial action="next">+16123393663</Dial>', next="<Hangup/>")
    call = run(app, caller=caller)
    assert codes(call) == [13214]
    assert app.forms[1]["DialCallStatus"] == "failed"
    passed = run(App(first='<Dial callerId="+19525550100">+16123393663</Dial>'), "busy", caller)
    assert of_kind(passed, Ringing) == [Ringing("+16123393663", "+19525550100", 30)]


@pytest.mark.parametrize("script", ["", "hangup"])
def test_a_caller_who_hangs_up_ends_the_call(script: str) -> None:
    """No action is requested after a hang-up, only the status callback."""
    app = App(first='<Gather action="next"/>')
    assert run(app, script).ended == "the caller hung up"
    assert [request.path for request in app.requests] == ["/first", "/status"]


def test_a_redirect_goes_on_with_another_document() -> None:
    """What follows a Redirect is never reached."""
    app = App(first="<Redirect>/next</Redirect><Say>No</Say>", next="<Say>Yes</Say>")
    assert run(app).said == "Yes"


def test_redirects_in_a_circle_come_to_an_end() -> None:
    """An app that redirects for ever is stopped with a warning, not followed for ever."""
    app = App(first="<Redirect>/first</Redirect>")
    call = run(app)
    assert call.ended == "the app redirected in a circle"
    assert len(app.requests) == Options.redirect_limit + 2


def test_a_get_is_signed_by_its_url_alone() -> None:
    """With method GET the parameters go into the query."""
    app = App(first='<Gather action="next?a=1" method="GET"/>', next="<Hangup/>")
    run(app, "1")
    second = app.requests[1]
    assert second.method == "GET"
    assert dict(parse_qsl(second.query_string.decode()))["Digits"] == "1"
    url = iri_to_uri(second.url)
    assert RequestValidator(TOKEN).validate(url, {}, second.headers["X-Twilio-Signature"])


def test_reject_ends_the_call() -> None:
    """A rejected call is over."""
    assert run(App(first='<Reject reason="busy"/>')).ended == "the app rejected the call (busy)"


BOMB = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Response><Say>&b;</Say></Response>'


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (Response("gone", 404), 11200),
        (Response("", 503), 11200),
        (Response("<Response>", mimetype="text/xml"), 12100),
        (Response("", mimetype="text/xml"), 12100),
        (Response(" <?xml version='1.0'?><Response/>", mimetype="text/xml"), 12100),
        (Response(BOMB, mimetype="text/xml"), 12100),
        (Response(b"<Response>\xff</Response>", mimetype="text/xml"), 12100),
        (Response("{}", mimetype="application/json"), 12300),
        (Response(f"<Response>{' ' * 65536}</Response>", mimetype="text/xml"), 11750),
    ],
)
def test_what_twilio_can_not_run_ends_the_call_with_its_code(response: Response, code: int) -> None:
    """Each failure has the code of Twilio's debugger, and a remedy."""
    call = run(App(first=response))
    assert codes(call) == [code]
    assert call.warnings[0].remedy
    assert call.ended == "the app failed"


def test_an_exception_in_the_app_is_a_500() -> None:
    """What an app lets out does not stop the simulator."""
    assert codes(run(App())) == [11200]


@pytest.mark.parametrize(
    ("document", "violation"),
    [
        ("<say>x</say>", "<say> can't stand in <Response>; did you mean <Say>?"),
        ('<Say Voice="x">x</Say>', "<Say> has no attribute Voice; did you mean voice?"),
        ('<Gather numDigits="one"/>', "<Gather numDigits> can't be 'one'"),
        ("<Gather><Dial>1</Dial></Gather>", "<Dial> can't stand in <Gather>"),
        ("<Pause>now</Pause>", "<Pause> can't have text"),
        ("loose text", "<Response> can't have text"),
        ("<Gather input=\"['dtmf']\"/>", "<Gather input> can't be \"['dtmf']\""),
    ],
)
def test_what_the_schema_does_not_know_is_a_12200(document: str, violation: str) -> None:
    """Unknown verbs, attributes, values, nesting and text are named, and the call goes on."""
    call = run(App(first=f"{document}<Say>on</Say>"), "silence" if "<Gather" in document else "")
    assert [(warning.code, warning.message) for warning in call.warnings] == [(12200, violation)]
    assert "on" in call.said


def test_another_root_than_response_is_named() -> None:
    """A document has to be a <Response>."""
    ((_, violation),) = violations(fromstring("<html/>"))
    assert violation == "the document is a <html>, not a <Response>"


def test_a_say_over_its_voices_limit_is_a_13521() -> None:
    """Polly voices say 3,000 characters, basic ones 4,096."""
    text = "x" * 3500
    assert codes(run(App(first=f"<Say>{text}</Say>"))) == []
    assert codes(run(App(first=f'<Say voice="Polly.Joanna">{text}</Say>'))) == [13521]


def test_pauses_and_pace_count_in_the_spoken_time() -> None:
    """A break adds its length, half the pace doubles the time."""
    _, plain = spoken(fromstring("<Say>one two three</Say>"))
    _, slow = spoken(fromstring('<Say><prosody rate="50%">one two three</prosody></Say>'))
    text, pausing = spoken(
        fromstring('<Say>one <break time="2s"/>two <break time="300ms"/>three</Say>')
    )
    assert slow == pytest.approx(2 * plain)
    assert pausing == pytest.approx(plain + 2.3)
    assert text == "one\ntwo three"


def test_digits_are_said_one_by_one() -> None:
    """A number that is to be read as digits takes as long as its digits apart."""
    text, together = spoken(fromstring('<Say><say-as interpret-as="digits">911</say-as></Say>'))
    _, apart = spoken(fromstring("<Say>9 1 1</Say>"))
    assert text == "911"
    assert together == apart


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("2 bussy", "word 2 of the script, 'bussy', means nothing"),
        ("say:", "means nothing"),
        ("'say:no", "pair its quotes"),
        ("busy", "'busy', does not fit: the line listens"),
        ("1 1", "left over: 1"),
    ],
)
def test_a_script_that_does_not_fit_is_named(script: str, message: str) -> None:
    """Each fault of a script is one message that names the word and what would fit."""
    app = App(first='<Gather action="next"/>', next="<Hangup/>")
    with pytest.raises(ScriptError, match=message):
        run(app, script)


def test_what_the_line_listens_for_is_told() -> None:
    """The caller learns whether keys or words are heard, for how long, and the hints."""
    app = App(first='<Gather input="dtmf speech" timeout="9" hints="yes, not sure"/>')
    (listening,) = of_kind(run(app, "silence"), Listening)
    assert listening == Listening(keys=True, speech=True, seconds=9, hints=("yes", "not sure"))


PUBLISHED = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}


def test_the_published_pair_is_signed_as_published() -> None:
    """Our signature of Twilio's own example is Twilio's."""
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, PUBLISHED.items()) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


HOSTS = st.sampled_from(
    ["example.com", "example.com:8443", "user:pass@example.com", "localhost:5000"]
)
FORMS = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=6)


@given(st.sampled_from(["http", "https"]), HOSTS, FORMS)
def test_the_signature_is_the_one_twilios_validator_expects(
    scheme: str, host: str, form: dict[str, str]
) -> None:
    """Over random forms and hosts, twilio's own validator accepts ours."""
    url = f"{scheme}://{host}/voice?a=%20b"
    validated = url.replace("user:pass@", "")
    signed = signature(TOKEN, url, form.items())
    assert RequestValidator(TOKEN).validate(validated, form, signed)


def test_cookies_are_kept() -> None:
    """What the app sets in its first answer comes back with the second request."""
    setting = Response("<Response><Redirect>/next</Redirect></Response>", mimetype="text/xml")
    setting.set_cookie("step", "one")
    app = App(first=setting, next="<Hangup/>")
    run(app)
    assert dict(app.requests[1].cookies) == {"step": "one"}


@pytest.mark.parametrize(
    "word",
    ["6125550123#", "say:yes", "silence", "hangup", "completed", "busy", "no-answer", "failed"],
)
def test_every_documented_word_of_a_script_is_known(word: str) -> None:
    """The words that the phone's help names can all be read."""
    assert means_something(word)
