"""The safe exit: whatever went wrong, the caller is connected to the CareLine.

The same document serves twice: the app answers with it when anything fails, and a
copy hosted elsewhere stands behind the app as the number's fallback URL. So it
needs nothing of the app: no action, no hours, only numbers.
"""

from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from ivr.call.engine import Utterance
from ivr.call.flow import SAFE_EXIT_PROMPTS
from ivr.call.lines import CARELINE, Directory
from ivr.call.nodes import Number
from ivr.call.prompts import Prompts
from ivr.voice.twiml import Says, Speaker, add, dial_verb, document

BY_VOICE = (Number.LOCAL, Number.TOLL_FREE)


def safe_exit(prompts: Prompts, directory: Directory, caller_id: str | None = None) -> bytes:
    """TwiML that says one sentence, rings the CareLine's numbers, and then names them.

    The numbers ring one after the other (`sequential`); a caller whose call was
    answered is not sent to the next number.
    """
    numbers = [directory.number(CARELINE, number) for number in BY_VOICE]
    return _exit(Speaker(prompts, directory), numbers, caller_id)


def safe_exit_on_tty(
    player: Says, directory: Directory, caller_id: str | None = None, called: str = ""
) -> bytes:
    """The same for a caller on a TTY: read, not heard, and the CareLine's TTY number.

    If that is the number that was `called`, it would ring here again: its others are dialled.
    """
    by_tty, *by_voice = (directory.number(CARELINE, number) for number in (Number.TTY, *BY_VOICE))
    return _exit(player, by_voice if called == by_tty else [by_tty], caller_id)


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
