"""Gather: which keys and words are collected, until when, and what is posted."""

from __future__ import annotations

import pytest
from verbs_app import App, codes, dial, of, phone, times, told

from offhook.events import Interrupted, Listening, Pressed, Spoke, StayedSilent, Unheard

COVERS: dict[str, str] = {
    "Gather.action": "test_keys_go_to_the_action_or_to_the_document_itself",
    "Gather.method": "test_an_action_is_requested_by_its_method",
    "Gather.input": "test_only_what_is_asked_for_is_heard",
    "Gather.timeout": "test_the_timeout_starts_anew_with_each_digit",
    "Gather.finishOnKey": "test_a_finish_key_ends_at_once_and_is_left_out",
    "Gather.numDigits": "test_as_many_digits_as_wanted_end_at_once",
    "Gather.actionOnEmptyResult": "test_silence_goes_on_or_posts_empty_digits",
    "Gather.speechTimeout": "test_words_end_after_their_own_silence",
    "Gather.hints": "test_hints_are_told_to_who_listens",
    "Gather.bargeIn": "test_without_barge_in_words_do_not_stop_the_prompt",
    "Gather.partialResultCallback": "test_each_word_is_told_while_it_is_recognised",
    "Gather.partialResultCallbackMethod": "test_partial_results_are_told_by_their_method",
}

PROMPT = "<Say>one two three four</Say>"
PROMPT_SECONDS = 1.2
REACTION = 0.5
KEY = 0.2


@pytest.mark.parametrize(("action", "path"), [('action="/next"', "next"), ("", "first")])
def test_keys_go_to_the_action_or_to_the_document_itself(action: str, path: str) -> None:
    """The digits are posted to the action, by default to the current document."""
    app = App(first=(f'<Gather numDigits="1" {action}/>', "<Hangup/>"), next="<Hangup/>")
    call = phone(app).dial()
    call.press("7")
    assert app.paths == ["first", path, "status"]
    assert told(app.requests[1].told, "Digits", "CallStatus") == {
        "Digits": "7",
        "CallStatus": "in-progress",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_action_is_requested_by_its_method(method: str) -> None:
    """GET and POST both bring the digits along."""
    app, call = dial(f'<Gather numDigits="1" action="next" method="{method}"/>')
    call.press("7")
    assert app.methods("next") == [method]
    assert app.asked("next")[0]["Digits"] == "7"


@pytest.mark.parametrize(
    ("wanted", "keys", "words"),
    [
        ("", True, False),
        ('input="dtmf"', True, False),
        ('input="speech"', False, True),
        ('input="dtmf speech"', True, True),
        ('input="speech dtmf"', True, True),
    ],
)
def test_only_what_is_asked_for_is_heard(wanted: str, keys: bool, words: bool) -> None:  # noqa: FBT001 - what is heard
    """Keys are heard where dtmf is wanted, words where speech is; the rest is lost."""
    gather = f'<Gather {wanted} numDigits="1" action="next"/>'
    app, call = dial(gather)
    call.press("7")
    assert [asked["Digits"] for asked in app.asked("next")] == (["7"] if keys else [])
    assert of(call, Unheard) == ([] if keys else [Unheard("7")])
    app, call = dial(gather)
    call.say("yes")
    assert [asked["SpeechResult"] for asked in app.asked("next")] == (["yes"] if words else [])
    assert of(call, Unheard) == ([] if words else [Unheard("yes")])


def test_words_are_posted_with_a_confidence_and_no_digits() -> None:
    """A gather that hears words posts SpeechResult and Confidence."""
    app, call = dial('<Gather input="speech" action="next"/>')
    call.say("not sure")
    assert of(call, Spoke) == [Spoke("not sure")]
    assert told(app.asked("next")[0], "SpeechResult", "Confidence", "Digits") == {
        "SpeechResult": "not sure",
        "Confidence": "0.9",
    }


def test_the_first_kind_detected_wins() -> None:
    """After a key, words are not heard any more; after words, a finish key is not."""
    app, call = dial('<Gather input="dtmf speech" action="next"/>')
    call.press("1")
    call.say("two")
    call.wait(10)
    assert [told(asked, "Digits", "SpeechResult") for asked in app.asked("next")] == [
        {"Digits": "1"}
    ]
    assert of(call, Unheard) == [Unheard("two")]


def test_the_timeout_starts_behind_the_prompt() -> None:
    """Silence is counted from the end of the nested verbs on."""
    app, call = dial(f'<Gather timeout="4" action="next">{PROMPT}</Gather><Redirect>on</Redirect>')
    call.stay_silent()
    assert of(call, StayedSilent) == [StayedSilent(4)]
    assert times(call, "redirect") == [PROMPT_SECONDS + 4]
    assert app.paths == ["first", "on", "status"]


@pytest.mark.parametrize(
    "following", ['<Gather numDigits="1" action="keys"/>', "<Dial>+16125550199</Dial>"]
)
def test_who_waits_for_the_words_to_end_answers_behind_a_brief_gather(following: str) -> None:
    """A second is too short to answer in: the caller waits for what follows in the document."""
    brief = f'<Gather numDigits="1" timeout="1" action="early">{PROMPT}</Gather>'
    app, call = dial(brief + following)
    if "Gather" in following:
        call.press("2")
        assert app.asked("keys")[0]["Digits"] == "2"
    else:
        call.expect_ringing("+16125550199")
    assert app.asked("early") == []


def test_a_key_in_the_prompt_of_a_brief_gather_is_its_own() -> None:
    """Who interrupts answers it, and so does who presses in its second."""
    for wait in (False, True):
        app, call = dial(
            f'<Gather numDigits="1" timeout="1" action="early">{PROMPT}</Gather><Gather/>'
        )
        if wait:
            call.wait(1.5)
        call.press("2", interrupt=True)
        assert [form["Digits"] for form in app.asked("early")] == ["2"]


def test_a_brief_gather_before_nothing_else_can_be_answered() -> None:
    """An app that asks so again and again is answered where it asks."""
    app, call = dial(
        f'<Gather numDigits="1" timeout="1" action="keys">{PROMPT}</Gather><Redirect>on</Redirect>'
    )
    call.press("2")
    assert app.asked("keys")[0]["Digits"] == "2"


def test_the_timeout_starts_anew_with_each_digit() -> None:
    """Each digit gives the whole timeout for the next one; then the digits are posted."""
    app, call = dial('<Gather timeout="5" action="next"/>')
    call.press("1")
    call.wait(4)
    call.press("2")
    call.wait(4)
    assert app.asked("next") == []
    call.wait(1)
    assert app.asked("next")[0]["Digits"] == "12"
    assert times(call, "action") == [pytest.approx(REACTION + 4 + REACTION + 5)]


@pytest.mark.parametrize(
    ("attributes", "keys", "posted", "seconds"),
    [
        ("", "12#", {"Digits": "12", "FinishedOnKey": "#"}, REACTION + 2 * KEY),
        ('finishOnKey="*"', "1#*", {"Digits": "1#", "FinishedOnKey": "*"}, REACTION + 2 * KEY),
        ('finishOnKey=""', "1#", {"Digits": "1#"}, REACTION + KEY + 5),
    ],
)
def test_a_finish_key_ends_at_once_and_is_left_out(
    attributes: str, keys: str, posted: dict[str, str], seconds: float
) -> None:
    """The finish key submits at once and is not among the digits; without one time decides."""
    app, call = dial(f'<Gather {attributes} action="next"/>')
    call.press(keys)
    call.wait(60)
    assert told(app.asked("next")[0], "Digits", "FinishedOnKey") == posted
    assert times(call, "action") == [pytest.approx(seconds)]


@pytest.mark.parametrize("empty_result", ["", 'actionOnEmptyResult="true"'])
def test_a_finish_key_before_any_digit_counts_as_nothing(empty_result: str) -> None:
    """`#` alone goes on with the next verb, or posts empty Digits if that is asked for."""
    app, call = dial(f'<Gather action="next" {empty_result}/><Say>on</Say>', next="<Hangup/>")
    call.press("#")
    assert [asked["Digits"] for asked in app.asked("next")] == ([""] if empty_result else [])
    assert call.said == ("" if empty_result else "on")
    assert call.elapsed == pytest.approx(REACTION if empty_result else REACTION + 0.3)


def test_as_many_digits_as_wanted_end_at_once() -> None:
    """With numDigits the last digit submits, and nobody waits."""
    app, call = dial('<Gather numDigits="3" action="next"/>')
    call.press("123")
    assert app.asked("next")[0]["Digits"] == "123"
    assert of(call, Pressed) == [Pressed("123")]
    assert times(call, "action") == [pytest.approx(REACTION + 2 * KEY)]


@pytest.mark.parametrize(("value", "posts"), [("false", False), ("true", True)])
def test_silence_goes_on_or_posts_empty_digits(value: str, posts: bool) -> None:  # noqa: FBT001 - what happens
    """Silence falls through; with actionOnEmptyResult the action gets empty Digits."""
    gather = f'<Gather action="next" actionOnEmptyResult="{value}"/><Say>on</Say>'
    app, call = dial(gather, next="<Hangup/>")
    call.stay_silent()
    assert [asked["Digits"] for asked in app.asked("next")] == ([""] if posts else [])
    assert call.said == ("" if posts else "on")


@pytest.mark.parametrize(
    ("attributes", "silence"),
    [
        ("", 5),
        ('timeout="8"', 8),
        ('timeout="8" speechTimeout="2"', 2),
        ('speechTimeout="auto"', 1),
    ],
)
def test_words_end_after_their_own_silence(attributes: str, silence: int) -> None:
    """Speech is posted once it was silent for speechTimeout, by default for the timeout."""
    _, call = dial(f'<Gather input="speech" action="next" {attributes}/>')
    call.say("one two")
    assert times(call, "action") == [pytest.approx(REACTION + 0.6 + silence)]


def test_hints_are_told_to_who_listens() -> None:
    """What listens knows the hints, apart."""
    _, call = dial('<Gather input="speech" timeout="9" hints="yes, no,not sure"/>')
    assert of(call, Listening) == [
        Listening(keys=False, speech=True, seconds=9, hints=("yes", "no", "not sure"))
    ]


@pytest.mark.parametrize("nested", [PROMPT, '<Pause length="1"/>', '<Play digits="W"/>'])
def test_a_key_during_the_prompt_cuts_it(nested: str) -> None:
    """The first key stops the prompt where it is, and what is behind it is not heard."""
    app, call = dial(f'<Gather numDigits="1" action="next">{nested}<Say>late</Say></Gather>')
    call.press("5", interrupt=True)
    assert app.asked("next")[0]["Digits"] == "5"
    assert times(call, "action") == [REACTION]
    assert of(call, Interrupted) == [Interrupted(REACTION)]
    assert call.said == ("one two three four" if nested is PROMPT else "")


def test_a_patient_caller_hears_the_prompt_to_its_end() -> None:
    """Without an interruption the prompt counts in full before the key."""
    _, call = dial(f'<Gather numDigits="1" action="next">{PROMPT}</Gather>')
    call.press("5")
    assert of(call, Interrupted) == []
    assert times(call, "action") == [pytest.approx(PROMPT_SECONDS + REACTION)]


def test_without_barge_in_words_do_not_stop_the_prompt() -> None:
    """With bargeIn false only a key stops what is played; words that come then are lost."""
    gather = '<Gather input="dtmf speech" numDigits="1" action="next" {}>' + PROMPT + "</Gather>"
    app, call = dial(gather.format('bargeIn="false"'))
    call.say("yes", interrupt=True)
    assert of(call, Unheard) == [Unheard("yes")]
    call.press("1", interrupt=True)
    assert app.asked("next")[0]["Digits"] == "1"
    app, call = dial(gather.format(""))
    call.say("yes", interrupt=True)
    assert app.asked("next")[0]["SpeechResult"] == "yes"


def test_each_word_is_told_while_it_is_recognised() -> None:
    """The partial results grow word by word, numbered from 0, before the action."""
    app, call = dial('<Gather input="speech" action="next" partialResultCallback="/so-far"/>')
    call.say("not at all")
    assert [
        told(each, "SequenceNumber", "UnstableSpeechResult") for each in app.asked("so-far")
    ] == [
        {"SequenceNumber": "0", "UnstableSpeechResult": "not"},
        {"SequenceNumber": "1", "UnstableSpeechResult": "not at"},
        {"SequenceNumber": "2", "UnstableSpeechResult": "not at all"},
    ]
    assert app.paths == ["first", "so-far", "so-far", "so-far", "next", "status"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_partial_results_are_told_by_their_method(method: str) -> None:
    """The partialResultCallback has a method of its own."""
    gather = (
        '<Gather input="speech" action="next" method="POST" partialResultCallback="/so-far"'
        f' partialResultCallbackMethod="{method}"/>'
    )
    app, call = dial(gather)
    call.say("yes")
    assert app.methods("so-far") == [method]
    assert app.methods("next") == ["POST"]


def test_a_gather_nests_only_what_is_heard() -> None:
    """Other verbs in a Gather are warned of, and passed over."""
    _, call = dial('<Gather action="next"><Hangup/><Say>still here</Say></Gather>')
    call.expect_said("still here")
    assert codes(call) == [12200]


def test_a_caller_who_hangs_up_submits_nothing() -> None:
    """Digits that were pressed before a hang-up are not posted."""
    app, call = dial('<Gather action="next"/>')
    call.press("12")
    call.hang_up()
    assert call.ended == "the caller hung up"
    assert app.paths == ["first", "status"]
