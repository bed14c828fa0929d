"""Connect, Start and Stop: media streams, as far as a document drives them."""

from __future__ import annotations

import pytest
from verbs_app import BASE, LINE, TOKEN, App, PretendStreams, codes, dial, follow, told

from offhook.account.exchange import Line
from offhook.callers.phone import Phone
from offhook.callers.target import LOOPBACK_URL, Target
from offhook.carrier.transport import WsgiTransport
from offhook.events import Ended, KeySent, Said, Streaming, Unheard, Warned
from offhook.needs import SendKey
from offhook.terminal.screen.words import words
from offhook.transcript import Moment, readable_lines

COVERS: dict[str, str] = {
    "Connect.action": "test_a_connect_goes_on_when_the_app_closes_the_stream",
    "Connect.method": "test_the_action_of_a_connect_is_requested_by_its_method",
    "Start": "test_a_started_stream_goes_on_beside_the_document",
    "Stop": "test_a_stream_is_stopped_by_its_name",
    "Stream.url": "test_a_stream_without_a_web_socket_is_refused_and_the_call_goes_on",
    "Stream.name": "test_a_stream_is_stopped_by_its_name",
    "Stream.track": "test_a_stream_carries_the_tracks_that_are_asked_for",
    "Stream.statusCallback": "test_the_callback_is_told_of_a_stream",
    "Stream.statusCallbackMethod": "test_the_callback_of_a_stream_has_its_own_method",
    "Parameter.name": "test_parameters_reach_the_web_socket",
    "Parameter.value": "test_parameters_reach_the_web_socket",
}

SOCKET = "wss://app.example.org/audio"
CONNECT = f'<Connect {{}}><Stream url="{SOCKET}" {{}}/></Connect><Say>on</Say>'


def test_a_connect_goes_on_when_the_app_closes_the_stream() -> None:
    """Until then the stream has the call; then comes the action, or without one the next verb."""
    streams = PretendStreams()
    events = follow(App(first=CONNECT.format("", "")), "completed", streams=streams)
    assert [said.text for said in events if isinstance(said, Said)] == ["on"]
    app = App(first=CONNECT.format('action="next"', ""), next="<Say>there</Say>")
    events = follow(app, "completed", streams=streams)
    assert [said.text for said in events if isinstance(said, Said)] == ["there"]
    assert all(need.two_way for need in streams.opened)
    assert [need.url for need in streams.opened] == [SOCKET] * 2
    assert streams.closed == [need.sid for need in streams.opened]
    assert [each.opened for each in events if isinstance(each, Streaming)] == [True, False]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_action_of_a_connect_is_requested_by_its_method(method: str) -> None:
    """The action has the call's parameters, whatever the method."""
    app = App(first=CONNECT.format(f'action="next" method="{method}"', ""))
    follow(app, "completed", streams=PretendStreams())
    assert app.methods("next") == [method]
    assert app.asked("next")[0]["To"] == LINE


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("https://app.example.org/audio", "https"),
        ("/audio", "https"),
        ("ws://app.example.org/a", "ws"),
    ],
)
@pytest.mark.parametrize("verb", ["Connect", "Start"])
def test_a_stream_without_a_web_socket_is_refused_and_the_call_goes_on(
    verb: str, url: str, scheme: str
) -> None:
    """A stream's URL begins with wss://, or there are a 31920, a stream-error and the next verb."""
    stream = f'<{verb}><Stream url="{url}" statusCallback="/heard"/></{verb}>'
    app, call = dial(f"{stream}<Say>on</Say>")
    assert codes(call) == [31920]
    assert [each["StreamEvent"] for each in app.asked("heard")] == ["stream-error"]
    assert app.asked("heard")[0]["StreamError"] == f"{scheme}: a stream's URL begins with wss://"
    assert call.said == "on"


@pytest.mark.parametrize("base", [LOOPBACK_URL, BASE])
@pytest.mark.parametrize("verb", ["Connect", "Start"])
def test_no_socket_is_opened_to_an_app_that_is_not_served(verb: str, base: str) -> None:
    """At its URL would be nobody, or somebody else's server; the warning says what to do."""
    socket = base.replace("http", "ws", 1) + "/audio"
    app = App(first=f'<{verb}><Stream url="{socket}"/></{verb}><Say>on</Say>')
    line = Line(f"{base}/first", None)
    call = Phone(Target("app", line, WsgiTransport(app, base), TOKEN)).dial(LINE)
    (warning,) = call.warnings
    assert warning.code == 31920
    assert "no WebSocket reaches it" in warning.message
    assert "Serve the app, and call its URL" in warning.remedy
    assert call.said == "on"
    assert call.handset is None


def test_a_started_stream_goes_on_beside_the_document() -> None:
    """Start opens a one-way stream and goes on at once; the end of the call closes it."""
    streams = PretendStreams()
    app = App(first=f'<Start><Stream url="{SOCKET}"/></Start><Say>one</Say>')
    events = follow(app, streams=streams)
    (need,) = streams.opened
    assert not need.two_way
    assert streams.closed == [need.sid]
    kinds = [type(event) for event in events if isinstance(event, (Streaming, Said, Ended))]
    assert kinds == [Streaming, Said, Streaming, Ended]


def test_a_stream_is_stopped_by_its_name() -> None:
    """Stop closes the stream that was started by this name; the other lasts as long as the call."""
    streams = PretendStreams()
    start = "".join(f'<Start><Stream name="{each}" url="{SOCKET}"/></Start>' for each in "ab")
    events = follow(
        App(first=f'{start}<Stop><Stream name="a"/></Stop><Say>one</Say>'), streams=streams
    )
    heard = [each for each in events if isinstance(each, (Streaming, Said))]
    stopped, said, ended = heard[2:]
    assert isinstance(said, Said)
    ends = [each.name for each in (stopped, ended) if isinstance(each, Streaming)]
    assert ends == ["a", "b"]
    assert streams.closed == [need.sid for need in streams.opened]


def test_a_name_that_nobody_started_is_noted() -> None:
    """To stop an unknown stream is a note of the simulator's own, and the call goes on."""
    _, call = dial('<Stop><Stream name="nothing"/></Stop><Say>on</Say>')
    assert codes(call) == [0]
    assert "nothing" in call.warnings[0].message
    assert call.said == "on"


@pytest.mark.parametrize(
    ("attribute", "tracks"),
    [
        ("", ("inbound",)),
        ('track="inbound_track"', ("inbound",)),
        ('track="outbound_track"', ("outbound",)),
        ('track="both_tracks"', ("inbound", "outbound")),
    ],
)
def test_a_stream_carries_the_tracks_that_are_asked_for(
    attribute: str, tracks: tuple[str, ...]
) -> None:
    """By default a stream carries what the caller says."""
    streams = PretendStreams()
    follow(App(first=f'<Start><Stream url="{SOCKET}" {attribute}/></Start>'), streams=streams)
    assert [need.tracks for need in streams.opened] == [tracks]


def test_parameters_reach_the_web_socket() -> None:
    """The names and values of Parameters are the stream's, with the sids of call and account."""
    streams = PretendStreams()
    parameters = '<Parameter name="topic" value="back pain"/><Parameter name="n" value="2"/>'
    app = App(first=f'<Connect><Stream url="{SOCKET}">{parameters}</Stream></Connect>')
    events = follow(app, "completed", streams=streams)
    (need,) = streams.opened
    assert need.parameters == {"topic": "back pain", "n": "2"}
    assert need.call_sid == app.asked("first")[0]["CallSid"]
    assert need.account_sid == app.asked("first")[0]["AccountSid"]
    assert not [event for event in events if isinstance(event, Warned)]


def test_the_callback_is_told_of_a_stream() -> None:
    """Its start and stop are told, with the sid of the stream, its name, and the time."""
    app = App(first=CONNECT.format("", 'name="audio" statusCallback="/heard"'))
    streams = PretendStreams()
    follow(app, "completed", streams=streams)
    asked = app.asked("heard")
    assert [told(each, "StreamEvent", "StreamName") for each in asked] == [
        {"StreamEvent": "stream-started", "StreamName": "audio"},
        {"StreamEvent": "stream-stopped", "StreamName": "audio"},
    ]
    assert {each["StreamSid"] for each in asked} == {streams.opened[0].sid}
    assert all(each["Timestamp"] for each in asked)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_callback_of_a_stream_has_its_own_method(method: str) -> None:
    """The statusCallback is requested by statusCallbackMethod."""
    app = App(first=CONNECT.format("", f'statusCallback="/heard" statusCallbackMethod="{method}"'))
    follow(app, "completed", streams=PretendStreams())
    assert app.methods("heard") == [method, method]


def test_a_stream_is_told_to_open_and_to_close() -> None:
    """The transcript and the full screen tell one from the other."""
    app = App(first=CONNECT.format("", 'name="ear"'))
    events = follow(app, "completed", streams=PretendStreams())
    streaming = [each for each in events if isinstance(each, Streaming)]
    assert [readable_lines(each) for each in streaming] == [
        [f"audio  stream ear opens, at {SOCKET}"],
        [f"audio  stream ear closes, at {SOCKET}"],
    ]
    captions = [words(Moment(0, each).as_told()) for each in streaming]
    assert [caption.text for caption in captions if caption] == [
        f"stream ear opens, at {SOCKET}",
        f"stream ear closes, at {SOCKET}",
    ]


def test_a_caller_who_hangs_up_closes_the_stream() -> None:
    """After a hang-up the stream is closed, once, and told so."""
    app = App(first=CONNECT.format("", 'statusCallback="/heard"'))
    streams = PretendStreams()
    follow(app, "hangup", streams=streams)
    assert streams.closed == [need.sid for need in streams.opened]
    assert [each["StreamEvent"] for each in app.asked("heard")] == [
        "stream-started",
        "stream-stopped",
    ]


def test_a_key_goes_to_the_stream_that_holds_the_call() -> None:
    """It is sent and shown as sent; no document hears of it."""
    streams = PretendStreams()
    app = App(first=CONNECT.format('action="next"', ""), next="<Say>there</Say>")
    events = follow(app, "1 now:23 completed", streams=streams)
    (need,) = streams.opened
    assert streams.keys == [SendKey(need.sid, key) for key in "123"]
    shown = [event for event in events if isinstance(event, (KeySent, Unheard))]
    assert shown == [KeySent(key) for key in "123"]
    assert "Digits" not in app.asked("next")[0]


def test_a_key_beside_a_one_way_stream_is_not_sent_to_it() -> None:
    """A gather collects it."""
    streams = PretendStreams()
    start = f'<Start><Stream url="{SOCKET}"/></Start><Gather numDigits="1" action="next"/>'
    app = App(first=start, next="<Hangup/>")
    follow(app, "5", streams=streams)
    assert streams.keys == []
    assert app.asked("next")[0]["Digits"] == "5"
