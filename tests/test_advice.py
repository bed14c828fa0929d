"""Advice: one order of steps, 0 at once, and an emergency number that no key cuts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from line_facts import CARELINE, CARELINE_TTY
from test_reached import dialled, said
from test_tty_webhooks import document, plays
from test_webhooks import post

from ivr.call.engine import Engine
from ivr.call.flow import EMERGENCY_PROMPTS, build_table
from ivr.call.nodes import Advice, Way
from ivr.config import VoiceLine
from ivr.proof.explore import explore
from ivr.proof.laws import nobody_misses_the_emergency_number
from offhook.callers.phone import Phone
from offhook.events import Interrupted

ADVICE = [node for node in build_table().values() if isinstance(node, Advice)]
BY_TIER = {"bladder-bowel": "advice-emergency", "fever": "advice-urgent"}


@pytest.mark.parametrize("question", BY_TIER)
def test_no_key_cuts_the_emergency_number(question: str) -> None:
    """It stands outside any Gather; the rest is gathered by key alone, so no cough cuts it."""
    root = document(post(f"/voice/en/{question}/1", Digits="1"))
    (gather,) = root.findall("Gather")
    assert gather.get("input") == "dtmf"
    assert gather.get("action") == f"/voice/en/{BY_TIER[question]}/1/early"
    in_full = " ".join("".join(say.itertext()) for say in root.findall("Say"))
    assert "911" in "".join(in_full.split())
    assert dialled(root) == [CARELINE[0]]


@pytest.mark.parametrize("advice", ADVICE, ids=lambda node: node.name)
def test_0_under_advice_dials_at_once(advice: Advice) -> None:
    """The emergency sentence, then the nurse; by voice and on a TTY."""
    root = document(post(f"/voice/en/{advice.name}/1/early", Digits="0"))
    assert said(root).startswith("If this is an emergency, hang up and dial")
    assert dialled(root) == [CARELINE[0]]
    assert root.find("Gather") is None
    by_key = document(post(f"/keyed/en/{advice.name}/1/early", Digits="0"))
    assert dialled(by_key) == [CARELINE_TTY]
    assert plays(by_key)[0].startswith("IN AN EMERGENCY")


@pytest.mark.parametrize("advice", ADVICE, ids=lambda node: node.name)
@pytest.mark.parametrize("key", ["", "1", "2", "9", "*", "#", "22"])
def test_any_other_key_brings_the_advice_in_full(advice: Advice, key: str) -> None:
    """Nobody gets past it unheard, and nobody presses in a circle."""
    root = document(post(f"/voice/en/{advice.name}/1/early", Digits=key))
    assert root.find("Gather") is None
    assert "call your doctor right away" in said(root).lower()
    assert dialled(root) == [CARELINE[0]]


def test_a_caller_presses_0_in_the_advice(phone: Phone) -> None:
    """The rest of the advice is cut short, and the nurse rings."""
    call = phone.dial()
    call.press("1")
    call.press("0", interrupt=True)
    call.expect_ringing(CARELINE[0])
    assert call.requests[-1].path == "/voice/en/advice-emergency/1/early"
    assert any(isinstance(event, Interrupted) for event in call.events)


@pytest.mark.parametrize(
    ("field", "fault"), [("uncut", frozenset[str]()), ("nurse", Way("careline-local"))]
)
def test_the_law_finds_an_advice_that_is_cut(line: VoiceLine, field: str, fault: object) -> None:
    """An emergency number that a key cuts, or a nurse without it, is named."""
    planted = dict(line.engine.table)
    advice = planted["advice-urgent"]
    assert isinstance(advice, Advice)
    assert not EMERGENCY_PROMPTS.isdisjoint(advice.prompts)
    planted[advice.name] = replace(advice, **{field: fault})  # type: ignore[arg-type]
    engine = Engine(planted, line.directory, line.engine.vocabularies)
    found = nobody_misses_the_emergency_number(explore(engine, "en"))
    assert any("advice-urgent" in each or "emergency number" in each for each in found)
