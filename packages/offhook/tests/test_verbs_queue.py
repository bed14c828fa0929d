"""Enqueue, Leave and Queue: callers who wait, and agents who take them."""

from __future__ import annotations

import pytest
from verbs_app import AGENT, CALLER, LINE, NURSE, App, codes, dial, of, phone, times, told

from offhook.account.exchange import QUEUE_SIZE, Participant
from offhook.callers.phone_call import PhoneCall
from offhook.events import Bridged, Dequeued, Played, Queued, Ringing

COVERS: dict[str, str] = {
    "Enqueue.action": "test_the_action_of_an_enqueue_is_told_the_result",
    "Enqueue.method": "test_the_action_of_an_enqueue_is_requested_by_its_method",
    "Enqueue.waitUrl": "test_a_wait_document_is_heard_over_and_over",
    "Enqueue.waitUrlMethod": "test_a_wait_document_is_requested_by_its_method",
    "Task": "test_a_task_waits_in_a_queue_all_the_same",
    "Leave": "test_leave_goes_on_behind_the_enqueue",
    "Queue.url": "test_the_url_of_a_queue_is_heard_by_its_caller",
    "Queue.method": "test_the_url_of_a_queue_is_requested_by_its_method",
}

ENQUEUE = '<Enqueue action="done">support</Enqueue>'
WAITING = '<Enqueue action="done" waitUrl="/wait">support</Enqueue>'
TAKE = '<Dial action="talked"><Queue>support</Queue></Dial>'
TOLD = ("QueueResult", "QueueTime")


def two(app: App) -> tuple[PhoneCall, PhoneCall]:
    """A caller who waits for half a minute, and then an agent."""
    line = phone(app)
    caller = line.dial(LINE, caller=CALLER)
    caller.wait(30)
    return caller, line.dial(AGENT, caller=NURSE)


def test_a_queue_has_hold_music_by_default() -> None:
    """Without a waitUrl the caller hears music until something happens."""
    _, call = dial(ENQUEUE)
    assert of(call, Queued) == [Queued("support", 1)]
    assert of(call, Played) == [Played("hold music")]
    call.wait(600)
    assert call.ended == ""
    assert call.elapsed == 600


def test_an_agent_takes_the_first_caller_of_the_queue() -> None:
    """The two talk; when one hangs up both actions are requested, and both calls go on."""
    app = App(
        first=ENQUEUE, agent=TAKE, done="<Say>bye caller</Say>", talked="<Say>bye agent</Say>"
    )
    caller, agent = two(app)
    assert of(caller, Bridged) == [Bridged(agent.call.sid)]
    assert of(agent, Bridged) == [Bridged("queue:support")]
    assert app.asked("done") == []
    agent.wait(60)
    agent.hang_up()
    assert told(app.asked("done")[0], *TOLD) == {"QueueResult": "bridged", "QueueTime": "30"}
    assert app.asked("done")[0]["QueueSid"].startswith("QU")
    assert caller.said == "bye caller"
    assert agent.ended == "the caller hung up"


def test_the_agent_goes_on_when_the_caller_hangs_up() -> None:
    """The agent's Dial is completed, with the time of the talk."""
    app = App(first=ENQUEUE, agent=TAKE, talked="<Say>next, please</Say>")
    caller, agent = two(app)
    agent.wait(60)
    caller.hang_up()
    assert told(app.asked("talked")[0], "DialCallStatus", "DialCallDuration") == {
        "DialCallStatus": "completed",
        "DialCallDuration": "60",
    }
    assert agent.said == "next, please"
    assert caller.ended == "the caller hung up"


def test_callers_are_taken_in_their_order() -> None:
    """The one who came first is taken first, and the next one moves up."""
    app = App(first=ENQUEUE, agent=TAKE)
    line = phone(app)
    calls = [line.dial(LINE), line.dial(LINE)]
    assert [of(call, Queued) for call in calls] == [[Queued("support", 1)], [Queued("support", 2)]]
    for taken in calls:
        agent = line.dial(AGENT)
        assert of(taken, Bridged) == [Bridged(agent.call.sid)]


def test_an_agent_waits_for_the_next_caller() -> None:
    """An empty queue rings for the timeout; who comes meanwhile is taken at once."""
    app = App(first=ENQUEUE, agent=TAKE)
    line = phone(app)
    agent = line.dial(AGENT, caller=NURSE)
    assert of(agent, Ringing) == [Ringing("queue:support", NURSE, 30)]
    agent.wait(10)
    caller = line.dial(LINE)
    assert of(agent, Bridged) == [Bridged("queue:support")]
    assert of(caller, Bridged) == [Bridged(agent.call.sid)]
    app = App(agent=TAKE)
    agent = phone(app).dial(AGENT)
    agent.wait(30)
    assert app.asked("talked")[0]["DialCallStatus"] == "no-answer"


def test_the_url_of_a_queue_is_heard_by_its_caller() -> None:
    """The caller hears it before the bridge, and its request names queue, time and agent."""
    take = '<Dial><Queue url="/before">support</Queue></Dial>'
    app = App(first=ENQUEUE, agent=take, before="<Pause/><Say>an agent comes</Say><Hangup/>")
    caller, agent = two(app)
    caller.expect_said("an agent comes")
    assert agent.said == ""
    asked = app.asked("before")[0]
    assert asked["CallSid"] == caller.call.sid
    assert asked["DequeingCallSid"] == agent.call.sid
    assert asked["QueueTime"] == "30"
    assert codes(caller) == [12200]  # no Hangup there: Say, Play, Pause and Redirect
    assert of(caller, Bridged) == [Bridged(agent.call.sid)]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_url_of_a_queue_is_requested_by_its_method(method: str) -> None:
    """The Queue's method is that of its url."""
    take = f'<Dial><Queue url="/before" method="{method}">support</Queue></Dial>'
    app = App(first=ENQUEUE, agent=take)
    two(app)
    assert app.methods("before") == [method]


@pytest.mark.parametrize("action", ["done", ""])
def test_the_action_of_an_enqueue_is_told_the_result(action: str) -> None:
    """With an action the call goes on there, without one behind the Enqueue."""
    attribute = f'action="{action}"' if action else ""
    enqueue = f'<Enqueue {attribute} waitUrl="/wait">support</Enqueue><Say>behind</Say>'
    app, call = dial(enqueue, wait='<Pause length="4"/><Leave/>', done="<Say>on</Say>")
    call.wait(4)
    wanted = {"QueueResult": "leave", "QueueTime": "4"}
    assert [told(each, *TOLD) for each in app.asked("done")] == ([wanted] if action else [])
    assert call.said == ("on" if action else "behind")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_action_of_an_enqueue_is_requested_by_its_method(method: str) -> None:
    """GET and POST both bring the result along, after a hang-up too."""
    enqueue = f'<Enqueue action="done" method="{method}" waitUrl="/wait">support</Enqueue>'
    app, _ = dial(enqueue, wait="<Leave/>")
    assert app.methods("done") == [method]
    app, call = dial(enqueue, wait="<Pause/>")
    call.hang_up()
    assert app.methods("done") == [method]
    assert app.asked("done")[0]["QueueResult"] == "hangup"


def test_a_wait_document_is_heard_over_and_over() -> None:
    """Each round is a request that names the place, the size and the times of the queue."""
    app, call = dial(WAITING, wait='<Say>hold on</Say><Pause length="9"/>')
    call.wait(30)
    assert times(call, "wait") == [pytest.approx(seconds) for seconds in (0, 9.6, 19.2, 28.8)]
    assert [
        told(each, "QueuePosition", "CurrentQueueSize", "QueueTime", "AvgQueueTime")
        for each in app.asked("wait")[:2]
    ] == [
        {"QueuePosition": "1", "CurrentQueueSize": "1", "QueueTime": "0", "AvgQueueTime": "0"},
        {"QueuePosition": "1", "CurrentQueueSize": "1", "QueueTime": "10", "AvgQueueTime": "10"},
    ]


def test_the_place_in_the_queue_is_told_anew_each_time() -> None:
    """Who waits behind another moves up when that one leaves."""
    app = App(first=WAITING, wait='<Pause length="10"/>')
    line = phone(app)
    first, second = line.dial(LINE), line.dial(LINE)
    first.hang_up()
    second.wait(10)
    asked = [each for each in app.asked("wait") if each["CallSid"] == second.call.sid]
    assert [told(each, "QueuePosition", "CurrentQueueSize") for each in asked] == [
        {"QueuePosition": "2", "CurrentQueueSize": "2"},
        {"QueuePosition": "1", "CurrentQueueSize": "1"},
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wait_document_is_requested_by_its_method(method: str) -> None:
    """The waitUrl has a method of its own."""
    enqueue = f'<Enqueue waitUrl="/wait" waitUrlMethod="{method}">support</Enqueue>'
    app, _ = dial(enqueue, wait="<Pause/>")
    assert app.methods("wait") == [method]


def test_a_wait_document_may_gather() -> None:
    """Keys are heard in the queue, and may lead out of it."""
    wait = '<Gather action="/key" numDigits="1"><Say>1 to leave</Say></Gather>'
    app, call = dial(WAITING, wait=wait, key="<Leave/>", done="<Say>on</Say>")
    call.press("1")
    assert app.asked("key")[0]["Digits"] == "1"
    assert app.asked("done")[0]["QueueResult"] == "leave"
    assert call.said == "1 to leave on"


def test_a_wait_document_has_only_its_documented_verbs() -> None:
    """A Dial in the queue is warned of and passed over."""
    _, call = dial(WAITING, wait=f"<Dial>{NURSE}</Dial><Pause/>")
    assert codes(call) == [12200]
    assert call.numbers_dialled == []


def test_a_wait_document_that_can_not_be_had_leaves_the_music() -> None:
    """The caller keeps the place in the queue."""
    app = App(first=WAITING, wait="<Say>not closed</Say")
    call = phone(app).dial()
    assert codes(call) == [12100]
    assert of(call, Played) == [Played("hold music")]


def test_a_hangup_in_a_wait_document_ends_the_call() -> None:
    """The caller is out of the queue by `hangup`, and the call is over."""
    app, call = dial(WAITING, wait="<Hangup/>", done="<Say>No</Say>")
    assert app.asked("done")[0]["QueueResult"] == "hangup"
    assert call.said == ""
    assert call.ended == "the app hung up (Hangup)"


def test_a_caller_who_hangs_up_is_out_of_the_queue() -> None:
    """The action is told `hangup`, and the next agent finds nobody."""
    app = App(first=ENQUEUE, agent=TAKE)
    line = phone(app)
    caller = line.dial(LINE)
    caller.wait(12)
    caller.hang_up()
    assert told(app.asked("done")[0], *TOLD) == {"QueueResult": "hangup", "QueueTime": "12"}
    assert of(line.dial(AGENT), Bridged) == []


def test_leave_goes_on_behind_the_enqueue() -> None:
    """A Leave in the wait document takes the caller out of the queue at once."""
    _, call = dial('<Enqueue waitUrl="/wait">support</Enqueue><Say>on</Say>', wait="<Leave/>")
    assert of(call, Dequeued) == [Dequeued("support", "leave")]
    assert call.said == "on"


def test_a_full_queue_sends_the_caller_on() -> None:
    """Who finds the queue full is told so by the action, at once."""
    app = App(first=ENQUEUE, done="<Say>full</Say>")
    line = phone(app)
    others = [Participant(f"CA{place}", line.calls) for place in range(QUEUE_SIZE)]  # type: ignore[arg-type]
    line.exchange.queues["support"] = others
    call = line.dial(LINE)
    assert told(app.asked("done")[0], *TOLD) == {"QueueResult": "queue-full", "QueueTime": "0"}
    assert call.said == "full"


def test_a_task_waits_in_a_queue_all_the_same() -> None:
    """Without a TaskRouter an Enqueue with a Task waits in the queue `default`."""
    _, call = dial('<Enqueue workflowSid="WW1"><Task priority="5">{"a": 1}</Task></Enqueue>')
    assert of(call, Queued) == [Queued("default", 1)]
    assert codes(call) == []


def test_what_is_not_said_in_a_wait_document_is_not_waited_for() -> None:
    """A test that asks for what never comes fails after two rounds, and the caller still waits."""
    app, call = dial(WAITING, wait="<Say>hold on</Say>")
    with pytest.raises(AssertionError, match="not heard"):
        call.expect_said("welcome")
    with pytest.raises(AssertionError, match="can't be done"):
        call.press("1")
    assert call.ended == ""
    assert len(app.asked("wait")) < 6
