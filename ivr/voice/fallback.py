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
from ivr.voice.twiml import Speaker, dial_verb, document


def safe_exit(prompts: Prompts, directory: Directory, caller_id: str | None = None) -> bytes:
    """TwiML that says one sentence, rings the CareLine's numbers, and then names them.

    The numbers ring one after the other (`sequential`); a caller whose call was
    answered is not sent to the next number.
    """
    before, after = (Utterance(prompt) for prompt in SAFE_EXIT_PROMPTS)
    speaker = Speaker(prompts, directory)
    response = VoiceResponse()
    response.append(speaker.say(before))
    dial = dial_verb(caller_id, sequential=True)
    for number in (Number.LOCAL, Number.TOLL_FREE):
        dial.number(directory.number(CARELINE, number))
    response.append(dial)
    response.append(speaker.say(after))
    return document(response)
