"""The messages of media streams, sans-I/O: as Twilio documents them."""

from __future__ import annotations

import base64
import json

import pytest
from apps.streaming import (
    ACCOUNT,
    CALL_SID,
    CLEAR,
    SID,
    SOUND,
    Message,
    mark,
    media,
    names,
    stream,
    take,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.events import Warned
from offhook.media.messages import FRAME_BYTES, SILENCE, Impairments


def test_each_message_has_the_fields_and_types_of_the_reference() -> None:
    """Sequence numbers, chunks and timestamps are strings; rate and channels are numbers."""
    each = stream()
    (sound,) = each.frames(b"\x01" * FRAME_BYTES)
    messages = [json.loads(m) for m in [*each.opening(), each.dtmf("#"), each.stop()]]
    assert messages[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert messages[1] == {
        "event": "start",
        "sequenceNumber": "2",
        "streamSid": SID,
        "start": {
            "streamSid": SID,
            "accountSid": ACCOUNT,
            "callSid": CALL_SID,
            "tracks": ["inbound"],
            "customParameters": {"a": "1", "é": ""},
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        },
    }
    assert json.loads(sound) == {
        "event": "media",
        "sequenceNumber": "1",
        "streamSid": SID,
        "media": {
            "track": "inbound",
            "chunk": "1",
            "timestamp": "0",
            "payload": base64.b64encode(b"\x01" * FRAME_BYTES).decode(),
        },
    }
    assert messages[2]["dtmf"] == {"track": "inbound_track", "digit": "#"}
    assert messages[3]["stop"] == {"accountSid": ACCOUNT, "callSid": CALL_SID}
    assert [message["sequenceNumber"] for message in messages[1:]] == ["2", "3", "4"]


@settings(deadline=None)
@given(st.binary(max_size=1000))
def test_sound_arrives_as_it_was_said(sound: bytes) -> None:
    """Frames of 20 ms, the last filled up with silence, in order and numbered from 1."""
    frames = [json.loads(each)["media"] for each in stream().frames(sound)]
    heard = b"".join(base64.b64decode(frame["payload"]) for frame in frames)
    assert heard[: len(sound)] == sound
    assert set(heard[len(sound) :]) <= {0xFF}
    assert len(heard) % FRAME_BYTES == 0
    assert [frame["chunk"] for frame in frames] == [str(n + 1) for n in range(len(frames))]
    assert [frame["timestamp"] for frame in frames] == [str(20 * n) for n in range(len(frames))]


@settings(deadline=None)
@given(
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.floats(0, 1),
    st.integers(0, 5),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_a_frame_tells_when_it_was_said_whatever_happens_to_it(
    silent: list[bool],
    loss: float,
    jitter: int,
    leave_out: bool,  # noqa: FBT001 - hypothesis gives it
    seed: int,
) -> None:
    """Under loss, jitter and left-out silence no timestamp lies, and the same seed repeats it."""

    def sent() -> list[Message]:
        each = stream(Impairments(loss, jitter, leave_out, seed))
        messages: list[str] = []
        for place, quiet in enumerate(silent):
            frame = SILENCE if quiet else bytes([place]) * FRAME_BYTES
            messages += each.frames(frame)
        return [json.loads(message)["media"] for message in messages]

    frames = sent()
    assert frames == sent()
    for frame in frames:
        place = int(frame["timestamp"]) // 20
        payload = base64.b64decode(frame["payload"])
        assert payload == (SILENCE if silent[place] else bytes([place]) * FRAME_BYTES)
        assert not (leave_out and silent[place])
    assert len({frame["chunk"] for frame in frames}) == len(frames)
    if loss == jitter == 0:
        assert len(frames) == (silent.count(False) if leave_out else len(silent))


@pytest.mark.parametrize(("loss", "least", "most"), [(0.0, 1000, 1000), (0.5, 400, 600), (1, 0, 0)])
def test_loss_is_a_share_of_the_frames(loss: float, least: int, most: int) -> None:
    """Half of the frames are lost at 0.5, none at 0, all at 1."""
    assert least <= len(list(stream(Impairments(loss)).frames(b"\0" * FRAME_BYTES * 1000))) <= most


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.binary(max_size=500), st.sampled_from(["a", "b", "c"])), max_size=12),
    st.lists(st.integers(1, 400), min_size=1, max_size=20),
)
def test_a_mark_comes_back_once_the_sound_before_it_was_played(
    items: list[bytes | str], lengths: list[int]
) -> None:
    """However much is played at once, sound and marks keep their order, and nothing is left."""
    each = stream()
    assert take(each, *(mark(x) if isinstance(x, str) else media(x) for x in items)) == []
    due: list[tuple[str, int]] = []
    total = 0
    for item in items:
        if isinstance(item, str):
            due.append((item, total))
        else:
            total += len(item)
    heard, back = b"", list[str]()
    for length in [*lengths, *([400] * 20)]:
        sound, marks = each.play(length)
        assert len(sound) <= length
        heard += sound
        back += names(marks)
        assert back == [name for name, at in due if at <= len(heard)][: len(back)]
        assert len(back) >= len([name for name, at in due if at < len(heard)])
    assert heard == b"".join(item for item in items if isinstance(item, bytes))
    assert back == [name for name, _ in due]
    assert not each.waiting


def test_clear_drops_the_sound_and_returns_every_mark() -> None:
    """Marks that were not reached come back at once, in order; those that were do not again."""
    each = stream()
    take(each, media(SOUND), mark("one"), media(SOUND), mark("two"), mark("three"))
    _, reached = each.play(len(SOUND))
    assert names(reached) == ["one"]
    answers = take(each, CLEAR)
    assert names([answer for answer in answers if isinstance(answer, str)]) == ["two", "three"]
    assert each.play(1000) == (b"", [])
    assert take(each, CLEAR) == []


WRONG: list[str | bytes] = [
    "",
    "{",
    "null",
    "1",
    '"media"',
    "[]",
    "{}",
    "[" * 100_000,
    '{"event":' * 50_000,
    b"\xff\xfe\0",
    b"\0" * 100,
    '{"event": null}',
    '{"event": []}',
    '{"event": {}}',
    '{"event": 1}',
    '{"event": "start"}',
    '{"event": "Media"}',
    json.dumps({"event": "x" * 10_000}),
    json.dumps({"event": "media", "media": {"payload": ""}}),
    json.dumps({"event": "media", "streamSid": "MZ1", "media": {"payload": ""}}),
    json.dumps({"event": "media", "streamSid": SID}),
    json.dumps({"event": "media", "streamSid": SID, "media": None}),
    json.dumps({"event": "media", "streamSid": SID, "media": []}),
    json.dumps({"event": "media", "streamSid": SID, "media": {}}),
    json.dumps({"event": "media", "streamSid": SID, "media": {"payload": 1}}),
    json.dumps({"event": "media", "streamSid": SID, "media": {"payload": "a"}}),
    json.dumps({"event": "media", "streamSid": SID, "media": {"payload": "ab cd"}}),
    json.dumps({"event": "media", "streamSid": SID, "media": {"payload": "é==="}}),
    json.dumps({"event": "mark", "streamSid": SID}),
    json.dumps({"event": "mark", "streamSid": SID, "mark": {}}),
    json.dumps({"event": "mark", "streamSid": SID, "mark": {"name": 1}}),
    json.dumps({"event": "clear"}),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_a_message_that_is_none_is_one_31951(place: int) -> None:
    """It is named in a warning with a remedy, and nothing of it is played."""
    each = stream()
    (warning,) = take(each, WRONG[place])
    assert isinstance(warning, Warned)
    assert warning.code == 31951
    assert warning.remedy
    assert len(warning.message) < 200
    assert not each.waiting


@settings(deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.dictionaries(
            st.sampled_from(["event", "media", "mark", "streamSid", "payload", "name"]), inner
        ),
    )
)
def test_no_json_breaks_a_stream(message: object) -> None:
    """Whatever an app sends is taken or warned of."""
    for answer in stream().receive(json.dumps(message)):
        assert isinstance(answer, Warned)


@pytest.mark.parametrize("message", [media(SOUND), mark("a"), CLEAR])
def test_a_one_way_stream_takes_nothing(message: str) -> None:
    """What is sent to it is a 31951."""
    each = stream(two_way=False)
    (warning,) = take(each, message)
    assert isinstance(warning, Warned)
    assert (warning.code, each.waiting) == (31951, False)
