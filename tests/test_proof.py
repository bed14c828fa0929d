"""The proofs can fail: each law finds the fault that it is for, and names the path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from ivr.call.additions import ADDITIONS
from ivr.call.engine import Engine, Utterance
from ivr.call.flow import TableError, build_table
from ivr.call.nodes import (
    Advice,
    Ask,
    Confirm,
    Menu,
    Node,
    Number,
    Offer,
    Option,
    Question,
    RedFlag,
    Tier,
    Transfer,
    Way,
)
from ivr.call.prompts import spelled
from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine, load_line
from ivr.directory import SHIPPED_DIRECTORY
from ivr.proof import laws, reading
from ivr.proof.audit import audit
from ivr.proof.call_wording import call_wording
from ivr.proof.explore import explore
from ivr.proof.lengths import (
    SAMPLE_OPENING,
    advice_lengths,
    prompt_seconds,
    unknown_rate,
    utterance_seconds,
)
from ivr.proof.map import call_map
from ivr.proof.words import copied_texts, unnamed_nurse
from ivr.text.outgoing import OutgoingText
from ivr.text.pages import reading_seconds
from ivr.wording import SHIPPED_PROMPTS

Table = dict[str, Node]


@pytest.fixture
def tty(line: VoiceLine) -> VoiceLine:
    """The part of the line that is for a TTY."""
    assert line.tty is not None
    return line.tty


def with_table(line: VoiceLine, table: Mapping[str, Node]) -> VoiceLine:
    table, words = MappingProxyType(dict(table)), line.engine.vocabularies
    engine = Engine(table, line.directory, words, line.engine.medium)
    return replace(line, engine=engine)


def with_text(line: VoiceLine, **texts: str) -> VoiceLine:
    english = line.prompts["en"]
    named = {name.replace("__", ".").replace("_", "-"): text for name, text in texts.items()}
    return replace(line, prompts={"en": replace(english, texts={**english.texts, **named})})


def with_option(table: Table, name: str, option: Option) -> None:
    """Put an option in the place of the one with its key."""
    node = table[name]
    assert isinstance(node, Question)
    options = tuple(option if old.key == option.key else old for old in node.options)
    table[name] = replace(node, options=options)


def hang_up_when_nobody_answers(table: Table) -> None:
    last = table["careline-toll-free"]
    assert isinstance(last, Transfer)
    table["careline-toll-free"] = replace(last, failed=Way("goodbye"))


def take_the_nurse_from_a_menu(table: Table) -> None:
    menu = table["self-care"]
    assert isinstance(menu, Menu)
    options = tuple(option for option in menu.options if option.key != "0")
    table["self-care"] = replace(menu, options=options)


def offer_a_key_that_no_telephone_has(table: Table) -> None:
    menu = table["exercise-menu"]
    assert isinstance(menu, Menu)
    moved = (replace(each, key="12") if each.key == "2" else each for each in menu.options)
    table["exercise-menu"] = replace(menu, options=tuple(moved))


def offer_two_things_by_one_key(table: Table) -> None:
    menu = table["exercise-menu"]
    assert isinstance(menu, Menu)
    moved = (replace(each, key="1") if each.key == "2" else each for each in menu.options)
    table["exercise-menu"] = replace(menu, options=tuple(moved))


def send_a_yes_to_the_menu(table: Table) -> None:
    with_option(table, "fever", Option("1", "yes", Way("main-menu")))


def send_garbled_answers_to_the_menu(table: Table) -> None:
    question = table["fever"]
    assert isinstance(question, Question)
    table["fever"] = replace(question, no_match=(*question.no_match[:2], Way("main-menu")))


def send_silence_to_the_next_question(table: Table) -> None:
    question = table["fever"]
    assert isinstance(question, Question)
    no = next(option.way for option in question.options if option.words == "no")
    table["fever"] = replace(question, silence=(no, *question.silence[1:]))


def let_a_failed_hunt_into_the_menu(table: Table) -> None:
    numbers = table["unreached"]
    assert isinstance(numbers, Ask)
    more = Option("2", "numbers", Way("main-menu"))
    table["unreached"] = replace(numbers, options=(*numbers.options, more))


def never_say_goodbye(table: Table) -> None:
    for name, node in table.items():
        if isinstance(node, Transfer):
            table[name] = replace(node, completed=Way("unreached"), short=Way("unreached"))


def ask_a_silent_caller_for_ever(table: Table) -> None:
    menu = table["numbers"]
    assert isinstance(menu, Menu)
    table["numbers"] = replace(menu, silence=(*menu.silence[:2], Way("numbers")))


def ask_again_after_a_yes(table: Table) -> None:
    with_option(table, "fever", Option("1", "yes", Way("fever"), decisive=True))


def advise_an_emergency_as_urgent(table: Table) -> None:
    with_option(table, "leg-weakness", Option("1", "yes", Way("advice-urgent"), decisive=True))


def advise_without_emergency(table: Table) -> None:
    advice = table["advice-urgent"]
    assert isinstance(advice, Advice)
    table["advice-urgent"] = replace(advice, prompts=("advice.urgent",))


def hear_a_no_inside_other_words(table: Table) -> None:
    with_option(table, "fever", Option("2", "no", Way("weight-loss")))


def ring_on_after_an_answered_call(table: Table) -> None:
    nurse = table["careline-local"]
    assert isinstance(nurse, Transfer)
    table["careline-local"] = replace(nurse, completed=nurse.busy)


def take_a_machine_for_a_nurse(table: Table) -> None:
    nurse = table["careline-toll-free"]
    assert isinstance(nurse, Transfer)
    table["careline-toll-free"] = replace(nurse, completed=Way("goodbye"))


def offer_without_the_emergency(table: Table) -> None:
    nurse = table["navigator-local"]
    assert isinstance(nurse, Transfer)
    table["navigator-local"] = replace(nurse, short=Way(nurse.short.to))


def hang_up_after_a_dropped_call(table: Table) -> None:
    offer = table["careline-local-short"]
    assert isinstance(offer, Offer)
    table["careline-local-short"] = replace(offer, silence=(Way("goodbye"),))


def leave_who_reached_nobody_without_a_nurse(table: Table) -> None:
    offer = table["navigator-local-reached"]
    assert isinstance(offer, Offer)
    options = tuple(option for option in offer.options if option.key != "0")
    table["navigator-local-reached"] = replace(offer, options=options)


def dial_a_tty_for_the_nurse(table: Table) -> None:
    nurse = table["careline-local"]
    assert isinstance(nurse, Transfer)
    table["careline-local"] = replace(nurse, number=Number.TTY)


def redial_the_same_number(table: Table) -> None:
    nurse = table["careline-toll-free"]
    assert isinstance(nurse, Transfer)
    table["careline-toll-free"] = replace(nurse, busy=Way("careline-toll-free"))


def offer_six_things(table: Table) -> None:
    menu = table["self-care"]
    assert isinstance(menu, Menu)
    sixth = Option("6", "numbers", Way("numbers"))
    table["self-care"] = replace(menu, options=(sixth, *menu.options))


@pytest.mark.parametrize(
    ("law", "fault", "named"),
    [
        (laws.no_dead_end, hang_up_when_nobody_answers, "failed at careline-toll-free"),
        (laws.no_dead_end, take_a_machine_for_a_nurse, "completed at careline-toll-free"),
        (laws.reached_means_talked_to, take_a_machine_for_a_nurse, "careline-toll-free"),
        (laws.reached_means_talked_to, ring_on_after_an_answered_call, "careline-local"),
        (laws.reached_means_talked_to, offer_without_the_emergency, "short at navigator-local"),
        (laws.a_leg_that_dropped_rings_once_more, hang_up_after_a_dropped_call, "careline-local"),
        (
            laws.person_one_key_away,
            leave_who_reached_nobody_without_a_nurse,
            "navigator-local-reached",
        ),
        (laws.person_one_key_away, take_the_nurse_from_a_menu, "self-care, attempt 1"),
        (
            laws.what_is_offered_can_be_pressed,
            offer_a_key_that_no_telephone_has,
            "12 is on no telephone, at exercise-menu",
        ),
        (
            laws.what_is_offered_can_be_pressed,
            offer_two_things_by_one_key,
            "1 stands for two options, at exercise-menu",
        ),
        (laws.advice_before_anything_else, send_a_yes_to_the_menu, "1 at fever, attempt 1"),
        (laws.advice_before_anything_else, send_garbled_answers_to_the_menu, "fever, attempt 3"),
        (laws.library_behind_the_questions, send_a_yes_to_the_menu, "without a no to fever"),
        (laws.library_behind_the_questions, let_a_failed_hunt_into_the_menu, "-[2]-> main-menu"),
        (laws.only_a_no_is_a_no, send_silence_to_the_next_question, "silence at fever"),
        (laws.every_loop_has_an_exit, never_say_goodbye, "no call ever ends"),
        (
            laws.whoever_does_not_answer_comes_to_a_person,
            ask_a_silent_caller_for_ever,
            "numbers, attempt 1",
        ),
        (laws.few_options, offer_six_things, "self-care has more than 5"),
    ],
)
def test_each_law_finds_its_fault(
    line: VoiceLine, law: laws.Law, fault: Callable[[Table], None], named: str
) -> None:
    """A table with one fault breaks the law against it, and the violation says where."""
    table = dict(build_table())
    fault(table)
    violations = law(explore(with_table(line, table).engine, "en"))
    assert any(named in violation for violation in violations)


def let_a_typed_no_count_at_once(table: Table) -> None:
    with_option(table, "fever", Option("2", "no", Way("weight-loss"), whole=True))


def let_a_typed_1_count_at_once(table: Table) -> None:
    with_option(table, "fever", Option("1", "yes", Way("advice-urgent"), decisive=True))


def read_a_clear_yes_back(table: Table) -> None:
    question = table["fever"]
    assert isinstance(question, Question)
    options = tuple(option for option in question.options if option.key or option.words != "yes")
    table["fever"] = replace(question, options=options)


def confirm_a_no_by_silence(table: Table) -> None:
    confirm = table["fever-no"]
    assert isinstance(confirm, Confirm)
    table["fever-no"] = replace(confirm, silence=(*confirm.silence[:2], Way("weight-loss")))


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (let_a_typed_no_count_at_once, "counts without being read back: 2 at fever"),
        (let_a_typed_1_count_at_once, "counts without being read back: 1 at fever"),
        (read_a_clear_yes_back, 'is read back though it is clear: "yes" at fever'),
        (confirm_a_no_by_silence, "an answer that was not confirmed counts: silence at fever-no"),
    ],
)
def test_the_law_on_reading_back_finds_its_faults(
    tty: VoiceLine, fault: Callable[[Table], None], named: str
) -> None:
    """A no or a digit that counts at once, a clear yes that does not, a no confirmed by silence."""
    table = dict(tty.engine.table)
    fault(table)
    graph = explore(with_table(tty, table).engine, "en")
    violations = laws.red_flags_are_confirmed_on_a_tty(graph)
    assert any(named in violation for violation in violations)


SENTENCE = "This is a sentence of some fifty letters, or so it seems."
"""It takes some 11 s on a TTY."""


@pytest.mark.parametrize(
    ("texts", "violation"),
    [
        ({"safe_exit__before": f"{SENTENCE} " * 3}, "a page of 33.4 s, over 30: safe-exit.before"),
        ({"main_menu__ask": "1 2 3 4 " + "word " * 40}, "over 30: 1 at night-pain-no, attempt 1"),
        ({"advice__urgent": f"{SENTENCE} " * 3}, 'over 50: "yes" at fever, attempt 1'),
        ({"fever__last": f"{SENTENCE} " * 3}, "over 50: 4 at fever, attempt 2, to fever"),
    ],
)
def test_the_laws_on_pages_and_turns_find_long_texts(
    tty: VoiceLine, texts: dict[str, str], violation: str
) -> None:
    """A page that can't be cut, and prompts that are short one by one and not in a row."""
    found = audit(replace(with_text(tty, **texts), keyed=None)).violations
    assert any(violation in message for message in found), found


def test_the_law_on_breaks_finds_a_page_without_one() -> None:
    """Half a second is none; a turn of the caller's is one."""
    whole, cut = OutgoingText("A."), OutgoingText("B.", quiet=0.5)
    asking = OutgoingText("C. GA", quiet=90)
    for pages, found in (((whole, asking), []), ((cut, asking), ["no break behind a page: here"])):
        assert [*reading.pages_end_in_a_break(reading.stretches("here", pages))] == found


def test_a_turn_ends_where_the_caller_may_answer() -> None:
    """What is read at a stretch: all pages to the next GA, with the breaks between them."""
    first, last = OutgoingText("A."), OutgoingText("B. GA", quiet=90)
    more = OutgoingText("C.")
    before, behind = reading.stretches("here", (first, last, more))
    assert before.seconds == reading_seconds("A.") + 1 + reading_seconds("B. GA")
    assert behind.seconds == reading_seconds("C.") + 1


@pytest.mark.parametrize(
    ("texts", "violation"),
    [
        ({"line_failed": f"{SENTENCE} " * 3}, "over 50: line-failed, to bladder-bowel, attempt 1"),
        ({"crisis": "word " * 40}, 'over 30: "kill myself" at bladder-bowel, attempt 1'),
        ({"by_key__other": "word " * 40}, "over 30: completed at careline-tty, attempt 1"),
    ],
)
def test_the_laws_find_long_texts_where_keys_answer(
    tty: VoiceLine, texts: dict[str, str], violation: str
) -> None:
    """Before a question's keys, in a prompt under which no key is heard, and in one with keys."""
    assert tty.keyed is not None
    keyed = with_text(tty.keyed, **texts)
    found = audit(replace(tty, keyed=keyed)).violations
    assert any(violation in message for message in found), found
    assert all(message.startswith("by key: ") for message in found)


def test_the_audit_tells_the_longest_page_and_turn_of_a_tty(tty: VoiceLine) -> None:
    """They are those of what is sent or played, and within their limits."""
    text = audit(tty).text()
    limits = {"page": reading.PAGE_LIMIT, "turn": reading.TURN_LIMIT}
    by_key = {f"{kind} by key": limit for kind, limit in limits.items()}
    for kind, limit in (limits | by_key).items():
        found = re.search(rf"longest {kind}: ([0-9.]+) of {limit} s \(", text)
        assert found, text
        assert limit / 2 < float(found[1]) <= limit


def test_the_shipped_line_breaks_no_law(line: VoiceLine) -> None:
    """The audit of what is shipped has counts and no violations."""
    report = audit(line)
    assert report.violations == ()
    english, on_a_tty = report.languages
    assert on_a_tty.states > english.states
    assert english.states == len(explore(line.engine, "en").edges)
    assert english.shortest.keys == 1
    assert 0 < english.shortest.seconds < english.longest.seconds


def test_every_attempt_of_every_question_and_menu_is_walked(line: VoiceLine) -> None:
    """The graph holds all attempts of all nodes that ask, and each transfer once."""
    graph = explore(line.engine, "en")
    for name, node in line.engine.table.items():
        attempts = {position.attempt for position in graph.edges if position.node == name}
        if isinstance(node, Ask):
            assert attempts == ({1} if isinstance(node, Offer) else {1, 2, 3}), name
        elif isinstance(node, Transfer):
            assert attempts == {1}, name


def test_both_sides_of_the_hours_are_walked(line: VoiceLine) -> None:
    """From the main menu, 2 leads to the Navigator and to the closed notice."""
    graph = explore(line.engine, "en")
    after = {
        edge.turn.position.node
        for edge in graph.all_edges()
        if edge.source and edge.source.node == "main-menu" and edge.label == "2"
    }
    assert after == {"navigator-local", "navigator-closed"}


@pytest.mark.parametrize(
    ("texts", "violation"),
    [
        ({"goodbye": "word " * 90}, "goodbye lasts"),
        ({"library__stress": "word " * 200}, "library.stress lasts"),
        ({"never_played": "Hello."}, "the prompt never-played is never used"),
        ({"main_menu__again": "For a nurse, press 1."}, "main-menu, attempt 2, does not name"),
        ({"treatment_menu__last": "Surgery, {surgery}."}, "does not name {back}, key #"),
        ({"any_time": "For T T Y, press {tty}."}, "no prompt of the opening"),
        ({"fever__last": "Fever?"}, "fever.last says less than fever.again"),
        ({"advice__otherwise": "word " * 30}, "yes at bladder-bowel lasts"),
        ({"unanswered": "word " * 40}, "silence at night-pain lasts"),
    ],
)
def test_the_audit_finds_faulty_words(
    line: VoiceLine, texts: dict[str, str], violation: str
) -> None:
    """Prompts that are too long, never played, shrink or leave out a key are violations."""
    found = audit(replace(with_text(line, **texts), tty=None)).violations
    assert any(violation in message for message in found)


def test_an_opening_in_text_has_to_name_a_nurse_too(line: VoiceLine) -> None:
    """On a TTY by a word for it, or by its key."""
    assert line.tty is not None
    assert list(unnamed_nurse(line.tty, "en")) == []
    assert list(unnamed_nurse(with_text(line.tty, any_time="For help, type 0."), "en")) == []
    assert list(unnamed_nurse(with_text(line.tty, any_time="Welcome."), "en"))


def test_the_last_wording_is_measured_at_the_rate_it_is_said_at(line: VoiceLine) -> None:
    """Half of it takes twice as long, and the other prompts as long as before."""
    english = line.prompts["en"]
    halved = replace(english, voice=replace(english.voice, slow=english.voice.slow // 2))
    slower = replace(line, prompts={"en": halved})
    for prompt in ("fever.ask", "fever.again", "fever.last", "answer-keys.last", "main-menu.last"):
        before, after = (
            prompt_seconds(each.prompts["en"], each.directory, Utterance(prompt))
            - english.texts[prompt].count("\n") * english.voice.pause / 1000
            for each in (line, slower)
        )
        said_last = prompt in {"fever.last", "answer-keys.last"}
        assert after == pytest.approx(before * (85 / 42 if said_last else 1)), prompt


def test_advice_is_measured_from_each_answer_that_brings_it(line: VoiceLine) -> None:
    """A yes and a not sure to each question within 25 s, no answer within 30."""
    limits = {length.name: length.limit for length in advice_lengths(line, "en")}
    for flag in RED_FLAGS:
        for answer, limit in (("yes", 25), ("not-sure", 25), ("silence", 30), ("no match", 30)):
            assert limits.pop(f"{answer} at {flag.name}") == limit
    assert limits == {}


def in_two_languages(tmp_path: Path, other: str, *changes: tuple[str, str]) -> VoiceLine:
    """The line with a copy of its English words as another language, some texts replaced."""
    text = (SHIPPED_PROMPTS / "en.toml").read_text("utf-8")
    (tmp_path / "en.toml").write_text(text, "utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / f"{other}.toml").write_text(text, "utf-8")
    return load_line(SHIPPED_DIRECTORY, tmp_path)


def test_what_was_not_translated_is_named(tmp_path: Path) -> None:
    """A copy of another language's prompts is a violation that names each of them."""
    line = in_two_languages(tmp_path, "es", ('"That number is busy."', '"La linea esta ocupada."'))
    (violation,) = copied_texts(line, "es")
    assert "of es.toml are those of en.toml, word for word" in violation
    assert "goodbye" in violation
    assert " busy" not in violation
    assert list(copied_texts(line, "en")) == []


def test_each_language_is_measured_at_its_own_rate(tmp_path: Path) -> None:
    """The same sentence is longer in a language that pauses longer, or says that it is slower."""
    rate = "pause = 400\nrate = { word = 3, sentence = 0, comma = 0 }\n#"
    spanish = in_two_languages(tmp_path, "es")
    slow = in_two_languages(tmp_path, "de", ("pause = 400 ", rate))
    busy = Utterance("busy")
    english = utterance_seconds(spanish, "en", busy)
    assert english < utterance_seconds(spanish, "es", busy)
    assert utterance_seconds(slow, "de", busy) == pytest.approx(4 * 3 * 100 / 95)
    assert list(unknown_rate(slow, "de")) == []


def test_a_language_of_unknown_rate_is_named(tmp_path: Path) -> None:
    """Its lengths would be guesses."""
    line = in_two_languages(tmp_path, "fr")
    (violation,) = unknown_rate(line, "fr")
    assert violation.startswith("fr.toml does not say how fast")


def test_what_is_added_to_the_source_page_is_shown_for_review(line: VoiceLine) -> None:
    """Each addition stands in the script with its source and its review; its prompts exist."""
    script = call_wording(line)
    for addition in ADDITIONS:
        assert set(addition.prompts) <= line.prompts["en"].texts.keys()
        assert addition.sources
        assert f"Added: {addition.what}. Source: {'; '.join(addition.sources)}." in script
    assert "Review: **pending**" in script


def test_the_audit_finds_a_node_that_no_call_reaches(line: VoiceLine) -> None:
    """A menu to which nothing leads is a violation."""
    table = dict(build_table())
    menu = table["main-menu"]
    assert isinstance(menu, Menu)
    table["island"] = replace(menu, name="island")
    alone = replace(with_table(line, table), tty=None)
    assert "no call ever comes to island" in audit(alone).violations


def test_the_map_has_every_node(line: VoiceLine) -> None:
    """Each node of the table stands in the flow chart."""
    chart = call_map(line.engine.table)
    for name in line.engine.table:
        assert f"\n    {name.replace('-', '_')}" in chart


def test_the_script_has_every_red_flag_with_its_review_state(line: VoiceLine) -> None:
    """A nurse manager reads tier, source and review state beside each question."""
    script = call_wording(line)
    for node in line.engine.table.values():
        if isinstance(node, Question):
            section = script.split(f"## {node.name}\n")[1].split("\n## ")[0]
            assert f"Tier: **{node.red_flag.tier}**" in section
            assert "Clinical review: **pending**" in section
            assert all(source in section for source in node.red_flag.sources)


def test_the_script_has_every_prompt(line: VoiceLine) -> None:
    """Nothing that a caller can hear is left out of the script."""
    script = " ".join(call_wording(line).replace(">", " ").replace('"', " ").split())
    prompts = line.prompts["en"]
    for name in prompts.texts:
        opening = SAMPLE_OPENING if name.startswith("opens.") else None
        text = spelled(prompts.parts(name, line.directory, opening))
        assert " ".join(text.replace('"', " ").split()) in script, name


def test_a_table_that_does_not_hold_together_is_refused() -> None:
    """Two nodes of one name are an error that names them, not a node that is lost."""
    twice = RedFlag("strength", Tier.URGENT, ("a source",))
    with pytest.raises(TableError, match="strength"):
        build_table((*RED_FLAGS, twice))
