"""What was not said is not answered: keys that come before a question was said to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from test_tty_webhooks import document
from test_webhooks import post, post_form

from ivr.call.engine import Early, Engine, Key, Position
from ivr.call.flow import build_table
from ivr.call.nodes import Confirm, Medium, Question
from ivr.call.on_tty import on_tty
from ivr.config import VoiceLine
from ivr.proof.explore import REFERENCE, explore
from ivr.proof.laws import what_was_not_said_is_not_answered
from ivr.twilio.inbound import heard_early
from offhook.callers.phone import Phone

QUESTIONS = [node for node in build_table().values() if isinstance(node, Question)]
FIRST, SECOND = QUESTIONS[0].name, QUESTIONS[1].name


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda node: node.name)
@pytest.mark.parametrize("attempt", [1, 2, 3])
@pytest.mark.parametrize("key", list("12345678#"))
def test_a_key_before_the_question_answers_nothing(
    line: VoiceLine, question: Question, attempt: int, key: str
) -> None:
    """The question is said at the same attempt, in full, and only then the keys."""
    position = Position("en", question.name, attempt)
    turn = line.engine.advance(position, Early(key), REFERENCE)
    assert turn.position == position
    *before, keys = turn.utterances
    assert [each.prompt for each in before] == ["hear-it-out", question.asks[attempt - 1][0]]
    assert all(each.in_full for each in before)
    assert (keys.prompt, keys.in_full) == (question.asks[attempt - 1][1], False)


@pytest.mark.parametrize("key", ["0", "9", "*"])
def test_the_keys_that_work_everywhere_work_at_once(line: VoiceLine, key: str) -> None:
    """A nurse, the text and the question again are never too early."""
    for question in QUESTIONS:
        position = Position("en", question.name)
        early = line.engine.advance(position, Early(key), REFERENCE)
        assert early == line.engine.advance(position, Key(key), REFERENCE)


def test_two_gathers_tell_early_keys_apart() -> None:
    """One by key for the words before and the question; one by key and voice for the keys."""
    early, answers = document(post("/voice")).findall("Gather")
    assert early.get("input") == "dtmf"
    assert early.get("timeout") == "1"
    assert early.get("actionOnEmptyResult") is None
    assert early.get("action") == f"/voice/en/{FIRST}/1/early"
    assert answers.get("input") == "dtmf speech"
    assert answers.get("action") == f"/voice/en/{FIRST}/1"
    assert len(answers.findall("Say")) == 1


def test_the_question_is_said_outside_any_gather_afterwards() -> None:
    """No key cuts it, so nobody can press in a circle."""
    root = document(post(f"/voice/en/{FIRST}/1/early", Digits="2"))
    assert [verb.tag for verb in root] == ["Say", "Say", "Gather"]
    assert root[2].get("action") == f"/voice/en/{FIRST}/1"


@pytest.mark.parametrize("path", ["/voice/en/{}/1/early", "/keyed/en/{}/1/early"])
@pytest.mark.parametrize("form", [{}, {"Digits": ""}, {"Digits": "22"}, {"SpeechResult": "no"}])
def test_whatever_comes_early_brings_the_question(path: str, form: dict[str, str]) -> None:
    """No key, several keys and words are no answer either, by voice and by key on a TTY."""
    root = document(post_form(path.format(FIRST), form))
    actions = [gather.get("action") for gather in root.iter("Gather")]
    assert actions == [path.format(FIRST).removesuffix("/early")]


def test_a_no_in_the_greeting_is_no_answer(phone: Phone) -> None:
    """A caller who presses 2 while the line introduces itself is asked all the same."""
    call = phone.dial()
    call.press("2", interrupt=True)
    call.expect_said("whole question")
    call.press("2")
    assert call.requests[-1].path.endswith(f"/{FIRST}/1")


def test_a_double_press_does_not_answer_the_next_question(phone: Phone) -> None:
    """The second 2 comes while the next question is said: that one is asked in full."""
    call = phone.dial()
    call.press("2")
    call.press("2", interrupt=True)
    assert call.requests[-1].path.endswith(f"/{SECOND}/1/early")
    call.press("2")
    assert call.requests[-1].path.endswith(f"/{SECOND}/1")


def test_the_law_finds_a_question_that_is_answered_unheard(line: VoiceLine) -> None:
    """One whose keys count while it is said is named, by voice and on a TTY."""
    planted = dict(line.engine.table)
    question = QUESTIONS[2]
    planted[question.name] = replace(question, early=())
    by_key = on_tty(planted, read_back=False)
    for table, medium in ((planted, Medium.VOICE), (by_key, Medium.TTY)):
        of_medium = line if medium is Medium.VOICE else line.tty
        assert of_medium is not None
        engine = Engine(table, line.directory, of_medium.engine.vocabularies, medium)
        found = what_was_not_said_is_not_answered(explore(engine, "en"))
        assert any(question.name in each for each in found)


def without_early(confirm: Confirm) -> Confirm:
    """The same, where whatever comes early counts."""
    return replace(confirm, early=())


def in_one_prompt(confirm: Confirm) -> Confirm:
    """The same, where nothing tells the question from the words about answering it."""
    return replace(confirm, asks=(("confirm.no",),) * 3)


@pytest.mark.parametrize("fault", [without_early, in_one_prompt])
def test_the_law_finds_a_no_that_is_confirmed_unread(
    line: VoiceLine, fault: Callable[[Confirm], Confirm]
) -> None:
    """A read-back that takes what comes early for its answer is named."""
    assert line.tty is not None
    planted = dict(line.tty.engine.table)
    confirm = planted["fever-no"]
    assert isinstance(confirm, Confirm)
    planted["fever-no"] = fault(confirm)
    engine = Engine(planted, line.directory, line.tty.engine.vocabularies, Medium.TTY)
    found = [*what_was_not_said_is_not_answered(explore(engine, "en"))]
    assert found
    assert all("-> fever-no" in each for each in found)


def test_an_early_answer_without_a_key_is_none() -> None:
    """Words that came too soon, say."""
    assert heard_early({}) == heard_early({"SpeechResult": "no"}) == Early("")


def test_the_law_finds_an_early_key_that_answers(line: VoiceLine) -> None:
    """A question that takes an early key for its no is named."""
    planted = dict(line.engine.table)
    question = QUESTIONS[2]
    no = next(option.way for option in question.options if option.words == "no")
    planted[question.name] = replace(question, early=(no,) * 3)
    engine = Engine(planted, line.directory, line.engine.vocabularies)
    found = what_was_not_said_is_not_answered(explore(engine, "en"))
    assert any("too early" in each for each in found)
