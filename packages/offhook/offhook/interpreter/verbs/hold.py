"""What a caller hears while waiting: the documents of a waitUrl, over and over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from offhook.events import Played, Warned
from offhook.interpreter.leg import DOCUMENT_ENDED, Go, Leg, Repertoire, Run
from offhook.interpreter.urls import resolve
from offhook.interpreter.verbs.flow import hang_up, redirect
from offhook.interpreter.verbs.gather import gather
from offhook.interpreter.verbs.record import record
from offhook.interpreter.verbs.say_play import pause, play, say
from offhook.needs import Activity, Wait

HOLD_MUSIC = "hold music"

LEFT = "the caller left the queue"

CONFERENCE_WAIT = Repertoire(
    {
        "Say": say,
        "Play": play,
        "Pause": pause,
        "Redirect": redirect,
    },
    "a wait document",
)
"""What may stand in a conference's waitUrl. Source: Twilio's documentation of Conference."""

QUEUE_WHISPER = Repertoire(CONFERENCE_WAIT.verbs, "a queue's whisper")
"""What may stand in the url of a Queue. Source: Twilio's documentation of Queue."""


def leave(leg: Leg, _verb: object) -> Run[Go]:
    """Leave the queue: the call goes on behind the Enqueue."""
    yield from ()
    return leg.end(LEFT)


QUEUE_WAIT = Repertoire(
    {
        **CONFERENCE_WAIT.verbs,
        "Gather": gather,
        "Record": record,
        "Hangup": hang_up,
        "Leave": leave,
    },
    "a wait document",
)
"""What may stand in a queue's waitUrl. Source: Twilio's documentation of Enqueue."""


@dataclass(frozen=True)
class Hold:
    """Where a caller waits, and the document heard meanwhile.

    `told` gives the parameters of each request for it, `repertoire` what may stand in it.
    """

    where: str
    url: str | None
    method: str
    repertoire: Repertoire
    told: Callable[[], Mapping[str, str]] = dict


def hold(leg: Leg, wait: Hold) -> Run[str]:
    """Hold the caller until the wait ends; why. Raises TakenFromQueue if someone takes the call."""
    waiting = Leg(leg.state, leg.name, leg.identity, wait.repertoire, waiting_in=wait.where)
    while wait.url:
        target = resolve(leg.document.url, wait.url)
        form = waiting.identity | dict(wait.told())
        response = yield from waiting.request(wait.method, target, form, "wait")
        found = waiting.read(response)
        if isinstance(found, Warned):
            yield found
            break
        document, warnings = found
        yield from warnings
        waiting.check_circle()
        yield from waiting.run(Go(document))
        if waiting.reason != DOCUMENT_ENDED:
            return waiting.reason
    if wait.url != "":
        yield Played(HOLD_MUSIC, leg=leg.name)
    while True:
        yield from waiting.pass_time(Wait(Activity.QUEUE, None))
