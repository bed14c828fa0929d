"""Response, Redirect, Hangup, Reject, Refer and Sms: where a call goes, and how it ends."""

from __future__ import annotations

import pytest
from verbs_app import CALLER, LINE, App, codes, dial, of, phone, told

from offhook.events import Bridged, Texted

COVERS: dict[str, str] = {
    "Response": "test_the_end_of_the_document_hangs_up",
    "Redirect.method": "test_a_redirect_requests_by_its_method",
    "Hangup": "test_a_hangup_ends_the_call_at_once",
    "Reject.reason": "test_a_rejected_call_was_never_answered",
    "Refer.action": "test_a_refer_tells_its_action_how_it_went",
    "Refer.method": "test_a_refer_tells_its_action_by_its_method",
    "Sms.action": "test_a_text_is_told_to_its_action",
    "Sms.method": "test_a_text_is_told_to_its_action_by_its_method",
    "Sms.to": "test_a_text_goes_from_the_line_to_the_caller_unless_told_otherwise",
    "Sms.from": "test_a_text_goes_from_the_line_to_the_caller_unless_told_otherwise",
    "Sms.statusCallback": "test_a_text_is_told_to_its_callback",
}


def test_the_end_of_the_document_hangs_up() -> None:
    """A Response runs its verbs in order; behind the last the call is completed."""
    app, call = dial("<Say>one</Say><Say>two</Say>")
    assert call.said == "one two"
    assert call.ended == "the document ended"
    assert told(app.asked("status")[0], "CallStatus", "CallDuration") == {
        "CallStatus": "completed",
        "CallDuration": "1",
    }


@pytest.mark.parametrize(("attribute", "method"), [("", "POST"), ('method="GET"', "GET")])
def test_a_redirect_requests_by_its_method(attribute: str, method: str) -> None:
    """A Redirect is a POST unless it says GET, resolves against the document, and is the last."""
    app, call = dial(
        f"<Redirect {attribute}>next?x=1</Redirect><Say>No</Say>", next="<Say>Yes</Say>"
    )
    assert app.methods("next") == [method]
    assert call.said == "Yes"
    assert app.asked("next")[0]["x"] == "1"
    assert app.asked("next")[0]["CallSid"] == call.call.sid


def test_a_hangup_ends_the_call_at_once() -> None:
    """What follows a Hangup is not reached, and the call is completed."""
    app, call = dial("<Hangup/><Say>No</Say>")
    assert call.said == ""
    assert call.ended == "the app hung up (Hangup)"
    assert app.asked("status")[0]["CallStatus"] == "completed"


@pytest.mark.parametrize(
    ("attribute", "status"),
    [('reason="busy"', "busy"), ('reason="rejected"', "failed"), ("", "failed")],
)
def test_a_rejected_call_was_never_answered(attribute: str, status: str) -> None:
    """As the first verb a Reject ends the call as busy, or as failed, after no time."""
    app, call = dial(f"<Reject {attribute}/><Say>No</Say>")
    assert call.said == ""
    assert call.ended.startswith("the app rejected the call")
    assert told(app.asked("status")[0], "CallStatus", "CallDuration") == {
        "CallStatus": status,
        "CallDuration": "0",
    }


@pytest.mark.parametrize("first", ["<Say>one</Say>", "<Pause/>", '<Play digits="1"/>'])
def test_an_answered_call_is_hung_up_by_a_reject(first: str) -> None:
    """Behind another verb a Reject can only hang up: the call was answered."""
    app, call = dial(f'{first}<Reject reason="busy"/>')
    assert call.ended == "the app hung up (Reject)"
    assert app.asked("status")[0]["CallStatus"] == "completed"


def test_the_first_request_rings_and_later_ones_are_in_progress() -> None:
    """CallStatus is ringing, then in-progress, then how the call ended."""
    app, _ = dial("<Redirect>next</Redirect>", next="<Say>one</Say><Redirect>last</Redirect>")
    assert [asked.told["CallStatus"] for asked in app.requests] == [
        "ringing",
        "in-progress",
        "in-progress",
        "completed",
    ]


def test_a_refer_tells_its_action_how_it_went() -> None:
    """A Refer hands the call to a SIP address; its action goes on, without one the call ends."""
    sip = "<Sip>sip:nurse@example.com</Sip>"
    app, call = dial(f'<Refer action="next">{sip}</Refer>', next="<Say>on</Say>")
    assert of(call, Bridged) == [Bridged("sip:nurse@example.com")]
    names = ("ReferCallStatus", "ReferSipResponseCode", "NotifySipResponseCode")
    assert told(app.asked("next")[0], *names) == {
        "ReferCallStatus": "completed",
        "ReferSipResponseCode": "202",
        "NotifySipResponseCode": "200",
    }
    assert call.said == "on"
    _, call = dial(f"<Refer>{sip}</Refer><Say>No</Say>")
    assert call.said == ""
    assert call.ended == "the call was referred to sip:nurse@example.com"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refer_tells_its_action_by_its_method(method: str) -> None:
    """The action of a Refer is requested by its method."""
    app, _ = dial(f'<Refer action="next" method="{method}"><Sip>sip:a@b.example</Sip></Refer>')
    assert app.methods("next") == [method]


@pytest.mark.parametrize(
    ("attributes", "sender", "to"),
    [
        ("", LINE, CALLER),
        ('to="+16125550111"', LINE, "+16125550111"),
        ('from="+19525550177"', "+19525550177", CALLER),
        ('from="+19525550177" to="+16125550111"', "+19525550177", "+16125550111"),
    ],
)
def test_a_text_goes_from_the_line_to_the_caller_unless_told_otherwise(
    attributes: str, sender: str, to: str
) -> None:
    """An Sms lands in the inbox, and the call goes on at once."""
    app = App(first=f"<Sms {attributes}> See you </Sms><Say>on</Say>")
    line = phone(app)
    call = line.dial(LINE, caller=CALLER)
    assert of(call, Texted) == [Texted(sender, to, "See you")]
    assert [(text.sender, text.to, text.body) for text in line.texts] == [(sender, to, "See you")]
    assert call.said == "on"


def test_a_text_is_told_to_its_action() -> None:
    """With an action the call goes on there, which gets the text's sid and status."""
    app, call = dial('<Sms action="next">Hi</Sms><Say>No</Say>', next="<Say>Yes</Say>")
    asked = app.asked("next")[0]
    assert asked["SmsStatus"] == "sent"
    assert asked["SmsSid"].startswith("SM")
    assert call.said == "Yes"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_text_is_told_to_its_action_by_its_method(method: str) -> None:
    """The action of an Sms is requested by its method."""
    app, _ = dial(f'<Sms action="next" method="{method}">Hi</Sms>')
    assert app.methods("next") == [method]


def test_a_text_is_told_to_its_callback() -> None:
    """The statusCallback gets the text's sid and status, and the document goes on."""
    app, call = dial('<Sms statusCallback="/sent">Hi</Sms><Say>on</Say>')
    (sent,) = app.asked("sent")
    assert sent["SmsSid"].startswith("SM")
    assert sent["SmsStatus"] == "sent"
    assert call.said == "on"


@pytest.mark.parametrize("verb", ["<Echo/>", "<Pay/>"])
def test_a_verb_that_is_not_run_is_named_and_passed_over(verb: str) -> None:
    """The schema knows it, the simulator does not run it: a warning, and the call goes on."""
    _, call = dial(f"{verb}<Say>on</Say>")
    assert codes(call) == [12200]
    assert call.said == "on"
