"""The verbs of a voice `<Response>`.

Sources: Twilio's TwiML Voice reference, one page a verb, and its Python SDK for what
the reference leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from offhook.interpreter.schema.model import Attribute, Verb, unchecked, unused
from offhook.interpreter.schema.ssml import ALL
from offhook.interpreter.schema.values import (
    ANYTHING,
    BOOLEAN,
    CARDS,
    COUNT,
    FINISH_KEY,
    FINISH_KEYS,
    FROM_1_TO_3,
    FROM_2_TO_86400,
    FROM_5_TO_600,
    HINTS,
    LANGUAGE,
    METHOD,
    POSITIVE,
    POSITIVE_OR_AUTO,
    RECORD_CALL,
    RECORDING_EVENTS,
    SIDE,
    TONES,
    TRIM,
    URL,
    VOICE,
    one_of,
)

ACTION = {"action": Attribute(URL), "method": Attribute(METHOD, "POST")}
START_ACTION = {"action": unused(URL, note="in the SDK alone"), "method": unused(METHOD, "POST")}
ACTION_OR_CURRENT = ACTION | {"action": Attribute(URL, note="the current document by default")}

SPEECH: Mapping[str, Verb] = {
    "Say": Verb(
        {
            "voice": Attribute(VOICE, note="no sound; voices of other makers (unsure)"),
            "language": Attribute(LANGUAGE, "en-US"),
            "loop": Attribute(COUNT, "1", note="0 is up to 1,000 times"),
        },
        ALL,
        text=True,
        note="4,096 characters; 3,000 for Polly voices, 5,000 for Google's",
    ),
    "Play": Verb(
        {
            "loop": Attribute(COUNT, "1", note="0 is up to 1,000 times"),
            "digits": Attribute(TONES, note="w waits 0.5 s, W 1 s"),
        },
        text=True,
    ),
    "Pause": Verb({"length": Attribute(POSITIVE, "1")}),
    "Gather": Verb(
        {
            **ACTION_OR_CURRENT,
            "input": Attribute(one_of("dtmf", "speech", "dtmf speech", "speech dtmf"), "dtmf"),
            "timeout": Attribute(POSITIVE, "5"),
            "finishOnKey": Attribute(FINISH_KEY, "#", note="one key, or none"),
            "numDigits": Attribute(POSITIVE, note="unlimited by default"),
            "actionOnEmptyResult": Attribute(BOOLEAN, "false"),
            "language": unused(LANGUAGE, "en-US", "words are recognised in any language"),
            "speechTimeout": Attribute(POSITIVE_OR_AUTO, note="the timeout by default"),
            "hints": Attribute(HINTS, note="at most 500 of at most 100 characters"),
            "bargeIn": Attribute(BOOLEAN, "true", note="in the SDK alone; default (unsure)"),
            "partialResultCallback": Attribute(URL),
            "partialResultCallbackMethod": Attribute(METHOD, "POST"),
            "maxSpeechTime": unused(POSITIVE, note="in the SDK alone"),
            "profanityFilter": unused(BOOLEAN, "true"),
            "speechModel": unused(ANYTHING, "default"),
            "enhanced": unused(BOOLEAN, "false"),
            "debug": unused(BOOLEAN, note="in the SDK alone"),
        },
        frozenset(("Say", "Play", "Pause")),
    ),
    "Record": Verb(
        {
            **ACTION_OR_CURRENT,
            "timeout": Attribute(COUNT, "5", note="0 for no limit to silence"),
            "finishOnKey": Attribute(FINISH_KEYS, "1234567890*#", note="empty (unsure)"),
            "maxLength": Attribute(FROM_2_TO_86400, "3600"),
            "playBeep": Attribute(BOOLEAN, "true"),
            "transcribe": Attribute(BOOLEAN, "false"),
            "transcribeCallback": Attribute(URL),
            "recordingStatusCallback": Attribute(URL),
            "recordingStatusCallbackMethod": Attribute(METHOD, "POST"),
            "recordingStatusCallbackEvent": Attribute(RECORDING_EVENTS, "completed"),
            "trim": unused(TRIM, "trim-silence"),
            "recordingConfigurationId": unused(),
        }
    ),
}

FLOW: Mapping[str, Verb] = {
    "Response": Verb(
        children=frozenset(
            (
                *("Say", "Play", "Pause", "Gather", "Record", "Pay", "Echo", "Sms"),
                *("Redirect", "Hangup", "Reject", "Leave", "Refer"),
                *("Dial", "Enqueue", "Connect", "Start", "Stop"),
            )
        )
    ),
    "Redirect": Verb({"method": Attribute(METHOD, "POST")}, text=True),
    "Hangup": Verb(children=frozenset(("Parameter",)), note="its parameters are passed over"),
    "Reject": Verb(
        {"reason": Attribute(one_of("rejected", "busy"), "rejected")},
        frozenset(("Parameter",)),
        note="its parameters are passed over",
    ),
    "Leave": Verb(),
    "Refer": Verb(ACTION, frozenset(("Sip",))),
    "Sms": Verb(
        {
            **ACTION,
            "to": Attribute(ANYTHING, note="the caller by default"),
            "from": Attribute(ANYTHING, note="the called number by default"),
            "statusCallback": Attribute(URL),
        },
        text=True,
        note="deprecated by Twilio",
    ),
    "Echo": Verb(run=False, note="the caller's sound is not played back"),
}

CONNECTION: Mapping[str, Verb] = {
    "Dial": Verb(
        {
            **ACTION,
            "timeout": Attribute(FROM_5_TO_600, "30", note="Twilio adds about 5 s"),
            "timeLimit": Attribute(POSITIVE, "14400"),
            "hangupOnStar": Attribute(BOOLEAN, "false"),
            "callerId": Attribute(ANYTHING, note="the caller's number by default"),
            "sequential": Attribute(BOOLEAN, "false", note="at most 10 numbers"),
            "answerOnBridge": unused(BOOLEAN, "false"),
            "ringTone": unused(re.compile("[a-z]{2}|us-old"), note="a country's code"),
            "callReason": unused(re.compile(r"[\s\S]{0,50}")),
            "record": unused(RECORD_CALL, "do-not-record"),
            "trim": unused(TRIM),
            "recordingTrack": unused(SIDE, "both"),
            "recordingStatusCallback": unused(URL),
            "recordingStatusCallbackMethod": unused(METHOD, "POST"),
            "recordingStatusCallbackEvent": unused(RECORDING_EVENTS, "completed"),
            "recordingConfigurationId": unused(),
            "referUrl": unused(URL),
            "referMethod": unused(METHOD, "POST"),
            "events": unused(one_of("call-progress-event"), note="in the SDK alone"),
            "passports": unused(note="in the SDK alone"),
        },
        frozenset(
            (
                *("Number", "Client", "Sip", "Conference", "Queue"),
                *("Sim", "Application", "WhatsApp"),
            )
        ),
        text=True,
    ),
    "Enqueue": Verb(
        {
            **ACTION,
            "waitUrl": Attribute(URL, note="Twilio's music by default"),
            "waitUrlMethod": Attribute(METHOD, "POST"),
            "workflowSid": unused(note="no TaskRouter"),
            "maxQueueSize": unused(COUNT, note="in the SDK alone"),
        },
        frozenset(("Task",)),
        text=True,
    ),
    "Connect": Verb(
        ACTION,
        frozenset(
            (
                *("Stream", "ConversationRelay", "ConversationRelaySession", "AiSession"),
                *("Conversation", "VirtualAgent", "Autopilot", "Room"),
            )
        ),
    ),
    "Start": Verb(START_ACTION, frozenset(("Stream", "Siprec", "Transcription", "Recording"))),
    "Stop": Verb(children=frozenset(("Stream", "Siprec", "Transcription", "Recording"))),
}

PAYMENT: Mapping[str, Verb] = {
    "Pay": Verb(
        {
            **unchecked("action statusCallback paymentConnector currency description"),
            **unchecked("chargeAmount postalCode language"),
            "input": unused(one_of("dtmf"), "dtmf"),
            "statusCallbackMethod": unused(METHOD, "POST"),
            "paymentMethod": unused(one_of("ach-debit", "credit-card"), "credit-card"),
            "bankAccountType": unused(
                re.compile("(?:consumer|commercial)-(?:checking|savings)"), "consumer-checking"
            ),
            "timeout": unused(POSITIVE, "5"),
            "maxAttempts": unused(FROM_1_TO_3),
            "securityCode": unused(BOOLEAN, "true"),
            "minPostalCodeLength": unused(POSITIVE),
            "tokenType": unused(one_of("one-time", "reusable", "payment-method"), "reusable"),
            "validCardTypes": unused(CARDS, "visa mastercard amex"),
        },
        frozenset(("Prompt", "Parameter")),
        run=False,
        note="no payment is taken",
    ),
    "Prompt": Verb(
        {
            **unchecked("for errorType attempt"),
            "cardType": unused(CARDS),
            "requireMatchingInputs": unused(BOOLEAN, "false"),
        },
        frozenset(("Say", "Play", "Pause")),
        run=False,
        note="it belongs to <Pay>",
    ),
}

VERBS: Mapping[str, Verb] = {**SPEECH, **FLOW, **CONNECTION, **PAYMENT}
