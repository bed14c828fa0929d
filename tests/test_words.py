"""What callers say and hear: the vocabulary, the prompts, the facts they carry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.call.nodes import Ask
from ivr.call.prompts import Digits, Pause, Text, grouped, spelled
from ivr.call.red_flags import RED_FLAGS
from ivr.call.speech import plain
from ivr.config import VoiceLine


@pytest.mark.parametrize(
    ("node", "said", "key"),
    [
        ("fever", "Yes.", "1"),
        ("fever", "uh yes since Tuesday", "1"),
        ("fever", "No", "2"),
        ("fever", "no, ma'am", "2"),
        ("fever", "I do not.", None),
        ("fever", "I don't", None),
        ("fever", "yes, it happened again", "1"),
        ("fever", "yes, it's an emergency", "1"),
        ("fever", "yes, what should I do", "1"),
        ("fever", "two", "2"),
        ("self-care", "my back hurts", None),
        ("fever", "no feeling in my legs", None),
        ("fever", "yes and no, I'm not sure", "3"),
        ("fever", "I don\u2019t know", "3"),
        ("fever", "nurse", "0"),
        ("fever", "could I talk to a person please", "0"),
        ("fever", "T T Y", "9"),
        ("fever", "say that again?", "*"),
        ("fever", "", None),
        ("fever", "...", None),
        ("fever", "notsure", None),
        ("fever", "nurse or t t y", None),
        ("main-menu", "nurse navigator", "2"),
        ("main-menu", "the nurse navigator please", "2"),
        ("main-menu", "benefits", "2"),
        ("main-menu", "self-care", "3"),
        ("self-care", "go back", "#"),
        ("pelvic-tilt", "next", "1"),
    ],
)
def test_words_choose_an_option(line: VoiceLine, node: str, said: str, key: str | None) -> None:
    """Each utterance means the option it should, or none."""
    asked = line.engine.table[node]
    assert isinstance(asked, Ask)
    option = line.prompts["en"].vocabulary.choose(said, asked.options)
    assert (option.key if option else None) == key


def test_every_listed_phrase_means_its_own_option(line: VoiceLine) -> None:
    """No phrase of any menu is taken for another option of the same menu."""
    vocabulary = line.prompts["en"].vocabulary
    for node in line.engine.table.values():
        if isinstance(node, Ask):
            for option in node.options:
                for phrase in vocabulary.phrases[option.words]:
                    assert vocabulary.choose(phrase, node.options) == option, (node.name, phrase)


def test_a_phrase_of_nothing_but_titles_is_no_answer_to_silence(line: VoiceLine) -> None:
    """A listed phrase that is nothing once titles are gone does not make "" an answer."""
    vocabulary = line.prompts["en"].vocabulary
    asked = line.engine.table["fever"]
    assert isinstance(asked, Ask)
    phrases = {**vocabulary.phrases, "no": (*vocabulary.phrases["no"], "sir")}
    for said in ("", "sir", "..."):
        assert replace(vocabulary, phrases=phrases).choose(said, asked.options) is None


def test_words_are_compared_without_case_punctuation_and_apostrophes() -> None:
    """What recognisers write differently is the same word."""
    assert plain("  I\u2019m NOT sure!  ") == plain("im not sure")
    assert plain("x-ray") == "x ray"


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        ("+19528835000", ("952", "883", "5000")),
        ("911", ("911",)),
        ("+442079460000", ("442", "079", "460", "000")),
    ],
)
def test_numbers_are_said_in_groups(number: str, groups: tuple[str, ...]) -> None:
    """North American numbers as three, three, four; short ones whole."""
    assert grouped(number) == groups


def test_a_prompt_is_parsed_into_parts(line: VoiceLine) -> None:
    """Text, digits and the pauses between lines are told apart."""
    assert line.prompts["en"].parts("emergency", line.directory) == [
        Text("If this is an emergency, hang up and dial "),
        Digits(("911",)),
        Text("."),
    ]
    assert Pause() in line.prompts["en"].parts("any-time", line.directory)


FACTS = {
    "library.six-weeks": ["six weeks", "gets worse", "doctor", "many ways"],
    "library.activity": ["walking every day", "swimming and biking", "consistent", "discomfort"],
    "library.strength": ["lost strength", "more intense", "on your own", "rehabilitation clinics"],
    "library.stress": ["money, family or work", "tense", "relax"],
    "library.stress-help": ["free virtual coach", "15 to 20 minutes", "doctor or therapist"],
    "library.physical-therapy": ["often the treatment", "muscle strength", "invasive", "refer you"],
    "library.physical-therapy-more": ["spinal fusion", "disc replacement", "risks", "video"],
    "library.imaging": ["x-ray", "cannot be found", "abnormal", "no back pain"],
    "library.imaging-when": ["injury", "rule that out", "not recommended"],
    "library.surgery": ["rarely needed", "risks", "runs down the leg", "weakness that gets worse"],
    "library.surgery-when": ["spine expert", "HealthPartners", "Medical Spine Center"],
    "library.pelvic-tilt": ["knees bent", "small of your back", "10 seconds", "10 times", "3 to 4"],
    "library.knee-raise": [
        "knees bent",
        "one knee",
        "other leg",
        "5 times with each leg",
        "3 to 4",
    ],
    "library.press-up": ["face down", "few minutes", "elbows", "5 to 10 seconds", "5 to 10 times"],
    "library.more": ["find care", "stress", "getting active", "free book"],
    "advice.emergency": ["new or getting worse", "dial 911", "emergency room", "now"],
    "advice.otherwise": ["call your doctor right away"],
    "advice.urgent": ["call your doctor right away"],
    "advice.no-red-flag": ["does not mean that nothing is wrong"],
    "numbers.careline": ["612-339-3663", "800-551-0859", "day and night"],
    "numbers.navigator": [
        "952-883-5000",
        "800-883-2177",
        "Monday through Friday",
        "7 a.m. to 7 p.m.",
    ],
    "numbers.tty": ["952-883-5474", "952-883-5127", "711"],
}


@pytest.mark.parametrize("prompt", FACTS)
def test_the_facts_of_the_source_page_are_said(line: VoiceLine, prompt: str) -> None:
    """What callers must learn is in the words they hear."""
    words = " ".join(spelled(line.prompts["en"].parts(prompt, line.directory)).split())
    for fact in FACTS[prompt]:
        assert fact in words


def test_no_red_flag_question_is_asked_in_the_negative(line: VoiceLine) -> None:
    """A truthful "No, it doesn't" must never be a yes: questions have no "not" in them."""
    for flag in RED_FLAGS:
        for attempt in ("ask", "again", "last"):
            words = plain(line.prompts["en"].texts[f"{flag.name}.{attempt}"]).split()
            assert not {"not", "dont", "doesnt", "isnt", "havent"} & set(words)


def test_no_prompt_says_that_somebody_is_fine(line: VoiceLine) -> None:
    """Six noes are not an all-clear, and nothing is claimed that was not done."""
    words = " ".join(line.prompts["en"].texts.values()).lower()
    for claim in ("you are fine", "nothing to worry", "notif", "try again later", "healthy"):
        assert claim not in words
