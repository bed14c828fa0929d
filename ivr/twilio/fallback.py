"""The safe exit: whatever went wrong, the caller is connected to the CareLine.

The same document serves twice: the app answers with it when anything fails, and a
copy hosted elsewhere stands behind the app as the number's fallback URL. So it
needs nothing of the app: no action, no hours, only numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

from twilio.twiml.voice_response import VoiceResponse

from ivr.call.engine import Utterance
from ivr.call.flow import SAFE_EXIT_PROMPTS
from ivr.call.lines import CARELINE, Directory
from ivr.call.nodes import Number
from ivr.call.prompts import Prompts
from ivr.twilio.twiml import Says, Speaker, add, dial_verb, document

BY_VOICE = (Number.LOCAL, Number.TOLL_FREE)


def safe_exit(
    prompts: Prompts, directory: Directory, caller_id: str | None = None, called: str = ""
) -> bytes:
    """TwiML that says one sentence, rings the CareLine's numbers, and then names them.

    The numbers ring one after the other (`sequential`); a caller whose call was
    answered is not sent to the next number. The one that was `called` would ring here
    again, so it does not ring.
    """
    numbers = _others(called, directory, BY_VOICE)
    return _exit(Speaker(prompts, directory), numbers, caller_id)


def safe_exit_on_tty(
    player: Says, directory: Directory, caller_id: str | None = None, called: str = ""
) -> bytes:
    """The same for a caller on a TTY: read, not heard, and the CareLine's TTY number.

    Its others are dialled if that is the number that was `called`.
    """
    by_tty = _others(called, directory, (Number.TTY,))
    return _exit(player, by_tty or _others(called, directory, BY_VOICE), caller_id)


def _others(called: str, directory: Directory, numbers: Iterable[Number]) -> list[str]:
    of_careline = (directory.number(CARELINE, number) for number in numbers)
    return [number for number in of_careline if number != called]


def _exit(says: Says, numbers: list[str], caller_id: str | None) -> bytes:
    before, after = (Utterance(prompt) for prompt in SAFE_EXIT_PROMPTS)
    response = VoiceResponse()
    add(response, [before], says)
    dial = dial_verb(caller_id, sequential=True)
    for number in numbers:
        dial.number(number)
    response.append(dial)
    add(response, [after], says)
    return document(response)
