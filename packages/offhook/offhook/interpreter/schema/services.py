"""The nouns in `<Connect>` that hand a call to another service of Twilio: none is run.

Their names are those of Twilio's Python SDK; few of their values are checked, for most
belong to a provider.
"""

from __future__ import annotations

from collections.abc import Mapping

from offhook.interpreter.schema.model import Verb, unchecked, unused
from offhook.interpreter.schema.values import (
    BOOLEAN,
    METHOD,
    RECORD_CALL,
    RECORDING_EVENTS,
    TRIM,
    URL,
    one_of,
    some_of,
)

INPUT = one_of("none", "dtmf", "speech", "any", "true", "false")
"""What may interrupt; true and false are older names of any and none."""

LANGUAGE_SETTINGS = unchecked(
    "ttsProvider voice transcriptionProvider speechModel hints asrSmartFormat"
    " ttsTextNormalization ttsLanguageTextNormalization"
)
OTHER_RELAY_SETTINGS = unchecked(
    "url language ttsLanguage transcriptionLanguage welcomeGreeting intelligenceService"
    " elevenlabsTextNormalization elevenlabsLanguageTextNormalization backgroundNoiseReduction"
    " speechTimeout deepgramSmartFormat ignoreBackchannel events partialPromptOnHangup"
    " eagerEotThreshold includeInPrompt customerName applicationReconnect echoPromptFiltering"
    " turnDetection"
)

SERVICES: Mapping[str, Verb] = {
    "ConversationRelay": Verb(
        {
            **LANGUAGE_SETTINGS,
            **OTHER_RELAY_SETTINGS,
            "welcomeGreetingInterruptible": unused(INPUT, "any"),
            "interruptible": unused(INPUT, "any"),
            "interruptSensitivity": unused(one_of("low", "medium", "high"), "high"),
            "reportInputDuringAgentSpeech": unused(INPUT, "none"),
            "dtmfDetection": unused(BOOLEAN),
            "preemptible": unused(BOOLEAN, "false"),
            "partialPrompts": unused(BOOLEAN),
            "profanityFilter": unused(BOOLEAN),
            "debug": unused(some_of("debugging", "speaker-events", "tokens-played")),
        },
        frozenset(("Language", "Parameter")),
        run=False,
        note="no conversation with a model",
    ),
    "Language": Verb(
        {**LANGUAGE_SETTINGS, "code": unused()},
        run=False,
        note="it belongs to <ConversationRelay>",
    ),
    "ConversationRelaySession": Verb(
        unchecked("connector sessionConfiguration"), run=False, note="no conversation with a model"
    ),
    "AiSession": Verb(
        unchecked("aiConnector aiSessionConfiguration"),
        run=False,
        note="no conversation with a model",
    ),
    "Conversation": Verb(
        {
            **unchecked("serviceInstanceSid routingAssignmentTimeout inboundTimeout"),
            "inboundAutocreation": unused(BOOLEAN),
            "url": unused(URL),
            "method": unused(METHOD),
            "record": unused(RECORD_CALL),
            "trim": unused(TRIM),
            "recordingStatusCallback": unused(URL),
            "recordingStatusCallbackMethod": unused(METHOD),
            "recordingStatusCallbackEvent": unused(RECORDING_EVENTS),
            "statusCallback": unused(URL),
            "statusCallbackMethod": unused(METHOD),
            "statusCallbackEvent": unused(
                some_of("call-initiated", "call-ringing", "call-answered", "call-completed")
            ),
        },
        run=False,
        note="no Conversations",
    ),
    "VirtualAgent": Verb(
        {
            **unchecked("connectorName language"),
            "sentimentAnalysis": unused(BOOLEAN),
            "statusCallback": unused(URL),
            "statusCallbackMethod": unused(METHOD, "POST"),
        },
        frozenset(("Config", "Parameter")),
        run=False,
        note="no Dialogflow",
    ),
    "Autopilot": Verb(text=True, run=False, note="no Autopilot"),
    "Room": Verb(unchecked("participantIdentity"), text=True, run=False, note="no video"),
}
