"""Conference: who waits, who talks, when it ends, and what its callback is told."""

from __future__ import annotations

import pytest
from verbs_app import AGENT, CALLER, LINE, NURSE, App, codes, dial, of, phone, told

from offhook.callers.phone import Phone
from offhook.events import Bridged, LegEnded, Played, Queued

COVERS: dict[str, str] = {
    "Conference.startConferenceOnEnter": "test_a_conference_starts_when_one_comes_who_may_start_it",
    "Conference.endConferenceOnExit": "test_a_conference_ends_with_the_one_who_ends_it",
    "Conference.waitUrl": "test_a_wait_document_is_heard_until_the_conference_starts",
    "Conference.waitMethod": "test_a_wait_document_is_requested_by_its_method",
    "Conference.maxParticipants": "test_a_full_conference_can_not_be_joined",
    "Conference.participantLabel": "test_a_label_is_told_to_the_callback",
    "Conference.statusCallback": "test_the_callback_is_told_of_wanted_events_alone",
    "Conference.statusCallbackEvent": "test_the_callback_is_told_of_wanted_events_alone",
    "Conference.statusCallbackMethod": "test_a_callback_has_its_own_method",
}

ROOM = "conference:room"
EVERY = 'statusCallback="/told" statusCallbackEvent="start end join leave"'
PLAIN = '<Dial action="next"><Conference>room</Conference></Dial>'


def conference(attributes: str = "") -> str:
    """A Dial of the conference `room`, with an action."""
    return f'<Dial action="next"><Conference {attributes}>room</Conference></Dial>'


def two(first: str, agent: str = "") -> tuple[App, Phone]:
    """An app for two calls with a conference each, and its phone."""
    app = App(first=first, agent=agent or first)
    return app, phone(app)


def test_one_alone_hears_music() -> None:
    """A conference of one has not started: its participant waits, as long as it takes."""
    app, call = dial(PLAIN)
    assert of(call, Queued) == [Queued(ROOM, 1)]
    assert of(call, Played) == [Played("hold music")]
    assert of(call, Bridged) == []
    call.wait(600)
    assert app.paths == ["first"]


def test_two_talk_and_the_action_is_told_answered() -> None:
    """The second who comes starts the conference; a Dial that leaves it was answered."""
    app, line = two(PLAIN)
    caller = line.dial(LINE)
    caller.wait(20)
    agent = line.dial(AGENT)
    assert of(caller, Bridged) == of(agent, Bridged) == [Bridged(ROOM)]
    agent.wait(60)
    agent.end_talk(0)
    assert told(app.asked("next")[0], "DialCallStatus", "DialCallDuration") == {
        "DialCallStatus": "answered",
        "DialCallDuration": "60",
    }
    assert of(agent, LegEnded) == [LegEnded(ROOM, "completed")]


def test_one_call_can_try_a_conference_by_itself() -> None:
    """Somebody joins, and leaves again: the phone plays the others."""
    app, call = dial(PLAIN, next="<Say>on</Say>")
    call.connect_agent()
    assert of(call, Bridged) == [Bridged(ROOM)]
    call.end_talk(30)
    assert app.asked("next")[0]["DialCallStatus"] == "answered"
    assert call.said == "on"


@pytest.mark.parametrize(
    ("first", "second", "starts"),
    [
        ("true", "true", True),
        ("false", "true", True),
        ("true", "false", True),
        ("false",) * 2 + (False,),
    ],
)
def test_a_conference_starts_when_one_comes_who_may_start_it(
    first: str,
    second: str,
    starts: bool,  # noqa: FBT001 - what happens
) -> None:
    """Two talk if one of them has startConferenceOnEnter; otherwise both go on waiting."""
    attribute = 'startConferenceOnEnter="{}"'
    _, line = two(conference(attribute.format(first)), conference(attribute.format(second)))
    calls = [line.dial(LINE), line.dial(AGENT)]
    assert [of(call, Bridged) for call in calls] == [[Bridged(ROOM)] * starts] * 2


@pytest.mark.parametrize(("ends", "goes_on"), [("true", False), ("false", True)])
def test_a_conference_ends_with_the_one_who_ends_it(ends: str, goes_on: bool) -> None:  # noqa: FBT001 - what happens
    """When one with endConferenceOnExit leaves, the others leave too; otherwise they stay."""
    app, line = two(conference(), conference(f'endConferenceOnExit="{ends}"'))
    caller, agent = line.dial(LINE), line.dial(AGENT)
    agent.hang_up()
    statuses = [each["DialCallStatus"] for each in app.asked("next")]
    assert statuses == ([] if goes_on else ["answered"])
    assert (caller.ended == "") is goes_on


def test_a_wait_document_is_heard_until_the_conference_starts() -> None:
    """The waitUrl is requested again and again, until somebody comes; empty, it is silence."""
    app, line = two(conference('waitUrl="/wait"'))
    app.documents["wait"] = '<Say>soon</Say><Pause length="4"/>'
    caller = line.dial(LINE)
    caller.wait(10)
    assert len(app.asked("wait")) == 3
    line.dial(AGENT)
    assert of(caller, Bridged) == [Bridged(ROOM)]
    assert caller.said == "soon soon soon"
    _, call = dial(conference('waitUrl=""'))
    assert of(call, Played) == []
    assert of(call, Queued) == [Queued(ROOM, 1)]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wait_document_is_requested_by_its_method(method: str) -> None:
    """The waitUrl has a method of its own."""
    app, _ = dial(conference(f'waitUrl="/wait" waitMethod="{method}"'), wait="<Pause/>")
    assert app.methods("wait") == [method]


@pytest.mark.parametrize("verb", ["<Gather/>", "<Leave/>", f"<Dial>{NURSE}</Dial>"])
def test_a_wait_document_has_only_its_documented_verbs(verb: str) -> None:
    """Say, Play, Pause and Redirect; any other is warned of and passed over."""
    _, call = dial(conference('waitUrl="/wait"'), wait=f"{verb}<Pause/>")
    assert codes(call) == [12200]


def test_a_full_conference_can_not_be_joined() -> None:
    """Who comes as one more than maxParticipants fails, and the others go on."""
    app, line = two(conference('maxParticipants="2"'))
    calls = [line.dial(LINE), line.dial(AGENT), line.dial(LINE, caller=NURSE)]
    assert of(calls[2], LegEnded) == [LegEnded(ROOM, "failed")]
    (asked,) = app.asked("next")
    assert asked["From"] == NURSE
    assert asked["DialCallStatus"] == "failed"
    assert [call.ended for call in calls[:2]] == ["", ""]


def test_a_label_is_told_to_the_callback() -> None:
    """The callback is told the participantLabel, where there is one."""
    app, _ = dial(conference(f'participantLabel="patient" {EVERY}'))
    assert [each.get("ParticipantLabel") for each in app.asked("told")] == ["patient"]
    app, _ = dial(conference(EVERY))
    assert [each.get("ParticipantLabel") for each in app.asked("told")] == [None]


@pytest.mark.parametrize(
    ("wanted", "events"),
    [
        ("start end", ["conference-start", "conference-end"]),
        ("join leave", ["participant-join", "participant-join"] + ["participant-leave"] * 2),
        ("", []),
    ],
)
def test_the_callback_is_told_of_wanted_events_alone(wanted: str, events: list[str]) -> None:
    """Start and end are the conference's, join and leave each participant's; none by default."""
    attribute = f'statusCallbackEvent="{wanted}"' if wanted else ""
    app, line = two(conference(f'statusCallback="/told" endConferenceOnExit="true" {attribute}'))
    caller, _ = line.dial(LINE), line.dial(AGENT)
    caller.hang_up()
    assert [each["StatusCallbackEvent"] for each in app.asked("told")] == events


def test_the_callback_knows_the_conference_and_counts_its_events() -> None:
    """All events of a conference have its sid and name, and are numbered from 1 on."""
    app, line = two(conference(EVERY))
    caller, agent = line.dial(LINE, caller=CALLER), line.dial(AGENT, caller=NURSE)
    agent.hang_up()
    caller.hang_up()
    asked = app.asked("told")
    assert sorted((each["StatusCallbackEvent"], each["From"]) for each in asked) == [
        ("conference-end", CALLER),
        ("conference-start", CALLER),
        ("participant-join", CALLER),
        ("participant-join", NURSE),
        ("participant-leave", CALLER),
        ("participant-leave", NURSE),
    ]
    assert [each["SequenceNumber"] for each in asked] == ["1", "2", "3", "4", "5", "6"]
    assert {each["FriendlyName"] for each in asked} == {"room"}
    (sid,) = {each["ConferenceSid"] for each in asked}
    assert sid.startswith("CF")
    assert told(asked[0], "StartConferenceOnEnter", "EndConferenceOnExit", "Muted") == {
        "StartConferenceOnEnter": "true",
        "EndConferenceOnExit": "false",
        "Muted": "false",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_callback_has_its_own_method(method: str) -> None:
    """The callback is requested by its statusCallbackMethod."""
    app, _ = dial(conference(f'{EVERY} statusCallbackMethod="{method}"'))
    assert app.methods("told") == [method]


def test_who_stays_alone_can_be_joined_again() -> None:
    """A conference that has started goes on with one, and the next who comes talks at once."""
    _, line = two(PLAIN)
    caller, agent = line.dial(LINE), line.dial(AGENT)
    agent.hang_up()
    assert caller.ended == ""
    assert of(line.dial(AGENT), Bridged) == [Bridged(ROOM)]
