"""A caller on a TTY is led through the whole flow, in text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import combinations

import pytest
from line_facts import MONDAY_AT_7_PM, MONDAY_AT_10
from tty_typist import Typist, characters

from ivr.call.engine import Key, Position, Utterance, Words
from ivr.call.flow import START, build_table
from ivr.call.nodes import ATTEMPTS, Ask, Confirm, Medium, Offer, Piece, Question, Way
from ivr.call.on_tty import TTY_NUMBERS, on_tty
from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine
from ivr.proof.audit import audit
from ivr.text.actions import Aim, Clear, Send
from ivr.text.answer_decoder import UNREADABLE, Meant, fits, read
from ivr.text.outgoing import BREAK_SECONDS
from ivr.text.pages import PAGE_SECONDS, pages, written
from ttymodem.baudot import BACKSPACE, FIGS, LTRS, duration, unsendable
from ttymodem.receiver import Character

MORE = " THERE IS MORE: TYPE GA. GA"
HALF = "ABOUT " * 15 + "HALF OF A PAGE"
"""Text that takes more than half of the time there is for a page."""


@pytest.fixture
def tty(line: VoiceLine) -> VoiceLine:
    """The part of the line that is for a TTY."""
    assert line.tty is not None
    return line.tty


@pytest.fixture
def caller(tty: VoiceLine) -> Typist:
    """Somebody who has read the first question."""
    return Typist(tty, MONDAY_AT_10)


def main_menu(tty: VoiceLine, now: datetime = MONDAY_AT_10) -> Typist:
    """Somebody who has said no to every question, and confirmed it."""
    caller = Typist(tty, now)
    for _ in RED_FLAGS:
        caller.type("NO GA")
        caller.type("YES GA")
    assert caller.node == "main-menu"
    return caller


# The table


def test_the_table_for_a_tty_breaks_no_law(tty: VoiceLine) -> None:
    """The proofs walk it as they walk the voice table."""
    assert audit(tty).violations == ()


def test_both_tables_ask_the_same(line: VoiceLine, tty: VoiceLine) -> None:
    """Whatever is asked by voice is asked in text, and its numbered keys lead to the same."""
    for name, node in line.engine.table.items():
        by_voice_alone = name.startswith("unreached") or isinstance(node, Offer)
        if isinstance(node, Ask) and not by_voice_alone:
            there = tty.engine.table[name]
            assert isinstance(there, Ask)
            keys = {option.key: option.way.to for option in there.options}
            for option in node.options:
                if option.key not in "09" and not isinstance(node, Question):
                    assert keys[option.key] == TTY_NUMBERS.get(option.way.to, option.way.to)


def test_a_voice_number_is_never_dialled_for_a_tty(tty: VoiceLine) -> None:
    """Only TTY numbers are in its table."""
    assert tty.engine.medium is Medium.TTY
    assert not TTY_NUMBERS.keys() & tty.engine.table.keys()


# Reading


def test_the_emergency_sentence_comes_first(tty: VoiceLine) -> None:
    """Before anything else is shown; then what the line is, and the first question."""
    caller = Typist(tty, MONDAY_AT_10)
    assert caller.text.startswith("IN AN EMERGENCY, HANG UP AND DIAL 911.")
    assert "TYPE NURSE ANY TIME." in caller.text
    assert caller.text.endswith("YES, NO OR NOT SURE. GA")


def test_nothing_takes_over_30_seconds_to_read(tty: VoiceLine) -> None:
    """Not one text of a walk through the library, hours and numbers."""
    caller, read_so_far = main_menu(tty, MONDAY_AT_7_PM), list[str]()
    ways = ("3", "1", "1", "GA", "GA", "NEXT", "BACK", "BACK", "3", "1", "BACK", "BACK", "2")
    for typed in (*ways, "BACK", "BACK", "2", "2", "1", "NEXT", "NEXT"):
        caller.type(typed if typed == "GA" else f"{typed} GA")
        read_so_far += caller.shown
    assert caller.node == "numbers-tty"
    assert len(read_so_far) >= 20
    for text in read_so_far:
        assert duration(text) <= PAGE_SECONDS, text
        assert not unsendable(text)


def test_a_piece_stops_after_each_page(tty: VoiceLine) -> None:
    """GA goes on to the next page; any answer that is offered works there, too."""
    caller = main_menu(tty)
    for typed in ("3 GA", "2 GA"):
        caller.type(typed)
    assert "STRESS CAN MAKE BACK PAIN WORSE" in caller.text
    assert caller.text.endswith(MORE)
    assert caller.type("GA").endswith(MORE)
    assert "TYPE 1 FOR THE NEXT PIECE" in caller.type("GA")
    caller.type("R GA")
    caller.type("BACK GA")
    assert caller.node == "self-care"


def test_pages_end_where_sentences_end(tty: VoiceLine) -> None:
    """No piece of the shipped library is cut in the middle of a sentence."""
    table = tty.engine.table.values()
    for node in (each for each in table if isinstance(each, Piece)):
        shown = Typist(tty, MONDAY_AT_10, Way(node.name))
        while shown.text.endswith(MORE):
            page = shown.text.removesuffix(MORE)
            assert page.endswith((".", " Q")), page
            assert not page.endswith("A.M."), page
            shown.type("GA")
        assert "TYPE " in shown.text, node.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HALF}. {HALF}, {HALF}.", [f"{HALF}.", f"{HALF},", f"{HALF}."]),
        (f"{HALF} Q {HALF}. SHORT.", [f"{HALF} Q", f"{HALF}. SHORT."]),
        (f"{HALF} 7 A.M. TO {HALF}: SHORT, MORE.", [f"{HALF} 7 A.M. TO {HALF}:", "SHORT, MORE."]),
        ("SHORT.", ["SHORT."]),
    ],
)
def test_a_sentence_is_cut_only_if_it_is_too_long(text: str, expected: list[str]) -> None:
    """Then at a comma or a colon; a time of day ends no sentence."""
    assert pages(text) == expected


def test_what_is_asked_stays_on_a_page_with_its_answers() -> None:
    """The last page is filled first: who asks for it again reads the whole question."""
    assert pages(f"SHORT. {HALF}. {HALF} Q ANSWER.") == [f"SHORT. {HALF}.", f"{HALF} Q ANSWER."]


def test_the_hours_are_told(tty: VoiceLine) -> None:
    """After hours it says when the Nurse Navigator opens, and offers a nurse."""
    caller = main_menu(tty, MONDAY_AT_7_PM)
    shown = caller.type("BENEFITS GA")
    assert "CLOSED NOW. IT OPENS AGAIN TOMORROW AT 7 A.M." in shown


# Answering


@pytest.mark.parametrize(
    "typed", ["NO GA", "NO", "2 GA", "2", "n ga", "NOPE GA", "YXXXNO GA", "NO  GA", "NO\nGA"]
)
def test_a_no_is_read_back(caller: Typist, typed: str) -> None:
    """However it is typed; only a confirmed no leads on."""
    assert "NO: RIGHT Q" in caller.type(typed)
    caller.type("YES GA")
    assert caller.node == RED_FLAGS[1].name


def is_advised(caller: Typist, shown: str) -> bool:
    """Whether the advice and the number were shown, and then a nurse's TTY was dialled."""
    words = ("CALL YOUR DOCTOR RIGHT AWAY", "DIAL 911", "952-883-5474", "711")
    return all(each in shown for each in words) and caller.aims(Aim.DIAL, "careline-tty")


@pytest.mark.parametrize(
    "typed", ["YES GA", "YES", "YES I DO GA", "YEAH GA", "NOT SURE GA", "MAYBE GA", "YES. GA"]
)
def test_a_clear_yes_or_not_sure_brings_a_nurse_at_once(caller: Typist, typed: str) -> None:
    """Only a no is dangerous if it was not meant; so a whole word without a doubt counts."""
    assert is_advised(caller, caller.type(typed))


@pytest.mark.parametrize("typed", ["Y GA", "Y", "1 GA", "Q GA", "YES, IT HAS CHANGED GA"])
def test_a_yes_that_may_be_another_answer_is_read_back(caller: Typist, typed: str) -> None:
    """A lone letter or digit is one wrong tone away, and a sentence holds other words."""
    assert "YES: RIGHT Q" in caller.type(typed)
    assert is_advised(caller, caller.type("YES GA"))


@pytest.mark.parametrize("place", range(len("YES GA")))
@pytest.mark.parametrize(("typed", "read_back"), [("YES GA", "YES"), ("NOT SURE GA", "NOT SURE")])
def test_a_yes_with_a_bit_in_doubt_is_read_back(
    caller: Typist, typed: str, read_back: str, place: int
) -> None:
    """Whichever character it is in, be it of GA, a shift or a blank."""
    received = characters(typed)
    received[place] = replace(received[place], doubt=0b00100)
    caller.shown.clear()
    caller.read(caller.conversation.typed(received, caller.now))
    assert f"{read_back}: RIGHT Q" in (caller.text or caller.wait(8))
    assert caller.moved is None


def test_a_no_is_read_back_though_it_is_clear(tty: VoiceLine) -> None:
    """Every phrase for it, at every question."""
    for flag in RED_FLAGS:
        for phrase in tty.prompts["en"].vocabulary.phrases["no"]:
            caller = Typist(tty, MONDAY_AT_10, Way(flag.name))
            assert "NO: RIGHT Q" in caller.type(f"{phrase} GA"), phrase
            assert caller.node == f"{flag.name}-no"


def test_an_answer_that_was_misread_is_taken_back(caller: Typist) -> None:
    """NO to what was read back puts the question again."""
    caller.type("1 GA")
    caller.type("NO GA")
    assert caller.node == RED_FLAGS[0].name
    assert caller.moved is None


def test_a_no_that_is_never_confirmed_brings_a_nurse(caller: Typist) -> None:
    """Three times no readable answer: the advice for a question without an answer."""
    caller.type("NO GA")
    for _ in range(3):
        caller.type("HMM GA")
    assert "I GOT NO ANSWER." in caller.text
    assert caller.aims(Aim.DIAL, "careline-tty")


def test_two_answers_that_cant_be_read_bring_the_direct_number(caller: Typist) -> None:
    """The TTY number and 711, and one more try."""
    caller.type("QWERT GA")
    shown = caller.type("QWERT GA")
    assert "952-883-5474" in shown
    assert "711" in shown
    assert caller.node == RED_FLAGS[0].name


def test_what_was_received_badly_is_asked_again(caller: Typist) -> None:
    """An answer of which too much is in doubt does not count."""
    assert "COULD NOT READ THAT" in caller.type("NO GA", doubt=0b11111)
    assert caller.node == RED_FLAGS[0].name


@pytest.mark.parametrize(
    "typed", ["NURSE GA", "0 GA", "0", "RN GA", "HELP GA", "I NEED A NURSE GA"]
)
def test_a_nurse_is_one_word_away(caller: Typist, typed: str) -> None:
    """From everywhere; the emergency sentence is shown first."""
    assert "IN AN EMERGENCY" in caller.type(typed)
    assert caller.aims(Aim.DIAL, "careline-tty")


def test_touch_tones_answer_too(caller: Typist) -> None:
    """A caller may read and press keys, also while the line still writes."""
    caller.press("2")
    caller.press("1")
    assert caller.node == RED_FLAGS[1].name
    caller.press("0")
    assert caller.aims(Aim.DIAL, "careline-tty")


@pytest.mark.parametrize("typed", ["R GA", "REPEAT GA", "   ", "GA"])
def test_what_was_asked_is_repeated(caller: Typist, typed: str) -> None:
    """By word, by taps on the space bar, by GA alone; attempts do not count up."""
    assert "ANY CHANGE IN BLADDER OR BOWEL CONTROL" in caller.type(typed)
    assert caller.conversation.position.attempt == 1


def test_silence_in_the_text_brings_no_burst(caller: Typist) -> None:
    """It tells a caller on the voice line what this one knows."""
    shown = caller.wait(200)
    assert "TAKE YOUR TIME." in shown
    assert "PRESS SPACE BAR" not in shown


def test_the_star_key_repeats(caller: Typist) -> None:
    """* as on the voice line."""
    assert "ANY CHANGE IN BLADDER OR BOWEL CONTROL" in caller.press("*")


@pytest.mark.parametrize("typed", ["SK", "SKSK", "BYE SK", "THANK YOU BYE SKSK", "GOODBYE GA"])
def test_closing_ends_the_call(caller: Typist, typed: str) -> None:
    """The emergency sentence, a goodbye and SKSK; then the line hangs up."""
    shown = caller.type(typed)
    assert "911" in shown
    assert shown.endswith("SKSK")
    assert "A NURSE, DAY AND NIGHT, BY TTY: 952-883-5474." in shown
    assert "711" in shown
    assert caller.aims(Aim.HANG_UP, "goodbye")


def test_who_closes_behind_a_yes_is_advised(caller: Typist) -> None:
    """Though the yes was not confirmed."""
    caller.type("Y GA")
    assert "HANG UP AND DIAL 911, OR GO TO AN EMERGENCY ROOM" in caller.type("SK")


@pytest.mark.parametrize(
    "typed", ["I HAVE A SLIPPED DISK GA", "CAN I ASK", "MY DESK", "GA OR SK", "NO GA OR SK"]
)
def test_only_a_word_of_its_own_closes(caller: Typist, typed: str) -> None:
    """Other words end in the same letters, and GA OR SK leaves the turn to us."""
    caller.type(typed)
    assert caller.moved is None


def test_or_sk_behind_a_ga_brings_the_text_again_that_it_came_through(caller: Typist) -> None:
    """The answer counted at GA; the rest is no answer to what follows."""
    caller.take(caller.conversation.typed(characters("NO GA"), caller.now))
    caller.take(caller.conversation.typed(characters(" OR SK"), caller.now))
    assert "NO: RIGHT Q" in caller.wait(8)


@pytest.mark.parametrize("doubt", [1, 0b11111])
@pytest.mark.parametrize("received", ["YES SK", "YESK", "BYE"])
def test_noise_closes_nothing(caller: Typist, received: str, doubt: int) -> None:
    """A closing of which a bit is in doubt is none."""
    typed = characters(received)
    typed[-1] = replace(typed[-1], doubt=doubt)
    caller.read(caller.conversation.typed(typed, caller.now))
    caller.wait(8)
    assert caller.moved is None


@pytest.mark.parametrize("typed", ["I HAVE NO VOICE GA", "I CAN'T TALK I AM DEAF GA"])
def test_who_can_not_talk_is_not_taken_to_the_voice_line(caller: Typist, typed: str) -> None:
    """Only the word alone asks for it; and it is told what happens."""
    caller.type(typed)
    assert caller.moved is None
    assert "TO THE VOICE LINE. TO COME BACK, PRESS 9 THERE." in caller.type("VOICE GA")
    assert caller.aims(Aim.VOICE, "voice")


@pytest.mark.parametrize(("code", "doubt"), [(5, 16), (1, 0)])
def test_a_stray_character_confirms_nothing(caller: Typist, code: int, doubt: int) -> None:
    """S with a bit in doubt could be a Y; an E is none; a lone Q or Y without a shift is noise."""
    caller.type("NO GA")
    for each in (code, 21, 23):
        stray = Character(each, "S", caller.now, 1.0, doubt)
        caller.read(caller.conversation.typed([stray], caller.now))
        caller.wait(4)
        assert caller.node != RED_FLAGS[1].name


def test_many_characters_in_doubt_take_no_longer() -> None:
    """A second of work at most, however long the noise."""
    noise = [Character(9, "D", 0.0, 0.1, 0b11111)] * 2000
    assert fits(noise, (9,) * 40)
    assert not fits([Character(9, "D", 0.0, 1.0), *noise], (1,))


def test_9_leads_back_to_the_voice_line(caller: Typist) -> None:
    """So that somebody who came here by mistake gets out."""
    caller.press("9")
    assert caller.aims(Aim.VOICE, "voice")


# Time


def test_there_are_90_seconds_to_answer(caller: Typist) -> None:
    """Then a warning, which says how to get more; then it is asked again, never hung up."""
    assert caller.wait(89) == ""
    assert "TYPE MORE TIME" in caller.wait(2)
    assert caller.wait(44) == ""
    assert "TAKE YOUR TIME" in caller.wait(2)
    assert caller.conversation.position.attempt == 2


def test_more_time_is_given(caller: Typist) -> None:
    """Three minutes, as often as it is asked for; the question stays."""
    caller.wait(95)
    assert "TAKE YOUR TIME" in caller.type("MORE TIME GA")
    assert caller.wait(179) == ""
    assert "ARE YOU THERE" in caller.wait(2)
    assert "TAKE YOUR TIME" in caller.type("WAIT GA")
    assert "NO: RIGHT Q" in caller.type("NO GA")


def test_silence_never_hangs_up(caller: Typist) -> None:
    """Whoever types nothing at all is put through to a nurse."""
    caller.wait(900)
    assert caller.aims(Aim.DIAL, "careline-tty")


def test_slow_typing_is_waited_for(caller: Typist) -> None:
    """A key every two seconds is one answer."""
    for letter in ("N", "O", "T", " ", "S", "U", "R"):
        caller.take(caller.conversation.typed(characters(letter), caller.now))
        caller.wait(2)
        assert caller.text == ""
    assert "IT IS RIGHT TO ASK." in caller.type("E GA")


# Half duplex


def reading(caller: Typist, way: Way) -> Typist:
    """The same caller at the end of a way, where the page that ends in GA is being sent."""
    caller.shown.clear()
    caller.take(caller.conversation.begin(way, caller.now))
    while not caller.text.endswith(" GA"):
        step = caller.conversation.played(caller.mark, caller.now)
        caller.take(step or caller.conversation.passed(caller.now + BREAK_SECONDS))
    assert caller.conversation.sending
    return caller


def test_typing_through_our_text_stops_it(caller: Typist) -> None:
    """What was typed counts in a menu; nothing of it is lost."""
    reading(caller, Way("main-menu"))
    caller.take(caller.conversation.typed(characters("NUM"), caller.now))
    assert caller.cleared == 1
    caller.type("BERS GA")
    assert caller.node == "numbers"


# What was not said is not answered

ASKING = [node for node in on_tty(build_table()).values() if isinstance(node, Question | Confirm)]
"""The questions, and where an answer to one is read back."""


@pytest.mark.parametrize("node", ASKING, ids=lambda node: node.name)
@pytest.mark.parametrize("attempt", range(1, ATTEMPTS + 1))
def test_no_answer_counts_before_its_question_was_sent(
    caller: Typist, node: Question | Confirm, attempt: int
) -> None:
    """Whatever is typed or pressed through it brings it in full, at the same attempt."""
    here = Position("en", node.name, attempt)
    asked = Utterance(str(node.asks[attempt - 1][-2]))
    question = written(caller.line.prompts["en"], caller.line.directory, asked)
    for answer in ("YES GA", "NO GA", "NOT SURE GA", "2 GA", "QWERT GA", "MORE TIME GA", "YES"):
        reading(caller, Way(node.name, attempt=attempt))
        caller.type(answer)
        assert caller.conversation.position == here, answer
        assert caller.text.startswith("PLEASE READ THE QUESTION FIRST."), answer
        assert question in " ".join(caller.shown), answer
        assert caller.moved is None
    for key in "123":
        reading(caller, Way(node.name, attempt=attempt)).press(key)
        assert caller.conversation.position == here, key


@pytest.mark.parametrize("node", ASKING, ids=lambda node: node.name)
@pytest.mark.parametrize(
    ("typed", "aim"),
    [
        ("NURSE GA", Aim.DIAL),
        ("0 GA", Aim.DIAL),
        ("INTERPRETER GA", Aim.DIAL),
        ("I WANT TO DIE GA", Aim.DIAL),
        ("VOICE GA", Aim.VOICE),
        ("SK", Aim.HANG_UP),
    ],
)
def test_what_works_everywhere_works_through_a_question(
    caller: Typist, node: Question | Confirm, typed: str, aim: Aim
) -> None:
    """Nobody need read a question to its end to reach a nurse, to talk or to close."""
    reading(caller, Way(node.name)).type(typed)
    assert caller.moved is not None
    assert caller.moved.aim is aim


@pytest.mark.parametrize("typed", ["R GA", "REPEAT GA", "   ", "GA"])
def test_a_question_that_was_typed_through_is_shown_again(caller: Typist, typed: str) -> None:
    """By what asks for it, and by a GA that came late: as it was, without more words."""
    reading(caller, Way("fever"))
    (question,) = caller.shown
    assert caller.type(typed) == question


@pytest.mark.parametrize(("before", "after"), [("N", "O GA"), ("N", "GA"), ("Y", "ES GA")])
def test_an_answer_that_began_under_its_question_is_none(
    caller: Typist, before: str, after: str
) -> None:
    """Though it ended behind it; and one character alone does not stop a text."""
    reading(caller, Way("fever-no"))
    caller.take(caller.conversation.typed(characters(before)[-1:], caller.now))
    caller.read([])
    assert "PLEASE READ THE QUESTION FIRST." in caller.type(after)
    assert caller.node == "fever-no"


def test_a_key_behind_a_question_that_was_stopped_is_no_answer(caller: Typist) -> None:
    """What stopped it was typing, and the rest was never sent."""
    reading(caller, Way("fever-no"))
    caller.take(caller.conversation.typed(characters("HM"), caller.now))
    caller.press("1")
    assert caller.node == "fever-no"


def test_who_types_through_every_text_is_asked_on(caller: Typist) -> None:
    """Once a question was sent in full, an answer through the words about answering counts."""
    reading(caller, Way("fever", say=("hear-it-out",), in_full=True))
    assert caller.shown[-1] == "YES, NO, NOT SURE. GA"
    assert "NO: RIGHT Q" in caller.type("NO GA")
    reading(caller, Way("fever", say=("hear-it-out",), in_full=True)).press("2")
    assert caller.node == "fever-no"


def test_an_answer_through_the_warning_counts(caller: Typist) -> None:
    """The question was sent long before; by typing and by key."""
    for answer in (caller.type, caller.press):
        reading(caller, Way("fever"))
        caller.read([])
        caller.take(caller.conversation.passed(caller.now + 91))
        assert "ARE YOU THERE" in caller.shown[-1]
        answer("2")
        assert caller.node == "fever-no"


def test_advice_is_shown_in_full(caller: Typist) -> None:
    """Keys do not interrupt it; who types through it has not read it, so it begins again."""
    caller.shown.clear()
    caller.take(caller.conversation.typed(characters("YES GA"), caller.now))
    (advice,) = caller.shown
    assert "A BLADDER OR BOWEL CHANGE CAN BE AN EMERGENCY" in advice
    assert caller.conversation.pressed("2", caller.now) == []
    for _ in range(3):
        assert caller.conversation.typed(characters("HELLO"), caller.now) == [Clear()]
        (again,) = caller.conversation.typed(characters(" GA"), caller.now)
        assert isinstance(again, Send)
        assert again.text == advice
    hours_later = caller.now + 3600
    assert caller.conversation.typed(characters("HELP"), hours_later) == []  # not for ever


@pytest.mark.parametrize("behind", ["\r\n", "E"])
def test_a_stray_character_under_our_text_answers_nothing(caller: Typist, behind: str) -> None:
    """Neither the end of the caller's line behind GA nor noise stops the text, or is answered."""
    caller.take(caller.conversation.typed(characters("NO GA"), caller.now))
    stray = [each for each in characters(behind) if each.text]
    assert caller.conversation.typed(stray, caller.now) == []
    caller.now += 20
    caller.read([])
    caller.shown.clear()
    assert caller.wait(10) == ""
    assert caller.node == "bladder-bowel-no"


def in_a_break(caller: Typist) -> Typist:
    """The same caller, where the first page of the text was read and the next one not sent."""
    caller.shown.clear()
    caller.take(caller.conversation.begin(Way(START), caller.now))
    caller.take(caller.conversation.played(caller.mark, caller.now))
    assert caller.conversation.pausing
    assert caller.text.endswith("BACK PAIN LINE OF HEALTHPARTNERS.")
    caller.shown.clear()
    return caller


def test_a_page_ends_in_a_break(caller: Typist) -> None:
    """A second of quiet, then the next page."""
    in_a_break(caller)
    assert caller.conversation.passed(caller.now + 0.9) == []
    assert caller.conversation.passed(caller.now + BREAK_SECONDS) != []


@pytest.mark.parametrize(
    ("typed", "aim", "node"),
    [
        ("NURSE GA", Aim.DIAL, "careline-tty"),
        ("0 GA", Aim.DIAL, "careline-tty"),
        ("INTERPRETER GA", Aim.DIAL, "careline-tty"),
        ("VOICE GA", Aim.VOICE, "voice"),
        ("SK", Aim.HANG_UP, "goodbye"),
    ],
)
def test_what_works_everywhere_works_in_a_break(
    caller: Typist, typed: str, aim: Aim, node: str
) -> None:
    """Somebody who breaks in need not read on to reach a nurse."""
    in_a_break(caller).type(typed)
    assert caller.aims(aim, node)


@pytest.mark.parametrize("typed", ["NO GA", "2 GA", "YES GA", "HELLO GA", "E"])
def test_nothing_is_answered_before_it_was_asked(caller: Typist, typed: str) -> None:
    """What is typed in a break answers no question that comes after it, which is then put."""
    shown = in_a_break(caller).type(typed) + caller.wait(3)
    assert "ANY CHANGE IN BLADDER" in shown
    assert "COULD NOT READ" not in shown
    assert caller.conversation.position == Position("en", RED_FLAGS[0].name)


def test_a_page_that_was_typed_through_is_shown_again_if_more_follows(tty: VoiceLine) -> None:
    """What was typed through it answers nothing that was not asked yet."""
    caller = Typist(tty, MONDAY_AT_10)
    caller.shown.clear()
    last = Way(RED_FLAGS[0].name, say=("not-understood-again",), attempt=ATTEMPTS)
    caller.take(caller.conversation.begin(last, caller.now))
    (page,) = caller.shown
    caller.read(caller.conversation.typed(characters("NO GA"), caller.now))
    assert caller.cleared == 1
    again, question = caller.shown[1:]
    assert again == page
    assert question.endswith("NOT SURE OR 3. GA")
    assert caller.conversation.position == Position("en", RED_FLAGS[0].name, ATTEMPTS)


def test_a_key_in_a_break_answers_nothing_that_was_not_asked(caller: Typist) -> None:
    """Nor does one under a page; 0 dials a nurse there, and the question is put for the others."""
    in_a_break(caller)
    caller.read(caller.conversation.pressed("2", caller.now))
    assert caller.conversation.position == Position("en", RED_FLAGS[0].name)
    assert "ANY CHANGE IN BLADDER" in caller.text
    in_a_break(caller).press("0")
    assert caller.aims(Aim.DIAL, "careline-tty")


def test_a_page_is_shown_again_in_a_break(caller: Typist) -> None:
    """By taps on the space bar; GA goes on at once, and MORE TIME gives time to read."""
    assert in_a_break(caller).type("   ").startswith("IN AN EMERGENCY")
    in_a_break(caller)
    caller.take(caller.conversation.typed(characters("GA"), caller.now))
    assert caller.text.startswith("TYPE NURSE")
    in_a_break(caller)
    assert "TAKE YOUR TIME" in caller.type("MORE TIME GA")
    assert caller.wait(179) == ""
    assert "TYPE NURSE" in caller.wait(2)


def test_advice_is_followed_by_the_dialling_whatever_is_typed(caller: Typist) -> None:
    """In the breaks of a call that moves on nothing is asked; a page may be had again."""
    caller.take(caller.conversation.typed(characters("YES GA"), caller.now))
    caller.take(caller.conversation.played(caller.mark, caller.now))
    assert caller.conversation.pausing
    assert "A BLADDER OR BOWEL CHANGE CAN BE AN EMERGENCY" in caller.type("   ")
    assert caller.aims(Aim.DIAL, "careline-tty")
    for typed in ("NO GA", "GA", "MORE TIME GA"):
        other = Typist(caller.line, MONDAY_AT_10)
        other.take(other.conversation.typed(characters("YES GA"), other.now))
        other.take(other.conversation.played(other.mark, other.now))
        other.type(typed)
        assert other.conversation.spoken(other.now) == []
        other.wait(200)
        assert other.aims(Aim.DIAL, "careline-tty")


def test_a_nurse_may_be_called_by_key_at_any_time(tty: VoiceLine) -> None:
    """Under the emergency sentence too, which is read to its end; no other key counts there."""
    for key, node in (("0", "careline-tty"), ("2", "bladder-bowel")):
        caller = Typist(tty, MONDAY_AT_10, at_once=key)
        assert "HANG UP AND DIAL 911" in caller.text
        assert caller.node == node


@pytest.mark.parametrize("typed", ["NURSE GA", "NURSE"])
def test_a_nurse_may_be_called_by_typing_at_any_time(tty: VoiceLine, typed: str) -> None:
    """Under the emergency sentence too: it begins again behind that, and the nurse is dialled."""
    caller = Typist(tty, MONDAY_AT_10)
    caller.shown.clear()
    caller.take(caller.conversation.begin(Way(START), caller.now))
    (emergency,) = caller.shown
    assert caller.type(typed).startswith(emergency)
    assert "ANY CHANGE IN BLADDER" not in caller.text
    assert caller.aims(Aim.DIAL, "careline-tty")


@pytest.mark.parametrize("typed", ["GA", "   ", "MORE TIME GA", "NO GA", "QWERT"])
def test_nothing_gets_past_the_emergency_sentence(caller: Typist, typed: str) -> None:
    """Whatever is typed through it, it begins again, and the question follows unanswered."""
    caller.shown.clear()
    caller.take(caller.conversation.begin(Way(START), caller.now))
    (emergency,) = caller.shown
    caller.type(typed)
    again, question = caller.shown
    assert again == emergency
    assert "ANY CHANGE IN BLADDER" in question
    assert caller.node == RED_FLAGS[0].name


def test_noise_does_not_keep_a_text_from_its_end(caller: Typist) -> None:
    """Who never stops typing comes behind the advice to a nurse all the same."""
    caller.take(caller.conversation.typed(characters("YES GA"), caller.now))
    for _ in range(400):
        caller.now += 1
        caller.take(caller.conversation.typed(characters("EE")[-2:], caller.now))
        caller.take(caller.conversation.passed(caller.now))
    assert caller.aims(Aim.DIAL, "careline-tty")


def test_who_talks_while_the_call_is_moved_moves_it_nowhere_else(caller: Typist) -> None:
    """Nor who talks under our text."""
    caller.type("NURSE GA")
    assert caller.aims(Aim.DIAL, "careline-tty")
    assert caller.conversation.spoken(caller.now) == []
    caller.read(caller.conversation.not_moved(caller.now))
    caller.take(caller.conversation.typed(characters("R GA"), caller.now))
    assert caller.conversation.spoken(caller.now) == []


def test_a_move_fails_once(caller: Typist) -> None:
    """Word of it that comes late does not skip what is being said."""
    caller.type("NURSE GA")
    caller.take(caller.conversation.not_moved(caller.now))
    assert caller.conversation.not_moved(caller.now) == []


def test_endless_typing_is_answered(caller: Typist) -> None:
    """A key every two seconds, for minutes."""
    for _ in range(250):
        caller.now += 2
        caller.read(caller.conversation.typed(characters("E")[-1:], caller.now))
    assert "COULD NOT READ THAT" in caller.text


def test_a_mark_that_never_comes_back_does_not_stop_the_call(tty: VoiceLine) -> None:
    """The turn opens a few seconds after the text must have been read."""
    caller = Typist(tty, MONDAY_AT_10)
    caller.take(caller.conversation.typed(characters("R GA"), caller.now))
    assert caller.conversation.played("of long ago", caller.now) == []
    assert caller.conversation.sending
    caller.shown.clear()
    for _ in range(20):
        caller.now += 0.5
        caller.take(caller.conversation.passed(caller.now))
    assert not caller.conversation.sending


# Going on elsewhere


def test_a_nurse_who_cant_be_dialled_leaves_the_numbers(caller: Typist) -> None:
    """When Twilio can't be asked, the hunt goes on in text: numbers, 711, try again."""
    caller.type("NURSE GA")
    caller.read(caller.conversation.not_moved(caller.now))
    assert "I COULD NOT REACH ANYONE" in caller.text
    assert "711" in caller.text
    caller.moved = None
    caller.type("NURSE GA")
    assert caller.aims(Aim.DIAL, "careline-tty")


def test_a_move_that_has_no_effect_is_tried_again(caller: Typist) -> None:
    """A call that should have gone on elsewhere, and did not, is not left alone."""
    caller.type("NURSE GA")
    caller.moved = None
    assert "I COULD NOT REACH ANYONE" in caller.wait(120)


def test_the_conversation_begins_anywhere(tty: VoiceLine) -> None:
    """After a leg that nobody answered it goes on at the numbers, and says what happened."""
    caller = Typist(tty, MONDAY_AT_10, Way("tty-unreached", say=("no-answer",)))
    assert caller.text.startswith("NOBODY PICKED UP. I COULD NOT REACH ANYONE.")


def test_speech_is_handed_on(caller: Typist) -> None:
    """Somebody talks in the own turn: the same question, answered by voice; not while typing."""
    caller.take(caller.conversation.spoken(caller.now))
    assert caller.aims(Aim.ALOUD, RED_FLAGS[0].name)


def test_speech_beside_typing_is_nothing(caller: Typist) -> None:
    """A voice in the room does not take the call from somebody who types."""
    caller.take(caller.conversation.typed(characters("N"), caller.now))
    caller.take(caller.conversation.spoken(caller.now))
    assert caller.moved is None


# Answers as codes


def meaning(tty: VoiceLine, node: str, typed: list[Character]) -> object:
    """What typed characters mean at a node."""
    asked = tty.engine.table[node]
    assert isinstance(asked, Ask)
    return read(typed, asked.options, tty.prompts["en"].vocabulary)


def without_shifts(text: str) -> list[Character]:
    """What is received of a text when every shift was lost."""
    return [each for each in characters(text) if each.text]


def test_a_lost_shift_changes_no_answer(tty: VoiceLine) -> None:
    """Every digit that is offered is read from its code alone."""
    for digit in "123":
        assert meaning(tty, "fever", without_shifts(f"{digit} GA")) == Key(digit)
    assert meaning(tty, "fever", without_shifts("YES GA")) == Words("yes")


def test_where_two_answers_share_a_code_the_shift_decides(tty: VoiceLine) -> None:
    """R and 4 do: with the shift each is itself, without it neither is guessed."""
    assert meaning(tty, "main-menu", characters("4 GA")) == Key("4")
    assert meaning(tty, "main-menu", characters("R GA")) == Words("r")
    assert meaning(tty, "main-menu", without_shifts("4 GA")) == UNREADABLE


def test_9_leaves_the_text_only_if_its_shift_was_received(tty: VoiceLine) -> None:
    """O has its code: without the shift, or with a bit in doubt, nobody is moved."""
    assert meaning(tty, "fever", characters("9 GA")) == Key("9")
    assert meaning(tty, "fever", characters("1 XXX 9 GA")) == Key("9")
    for typed in ("O GA", "O"):
        assert meaning(tty, "fever", characters(typed)) == UNREADABLE
    assert meaning(tty, "fever", without_shifts("9 GA")) == UNREADABLE
    shift, nine = characters("9")[-2:]
    later_shift = [nine, shift, *characters("GA")]
    assert meaning(tty, "fever", later_shift) == UNREADABLE
    in_doubt = replace(nine, doubt=1), replace(shift, doubt=LTRS ^ FIGS)
    for unsure in ([shift, in_doubt[0]], [in_doubt[1], nine], [shift, in_doubt[1], nine]):
        assert meaning(tty, "fever", [*unsure, *characters("GA")]) == UNREADABLE
    still_figures = replace(shift, doubt=1)
    assert meaning(tty, "fever", [still_figures, nine, *characters("GA")]) == Key("9")


@pytest.mark.parametrize("ending", ["", " GA"])
@pytest.mark.parametrize("typed", ["YES", "NO", "NOTSURE"])
def test_what_is_left_of_an_answer_never_leaves_the_text(
    tty: VoiceLine, typed: str, ending: str
) -> None:
    """Whatever letters are lost: it is an answer to be confirmed, or asked again."""
    within = {*tty.engine.table} - {"voice", "goodbye"}
    for node in (each for each in tty.engine.table.values() if isinstance(each, Question)):
        for left in subsequences(typed):
            meant = meaning(tty, node.name, characters(left + ending))
            if isinstance(meant, Words | Key):
                way = tty.engine.answer(Position("en", node.name), meant)
                assert way.to in within, (node.name, left)


def subsequences(typed: str) -> Iterator[str]:
    """Every selection of the letters that were typed, in their order."""
    for count in range(1, len(typed) + 1):
        yield from map("".join, combinations(typed, count))


def test_every_offered_word_is_understood(tty: VoiceLine) -> None:
    """Typed on a TTY, each phrase of each node leads where it leads when it is said."""
    words = tty.prompts["en"].vocabulary
    for node in tty.engine.table.values():
        if isinstance(node, Ask):
            for option in node.options:
                for phrase in words.phrases[option.words]:
                    meant = meaning(tty, node.name, characters(f"{phrase} GA"))
                    assert isinstance(meant, Words | Key), (node.name, phrase)
                    way = tty.engine.answer(Position("en", node.name), meant)
                    same = [each for each in node.options if each.words == option.words]
                    assert way in [each.way for each in same], (node.name, phrase)


def test_nothing_typed_but_blanks_asks_for_a_repeat(tty: VoiceLine) -> None:
    """Taps on the space bar, GA alone, and more time, are no answers."""
    assert meaning(tty, "fever", characters("  ")) is Meant.AGAIN
    assert meaning(tty, "fever", characters("GA")) is Meant.GO_ON
    assert meaning(tty, "fever", characters("MORE TIME PLS GA")) != Meant.MORE_TIME
    assert meaning(tty, "fever", characters("MORE TIME GA")) is Meant.MORE_TIME


# The process that holds the conversation is to stop


def test_a_conversation_is_handed_over_where_it_is(caller: Typist) -> None:
    """At the question that was read, once: there it is read again."""
    caller.type("NO GA")
    caller.type("YES GA")
    caller.conversation.hand_over()
    caller.wait(1)
    assert caller.moved is not None
    assert (caller.moved.position.node, caller.moved.aim) == (RED_FLAGS[1].name, Aim.READ)


def test_what_is_being_read_or_typed_is_not_cut_off(caller: Typist) -> None:
    """It is handed over once the caller's turn is open and nothing is typed."""
    typed = caller.conversation.typed(characters("N"), caller.now)
    caller.conversation.hand_over()
    assert not [*typed, *caller.conversation.passed(caller.now + 1)]
    sent = caller.conversation.typed(characters("O GA"), caller.now + 2)
    assert [type(each) for each in sent] == [Send]
    assert caller.conversation.passed(caller.now + 2) == []
    caller.read(sent)
    caller.wait(1)
    assert caller.moved is not None
    assert caller.moved.position.node == f"{RED_FLAGS[0].name}-no"


def test_a_conversation_that_can_not_be_handed_over_goes_on(caller: Typist) -> None:
    """It is not tried again and again: who may not be moved is answered here."""
    caller.conversation.hand_over()
    caller.wait(1)
    assert caller.moved is not None
    caller.moved = None
    caller.read(caller.conversation.not_moved(caller.now))
    caller.wait(1)
    assert caller.moved is None
    assert "NO: RIGHT Q" in caller.type("NO GA")


# How people type


SLIPS = ["YES\b\b\bNO", "NI\bO", "N \b\bNO", "\b\bNO", "NOT SURE" + "\b" * 8 + "NO"]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_backspace_erases_what_is_before_it(caller: Typist, slip: str) -> None:
    """As the caller sees it on the own display; a no that is left is read back."""
    typed = [each for part in slip for each in keyed(part)]
    caller.shown.clear()
    caller.read(caller.conversation.typed([*typed, *characters(" GA")], caller.now))
    assert caller.text == "NO: RIGHT Q YES OR NO. GA"


def keyed(key: str) -> list[Character]:
    """One key."""
    return [Character(BACKSPACE, "\b", 0.0, 1.0)] if key == "\b" else characters(key)


@pytest.mark.parametrize("typed", ["NO NO", "NOOO", "NO THX", "NONE", "NO CHANGE", "no", "NO PLS"])
def test_a_no_is_understood_as_people_type_it(caller: Typist, typed: str) -> None:
    """And read back, as every no is."""
    assert caller.type(f"{typed} GA") == "NO: RIGHT Q YES OR NO. GA"


@pytest.mark.parametrize("typed", ["RIGHT", "OK", "CORRECT", "YES", "Y", "SURE", "YES RIGHT"])
def test_a_read_back_is_confirmed_as_people_type_it(caller: Typist, typed: str) -> None:
    """In that place alone: OK is no answer to a question."""
    caller.type("NO GA")
    assert "NUMBNESS" in caller.type(f"{typed} GA")


@pytest.mark.parametrize("typed", ["WRONG", "NO", "NOT RIGHT", "INCORRECT"])
def test_a_read_back_that_is_wrong_brings_the_question_again(caller: Typist, typed: str) -> None:
    """However it is said."""
    caller.type("NO GA")
    assert "ANY CHANGE IN BLADDER" in caller.type(f"{typed} GA")


def test_ok_is_no_answer_to_a_question(caller: Typist) -> None:
    """It may say that the question was read."""
    assert "COULD NOT READ" in caller.type("OK GA")


def test_who_says_hello_is_asked_and_has_lost_no_attempt(caller: Typist) -> None:
    """The question comes again as it was."""
    for _ in range(4):
        assert "ANY CHANGE IN BLADDER" in caller.type("HELLO GA")
    assert caller.node == RED_FLAGS[0].name


@pytest.mark.parametrize("typed", ["VCO PLEASE", "VCO", "HCO PLS"])
def test_who_asks_for_voice_carry_over_is_led_there(caller: Typist, typed: str) -> None:
    """At the question where they are."""
    caller.type(f"{typed} GA")
    assert caller.moved is not None
    assert (caller.moved.position.node, caller.moved.aim) == (RED_FLAGS[0].name, Aim.ALOUD)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("YES", 3), ("NOT SURE", 3), ("NO", 8), ("N", 8), ("NOT", 8)]
)
def test_an_answer_without_ga_is_waited_for_as_long_as_it_may_go_on(
    caller: Typist, typed: str, seconds: int
) -> None:
    """A no for 8 s, since NOT SURE and NO BUT begin so; what is complete for 3."""
    caller.take(caller.conversation.typed(characters(typed), caller.now))
    assert caller.conversation.passed(caller.now + seconds - 0.1) == []
    assert caller.conversation.passed(caller.now + seconds) != []


def test_a_whole_call_from_a_gateway_of_real_time_text(tty: VoiceLine) -> None:
    """No GA, lower case folded, corrections: six noes and a nurse."""
    caller = Typist(tty, MONDAY_AT_10)
    for flag in RED_FLAGS:
        assert caller.node == flag.name
        slip = [*characters("np"), Character(BACKSPACE, "\b", 0.0, 1.0), *characters("o")]
        caller.now += 1
        caller.read(caller.conversation.typed(slip, caller.now))
        caller.wait(8)
        assert caller.node == f"{flag.name}-no"
        caller.type("yes")
    assert caller.node == "main-menu"
    caller.type("nurse please")
    assert caller.moved is not None
    assert caller.moved.position.node == "careline-tty"
