"""What callers' words are taken for: never a no that is none, and as much else as can be."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken_cases import AGAIN, FILES, UNDERSTOOD, Case, cases

from ivr.call.engine import CLEAR, Position, Words
from ivr.call.nodes import NO, YES, Ask, Question
from ivr.call.red_flags import RED_FLAGS
from ivr.call.speech import plain
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.wording import SHIPPED_PROMPTS

QUESTIONS = tuple(flag.name for flag in RED_FLAGS)
LINE = load_line(SHIPPED_DIRECTORY, SHIPPED_PROMPTS)
PHRASES = LINE.prompts["en"].vocabulary.phrases

AT_ONCE = {
    "utterances-en.tsv": {
        "yes": 0.9,
        "no": 0.9,
        "nurse": 0.9,
        "not-sure": 0.8,
        "repeat": 1.0,
        "tty": 1.0,
        "interpreter": 1.0,
    },
    "tried-en.tsv": dict.fromkeys(UNDERSTOOD, 0.95),
    "held-out-en.tsv": {"yes": 0.8, "no": 0.75, "not-sure": 0.8, "hedge": 0.9, "repeat": 1.0},
}
"""The share of each meaning that has to be understood at once, by file."""

NOES_FOR_A_YES = 37
"""Of so many noes, one at most may be taken for a yes."""

NEGATIVE = {
    *("no", "not", "nope", "nah", "naw", "nay", "negative", "never", "none", "nothing", "neither"),
    *("nor", "zero", "dont", "doesnt", "havent", "hasnt", "isnt", "arent"),
}
"""Words that deny."""

SUBJECTS = ("i", "im", "my", "it", "its", "everything")
"""What begins a sentence of its own, which nothing before it turns round."""

TURNED = ("it isnt", "its not", "no its not", "not", "not at all", "never", "nothing is", "im not")
"""What turns a phrase behind it round."""

PLAIN_NOES = ("no", "nope", "nah", "no no", "uh no", "no sir", "no thanks")
BESIDE = (
    *("um", "uh", "well", "oh", "please", "sir", "maam", "but", "wait", "hold on", "i mean", "so"),
    *("actually", "sorry", "you know", "i guess", "maybe", "at night", "now", "today", "really"),
    *("like", "and", "or", "just", "only", "except", "because", "sometimes", "the other day"),
)
"""Fillers and hedges."""


def taken_for(question: str, said: str) -> str:
    """The words of the option that the shipped line takes an utterance for."""
    return Case(question, said, "").taken_for(LINE)


def listed(*names: str) -> tuple[str, ...]:
    """The phrases of these lists that have no part to be filled in."""
    return tuple(each for name in names for each in PHRASES.get(name, ()) if "{" not in each)


def not_a_no(question: str) -> tuple[str, ...]:
    """What says yes or not sure at a question, wherever it stands."""
    own = (f"{question}.yes", f"{question}.yes-anyway", f"{question}.not-sure")
    common = ("yes", "not-sure", "question.yes", "question.yes-anyway", "question.not-sure")
    return listed(*own, *common)


@pytest.mark.parametrize("file", FILES)
def test_nothing_but_a_no_is_taken_for_a_no(file: str) -> None:
    """No yes, not sure, hedge or anything else of the cases goes on to the next question."""
    assert [case for case in cases(file) if case.meaning != NO and case.taken_for(LINE) == NO] == []


@pytest.mark.parametrize("file", FILES)
def test_what_callers_say_is_understood_at_once(file: str) -> None:
    """Of each meaning at least its share is taken for what was meant."""
    said = Counter(case.meaning for case in cases(file))
    understood = Counter(case.meaning for case in cases(file) if case.is_understood(LINE))
    for meaning, share in AT_ONCE[file].items():
        assert understood[meaning] >= share * said[meaning], meaning


@pytest.mark.parametrize("file", FILES)
def test_hardly_a_no_is_taken_for_a_yes(file: str) -> None:
    """Who says no is not sent to a doctor: one of 37 at most."""
    noes = [case.taken_for(LINE) for case in cases(file) if case.meaning == NO]
    assert noes.count("yes") <= len(noes) / NOES_FOR_A_YES


@pytest.mark.parametrize("question", QUESTIONS)
@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_utterance_with_a_yes_or_a_not_sure_in_it_is_a_no(
    question: str, data: st.DataObject
) -> None:
    """Whatever noes, fillers and hedges stand around it, in whatever order."""
    meant = data.draw(st.sampled_from([each for each in not_a_no(question) if each not in SURE]))
    beside = st.lists(st.sampled_from((*PLAIN_NOES, *BESIDE)), max_size=3)
    said = " ".join((*data.draw(beside), meant, *data.draw(beside)))
    assert taken_for(question, said) != NO


SURE = PHRASES["part.surely"]
"""What says yes alone, and no before a no: "absolutely not"."""

FINE = PHRASES["part.fine"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_nobody_is_taken_for_a_no_by_a_word_that_denies_nothing(question: str) -> None:
    """Each phrase that is a no by itself holds a word that denies."""
    noes = (*PHRASES["no"], *PHRASES["question.no"], *PHRASES.get(f"{question}.no", ()))
    parts = {name: PHRASES[f"part.{name}"] for name in ("lack", "lacked")}
    for phrase in noes:
        denies = NEGATIVE & set(phrase.split())
        part = next((name for name in parts if f"{{{name}}}" in phrase), None)
        assert denies or part, phrase
    for phrase in (each for listed_ in parts.values() for each in listed_):
        assert NEGATIVE & set(phrase.split()), phrase


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_phrase_that_is_turned_round_is_no_no(question: str) -> None:
    """What is a no only alone ("normal") is none behind "it isn't", "never" and their like."""
    alone = PHRASES.get("question.no-alone", ()) + PHRASES.get(f"{question}.no-alone", ())
    states = {each.replace("{fine}", fine) for each in alone for fine in FINE} - set(alone)
    states |= {each for each in alone if "{" not in each}
    without_subject = (each for each in states if each.split()[0] not in SUBJECTS)
    for turn, state in product(TURNED, without_subject):
        if not NEGATIVE & set(state.split()):
            assert taken_for(question, f"{turn} {state}") != NO


@pytest.mark.parametrize("denial", ["I never", "I have never", "I did not ever"])
def test_a_denied_sign_is_no_yes(denial: str) -> None:
    """What is decisive by itself, as "wet myself" is, decides nothing behind a denial."""
    assert taken_for("bladder-bowel", "I wet myself") == YES
    assert taken_for("bladder-bowel", f"{denial} wet myself") != YES


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_word_for_fine_is_no_answer(question: str) -> None:
    """Neither "okay" nor "no good" is a no."""
    for said in (*FINE, *(f"no {fine}" for fine in FINE)):
        assert taken_for(question, said) != NO


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("1", "yes"), ("one", "yes"), ("One.", "yes"), ("won", "yes"), ("press one", "yes"),
        ("press 1", "yes"), ("option one", "yes"), ("number 1 please", "yes"),
        ("the first one", "yes"), ("I pressed one", "yes"),
        ("2", NO), ("two", NO), ("press two", NO), ("option 2", NO), ("number two please", NO),
        ("3", "not-sure"), ("number 3", "not-sure"), ("the third one", "not-sure"),
        ("0", "nurse"), ("press zero", "nurse"), ("9", "tty"),
        ("one moment", AGAIN), ("just one second", AGAIN), ("two weeks", AGAIN), ("to", AGAIN),
        ("too", AGAIN), ("one or two", AGAIN), ("not two", AGAIN), ("no two", AGAIN),
        ("only two", AGAIN), ("just two", AGAIN), ("don't press two", AGAIN), ("4", AGAIN),
        ("twenty two", AGAIN), ("22", AGAIN), ("press", AGAIN),
    ],
)  # fmt: skip
def test_a_figure_is_the_key_of_its_name(said: str, meaning: str) -> None:
    """At a question a figure counts if nothing else is said, and a doubtful two never."""
    assert taken_for("fever", said) == meaning


@pytest.mark.parametrize(
    "pattern", ["{}", "press {}", "option {}", "number {} please", "the {} one"]
)
def test_figures_choose_in_every_menu(pattern: str) -> None:
    """Wherever keys are offered, naming one does what pressing it does."""
    names = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth"}
    figures = LINE.prompts["en"].vocabulary.speech.figures
    for node in LINE.engine.table.values():
        if isinstance(node, Ask) and not isinstance(node, Question):
            for option in (option for option in node.options if option.key in names):
                ordinal = "the" in pattern
                for said in (names[option.key],) if ordinal else (option.key, *figures[option.key]):
                    found = chosen(node, pattern.format(said))
                    assert found == option.words, (node.name, said)
            assert chosen(node, "one moment please") is None


@pytest.mark.parametrize(
    ("node", "said", "words"),
    [
        ("main-menu", "main menu", "main-menu"),
        ("self-care", "go back to the main menu please", "main-menu"),
        ("pelvic-tilt", "Main menu.", "main-menu"),
        ("main-menu", "representative", "nurse"),
        ("self-care", "can I speak to a human", "nurse"),
        ("numbers", "operator", "nurse"),
        ("self-care", "I want to kill myself", "crisis"),
        ("main-menu", "yes I want to die", "crisis"),
        ("main-menu", "interpreter please", "interpreter"),
        ("self-care", "Español", "interpreter"),
        ("self-care", "exercise please", "exercise"),
        ("pelvic-tilt", "what was that", "repeat"),
    ],
)
def test_menus_understand_what_people_ask_for(node: str, said: str, words: str) -> None:
    """The way back to the menu, and every way of asking for a person."""
    asked = LINE.engine.table[node]
    assert isinstance(asked, Ask)
    assert chosen(asked, said) == words


@pytest.mark.parametrize(
    ("question", "said", "meaning"),
    [
        ("bladder-bowel", "I wet myself", "yes"),
        ("bladder-bowel", "I can't pee", "yes"),
        ("upper-leg-numbness", "I can't feel my legs", "yes"),
        ("leg-weakness", "I can't feel my legs", "yes"),
        ("fever", "no fever", NO),
        ("upper-leg-numbness", "no fever", AGAIN),
        ("fever", "no numbness", AGAIN),
        ("upper-leg-numbness", "no numbness or tingling in my legs", NO),
        ("upper-leg-numbness", "no numbness in my feet", AGAIN),
        ("upper-leg-numbness", "no feeling in my legs", "yes"),
        ("fever", "102", "yes"),
        ("weight-loss", "102", AGAIN),
        ("bladder-bowel", "it's not under control", "not-sure"),
    ],
)
def test_a_question_has_words_of_its_own(question: str, said: str, meaning: str) -> None:
    """What a question asks about answers that question, and no other by a no."""
    assert taken_for(question, said) == meaning


def test_words_of_a_crisis_come_before_every_answer() -> None:
    """Who speaks of suicide is put through to a person, whatever was said before it."""
    for question, phrase in product(QUESTIONS, PHRASES["crisis"]):
        for said in (phrase, f"yes and {phrase}", f"no {phrase}", f"maybe {phrase}"):
            assert taken_for(question, said) == "crisis", said


@pytest.mark.parametrize("confidence", [0.0, 0.05, 0.25, CLEAR - 0.01])
def test_a_no_below_half_a_confidence_is_asked_again(confidence: float) -> None:
    """Up to 0.49 a no does not count: the same question comes again."""
    assert after("no", confidence) == Position("en", "fever", 2)


@pytest.mark.parametrize("confidence", [CLEAR, 0.51, 0.9, 1.0, None])
def test_a_no_from_half_a_confidence_on_counts(confidence: float | None) -> None:
    """From 0.5 on, and without a figure, a no goes on to the next question."""
    assert CLEAR == 0.5
    assert after("no", confidence) == Position("en", "weight-loss", 1)


@pytest.mark.parametrize("confidence", [0.0, 0.05, 0.49])
@pytest.mark.parametrize("said", ["yes", "not sure", "nurse", "TTY", "1", "3", "I want to die"])
def test_what_leads_to_help_counts_however_doubtful(said: str, confidence: float) -> None:
    """A yes, a not sure, a nurse or the text is not asked for twice."""
    assert after(said, confidence) == after(said, 1.0) != Position("en", "fever", 2)


def test_hints_are_few() -> None:
    """All hints of any place take less than 500 characters: more would weigh less."""
    for node in LINE.engine.table.values():
        if isinstance(node, Ask):
            hints = LINE.prompts["en"].vocabulary.hints(node.options)
            assert 0 < len(", ".join(hints)) < 500, node.name
            assert len(set(hints)) == len(hints), node.name


def test_one_spelling_of_what_recognisers_write_differently(line: VoiceLine) -> None:
    """Accents that are composed or not, apostrophes and points make no other word."""
    assert plain("espan\u0303ol") == plain("ESPA\u00d1OL!")
    speech = line.prompts["en"].vocabulary.speech
    assert speech.tidied("I don\u2019t know.") == speech.tidied("uh, I do not know")
    assert speech.tidied("no, um") != speech.tidied("no")


def chosen(node: Ask, said: str) -> str | None:
    """The words of the option that a node takes an utterance for."""
    option = LINE.prompts["en"].vocabulary.choose(said, node.options)
    return option.words if option else None


def after(said: str, confidence: float | None) -> Position:
    """Where a call is after these words at the fever question, so surely recognised."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    heard = Words(said, confidence)
    return LINE.engine.advance(Position("en", "fever", 1), heard, now).position
