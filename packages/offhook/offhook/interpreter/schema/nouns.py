"""The nouns in `<Dial>`, `<Refer>`, `<Enqueue>`, `<Connect>`, `<Start>` and `<Stop>`.

A tag that stands in two places has one entry with the attributes of both. Sources:
Twilio's TwiML Voice reference, and its Python SDK for what the reference leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping

from offhook.interpreter.schema.model import Attribute, Verb, unchecked, unused
from offhook.interpreter.schema.values import (
    ANYTHING,
    BOOLEAN,
    CALL_EVENTS,
    CONFERENCE_EVENTS,
    COUNT,
    FROM_1_TO_250,
    FROM_3_TO_60,
    FROM_500_TO_5000,
    FROM_1000_TO_6000,
    FROM_2000_TO_10000,
    METHOD,
    RECORDING_EVENTS,
    SIDE,
    TONES,
    TRACK,
    TRIM,
    URL,
    one_of,
)

PARAMETERS = frozenset(("Parameter",))
WHISPER = {"url": Attribute(URL), "method": Attribute(METHOD, "POST")}
STATUS_CALLBACK = {
    "statusCallback": Attribute(URL),
    "statusCallbackMethod": Attribute(METHOD, "POST"),
}
CALLED = {
    **WHISPER,
    **STATUS_CALLBACK,
    "statusCallbackEvent": Attribute(CALL_EVENTS, "completed"),
}
CALLED_ELSEWHERE = unchecked("url method statusCallback statusCallbackMethod statusCallbackEvent")
MACHINE = one_of("Enable", "DetectMessageEnd")
MACHINE_DETAILS = {
    "machineDetectionTimeout": unused(FROM_3_TO_60, "30"),
    "machineDetectionSpeechThreshold": unused(FROM_1000_TO_6000, "2400"),
    "machineDetectionSpeechEndThreshold": unused(FROM_500_TO_5000, "1200"),
    "machineDetectionSilenceTimeout": unused(FROM_2000_TO_10000, "5000"),
    "amdStatusCallback": unused(URL),
    "amdStatusCallbackMethod": unused(METHOD, "POST"),
}
RECORDING_CALLBACK = {
    "recordingStatusCallback": unused(URL),
    "recordingStatusCallbackMethod": unused(METHOD, "POST"),
    "recordingStatusCallbackEvent": unused(RECORDING_EVENTS, "completed"),
    "recordingConfigurationId": unused(),
}

DIALED: Mapping[str, Verb] = {
    "Number": Verb(
        {
            **CALLED,
            "sendDigits": Attribute(TONES),
            "machineDetection": Attribute(MACHINE),
            **MACHINE_DETAILS,
            "byoc": unused(),
        },
        text=True,
    ),
    "Client": Verb(
        {**CALLED, "clientNotificationUrl": unused(URL)},
        frozenset(("Identity", "Parameter")),
        text=True,
        note="its name stands in it or in <Identity>, up to 256 characters",
    ),
    "Identity": Verb(text=True),
    "Parameter": Verb(
        {"name": Attribute(ANYTHING), "value": Attribute(ANYTHING)},
        note="for a <Stream>, a <Client> and others; name and value up to 500 characters together",
    ),
    "Sip": Verb(
        {
            **CALLED,
            "machineDetection": unused(MACHINE),
            **MACHINE_DETAILS,
            "username": unused(),
            "password": unused(),
        },
        frozenset(("Uri", "Headers")),
        text=True,
        note="in <Dial>; in <Refer> it has its address alone",
    ),
    "Uri": Verb(
        {
            "priority": unused(COUNT),
            "weight": unused(COUNT),
            "username": unused(),
            "password": unused(),
        },
        text=True,
        run=False,
        note="the address is read from <Sip> alone",
    ),
    "Headers": Verb(children=frozenset(("Header",)), run=False, note="no SIP is spoken"),
    "Header": Verb(unchecked("name value"), run=False, note="no SIP is spoken"),
    "Conference": Verb(
        {
            **STATUS_CALLBACK,
            "statusCallbackEvent": Attribute(CONFERENCE_EVENTS),
            "startConferenceOnEnter": Attribute(BOOLEAN, "true"),
            "endConferenceOnExit": Attribute(BOOLEAN, "false"),
            "waitUrl": Attribute(URL, note="Twilio's music by default; silence if empty"),
            "waitMethod": Attribute(METHOD, "POST"),
            "maxParticipants": Attribute(FROM_1_TO_250, "250"),
            "participantLabel": Attribute(ANYTHING),
            "muted": unused(BOOLEAN, "false"),
            "beep": unused(one_of("true", "false", "onEnter", "onExit"), "true"),
            "coach": unused(),
            "record": unused(one_of("do-not-record", "record-from-start"), "do-not-record"),
            "trim": unused(TRIM, "trim-silence"),
            "region": unused(one_of("us1", "us2", "ie1", "sg1", "br1", "au1", "jp1", "de1")),
            "jitterBufferSize": unused(one_of("small", "medium", "large", "off"), "large"),
            "eventCallbackUrl": unused(URL),
            **RECORDING_CALLBACK,
        },
        text=True,
    ),
    "Queue": Verb(
        {**WHISPER, "reservationSid": unused(), "postWorkActivitySid": unused()},
        text=True,
        note="in <Dial>; no TaskRouter",
    ),
    "Sim": Verb(text=True, run=False, note="no SIM is called"),
    "Application": Verb(
        {**CALLED_ELSEWHERE, "customerId": unused(), "copyParentTo": unused(BOOLEAN, "false")},
        frozenset(("ApplicationSid", "Parameter")),
        text=True,
        run=False,
        note="no other TwiML application is known",
    ),
    "ApplicationSid": Verb(text=True, run=False, note="it belongs to <Application>"),
    "WhatsApp": Verb(CALLED_ELSEWHERE, text=True, run=False, note="no WhatsApp"),
    "Task": Verb(
        {"priority": unused(COUNT), "timeout": unused(COUNT)},
        text=True,
        note="in <Enqueue>; no TaskRouter",
    ),
}

MEDIA: Mapping[str, Verb] = {
    "Stream": Verb(
        {
            **STATUS_CALLBACK,
            "url": Attribute(URL, note="without a query: use <Parameter>"),
            "name": Attribute(ANYTHING),
            "track": Attribute(TRACK, "inbound_track", note="in <Connect>, inbound_track alone"),
            **unchecked("connectorName audioFormat sampleRate"),
        },
        PARAMETERS,
        note="in <Start>, <Connect>, and by its name in <Stop>",
    ),
    "Siprec": Verb(
        {
            **unchecked("name connectorName"),
            "track": unused(TRACK),
            "statusCallback": unused(URL),
            "statusCallbackMethod": unused(METHOD, "POST"),
        },
        PARAMETERS,
        run=False,
        note="no SIPREC",
    ),
    "Transcription": Verb(
        {
            **unchecked("name inboundTrackLabel outboundTrackLabel speechModel hints"),
            **unchecked("transcriptionEngine languageCode intelligenceService"),
            "statusCallbackUrl": unused(URL),
            "statusCallbackMethod": unused(METHOD, "POST"),
            "track": unused(TRACK, "both_tracks"),
            "partialResults": unused(BOOLEAN),
            "profanityFilter": unused(BOOLEAN),
            "enableAutomaticPunctuation": unused(BOOLEAN),
        },
        frozenset(("Config", "Parameter")),
        run=False,
        note="nothing is transcribed while a call goes on",
    ),
    "Config": Verb(unchecked("name value"), run=False, note="it belongs to other nouns"),
    "Recording": Verb(
        {
            **RECORDING_CALLBACK,
            "name": unused(),
            "trim": unused(TRIM, "trim-silence"),
            "track": unused(SIDE, "both"),
            "channels": unused(one_of("mono", "dual"), "dual"),
        },
        run=False,
        note="no sound is recorded beside a call",
    ),
}

NOUNS: Mapping[str, Verb] = {**DIALED, **MEDIA}
