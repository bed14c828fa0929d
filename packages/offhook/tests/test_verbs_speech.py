"""Say with its SSML tags, Play and Pause: what is heard, and how long it lasts."""

from __future__ import annotations

import pytest
from verbs_app import App, codes, dial, of, phone, wav
from werkzeug.wrappers import Response

from offhook.events import Paused, Played, Said

COVERS: dict[str, str] = {
    "Say.voice": "test_a_voice_and_a_language_are_passed_on",
    "Say.language": "test_a_voice_and_a_language_are_passed_on",
    "Say.loop": "test_a_loop_repeats_what_is_said",
    "Play.loop": "test_a_loop_repeats_a_recording",
    "Play.digits": "test_tones_take_their_time",
    "Pause.length": "test_a_pause_lasts_a_second_or_its_length",
    "break.time": "test_a_break_adds_its_time",
    "prosody.rate": "test_half_the_rate_doubles_the_time",
    "say-as.interpret-as": "test_what_is_spelt_out_takes_a_word_for_each_character",
    "sub.alias": "test_an_alias_is_said_instead_of_the_text",
    "emphasis": "test_tags_that_change_the_sound_leave_the_words",
    "lang": "test_tags_that_change_the_sound_leave_the_words",
    "p": "test_tags_that_change_the_sound_leave_the_words",
    "phoneme": "test_tags_that_change_the_sound_leave_the_words",
    "s": "test_tags_that_change_the_sound_leave_the_words",
    "w": "test_tags_that_change_the_sound_leave_the_words",
}

WORD = 0.3


def test_what_is_said_is_heard_in_order_and_takes_its_time() -> None:
    """Two Says are heard one after the other, and the call lasts as long as both."""
    _, call = dial("<Say>one two</Say><Say>three</Say>")
    assert call.said == "one two three"
    assert call.elapsed == pytest.approx(3 * WORD)


def test_a_voice_and_a_language_are_passed_on() -> None:
    """A Say is said in its language and voice, by default in American English."""
    _, call = dial('<Say voice="Polly.Vicki" language="de-DE">ja</Say><Say>yes</Say>')
    assert [(said.language, said.voice) for said in of(call, Said)] == [
        ("de-DE", "Polly.Vicki"),
        ("en-US", ""),
    ]


@pytest.mark.parametrize(("loop", "times"), [("", 1), ('loop="3"', 3), ('loop="0"', 1000)])
def test_a_loop_repeats_what_is_said(loop: str, times: int) -> None:
    """A Say is said once, as often as its loop says, or up to a thousand times for 0."""
    _, call = dial(f"<Say {loop}>again</Say>")
    assert len(of(call, Said)) == times
    assert call.elapsed == pytest.approx(times * WORD)


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ('<break time="2s"/>', 2.0),
        ('<break time="1500ms"/>', 1.5),
        ('<break time="20s"/>', 10.0),
        ("<break/>", 0.3),
    ],
)
def test_a_break_adds_its_time(tag: str, seconds: float) -> None:
    """A break is silence of its length, in s or ms, and of ten seconds at most."""
    _, call = dial(f"<Say>one {tag} two</Say>")
    assert call.said.split() == ["one", "two"]
    assert call.elapsed == pytest.approx(2 * WORD + seconds)


def test_half_the_rate_doubles_the_time() -> None:
    """Words in a prosody of 50 % last twice as long, those around it do not."""
    _, call = dial('<Say>one <prosody rate="50%">two</prosody> three</Say>')
    assert call.said == "one two three"
    assert call.elapsed == pytest.approx(4 * WORD)


@pytest.mark.parametrize(
    ("kind", "words"), [("digits", 3), ("telephone", 3), ("characters", 3), ("cardinal", 1)]
)
def test_what_is_spelt_out_takes_a_word_for_each_character(kind: str, words: int) -> None:
    """Digits, telephone numbers and characters are said apart, a cardinal in one."""
    _, call = dial(f'<Say><say-as interpret-as="{kind}">911</say-as></Say>')
    assert call.said == "911"
    assert call.elapsed == pytest.approx(words * WORD)


def test_an_alias_is_said_instead_of_the_text() -> None:
    """A sub is said, and timed, as its alias."""
    _, call = dial('<Say>call <sub alias="area code nine five two">952</sub></Say>')
    assert call.said == "call area code nine five two"
    assert call.elapsed == pytest.approx(6 * WORD)


@pytest.mark.parametrize(
    "tagged",
    [
        '<emphasis level="strong">one</emphasis> two',
        '<lang xml:lang="es-MX">one</lang> two',
        "<p>one</p> two",
        "<s>one</s> two",
        '<w role="amazon:NN">one</w> two',
        '<phoneme alphabet="ipa" ph="wʌn">one</phoneme> two',
    ],
)
def test_tags_that_change_the_sound_leave_the_words(tagged: str) -> None:
    """Emphasis, language, paragraph, sentence, word and phoneme tags say their text."""
    _, call = dial(f"<Say>{tagged}</Say>")
    assert call.said.split() == ["one", "two"]
    assert codes(call) == []


@pytest.mark.parametrize(("loop", "times"), [("", 1), ('loop="2"', 2), ('loop="0"', 1000)])
def test_a_loop_repeats_a_recording(loop: str, times: int) -> None:
    """A recording is played as often as its loop says, a thousand times for 0, fetched once."""
    app = App(first=f"<Play {loop}>/bell.wav</Play>", **{"bell.wav": wav(1.5)})
    call = phone(app).dial()
    assert [played.what for played in of(call, Played)] == ["/bell.wav"] * times
    assert call.elapsed == pytest.approx(times * 1.5)
    assert app.paths == ["first", "bell.wav", "status"]


@pytest.mark.parametrize(
    ("digits", "seconds"), [("1", 0.2), ("12#", 0.6), ("w", 0.5), ("WW", 2.0), ("1w2W*A", 2.3)]
)
def test_tones_take_their_time(digits: str, seconds: float) -> None:
    """A key's tone counts 0.2 s, w waits half a second and W a whole one."""
    _, call = dial(f'<Play digits="{digits}"/>')
    assert of(call, Played) == [Played(digits, seconds)]
    assert call.elapsed == pytest.approx(seconds)


def test_a_recording_is_fetched_without_the_calls_parameters() -> None:
    """What is played from the app's host is got by GET, and told nothing of the call."""
    app = App(first="<Play>bell.wav</Play>", **{"bell.wav": wav(1)})
    phone(app).dial()
    assert app.asked("bell.wav") == [{}]
    assert app.methods("bell.wav") == ["GET"]


@pytest.mark.parametrize(
    ("answer", "code"), [(Response("gone", 404), 11200), (Response("<Response/>"), 12300)]
)
def test_a_bad_recording_is_warned_of_and_the_call_goes_on(answer: Response, code: int) -> None:
    """What is answered with 404 (11200), or is no sound (12300), is not heard."""
    app = App(first="<Play>/bell.wav</Play><Say>on</Say>", **{"bell.wav": answer})
    call = phone(app).dial()
    assert codes(call) == [code]
    assert call.said == "on"
    assert call.elapsed == pytest.approx(WORD)


def test_a_recording_elsewhere_is_not_fetched() -> None:
    """A recording on another host counts five seconds, whoever serves it."""
    app, call = dial("<Play>https://cdn.example.net/bell.mp3</Play>")
    assert app.paths == ["first", "status"]
    assert call.elapsed == pytest.approx(5.0)


def test_sound_as_an_answer_is_played_and_ends_the_call() -> None:
    """A webhook that is answered with a recording plays it, then hangs up."""
    _, call = dial(wav(2))
    assert [played.seconds for played in of(call, Played)] == [2.0]
    assert call.ended == "the document ended"


def test_plain_text_as_an_answer_is_said() -> None:
    """A webhook that is answered with text/plain says it, then hangs up."""
    _, call = dial(Response("Hello there", mimetype="text/plain"))
    assert call.said == "Hello there"
    assert call.ended == "the document ended"


@pytest.mark.parametrize(("length", "seconds"), [("", 1), ('length="3"', 3)])
def test_a_pause_lasts_a_second_or_its_length(length: str, seconds: int) -> None:
    """A Pause is a second of silence, or as many as its length."""
    _, call = dial(f"<Pause {length}/>")
    assert of(call, Paused) == [Paused(seconds)]
    assert call.elapsed == seconds
