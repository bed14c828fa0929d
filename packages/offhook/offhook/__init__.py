"""A local Twilio: it calls a TwiML app as Twilio does, on one's own machine.

It speaks to an app only through signed webhooks, so it works on any TwiML app. Data flows
one way through its rooms, from the first to the last of this list:

    events         what happens in a call
    event_table    each event's name on the wire, and its sentence
    needs          what a call needs from outside, and what can be replied
    account        numbers, queues, conferences, recordings and texts of one account
    interpreter    one call, run as Twilio runs it, sans-I/O: events and needs out, replies in
    carrier        the requests: parameters, headers, signature, tries; HTTP or WSGI
    rest           Twilio's REST API over the account
    media          media streams and their sockets
    transcript     a call as one reads it
    audio          speech made and recognised, and sound as the telephone carries it
    callers        who holds the phone: step by step, by script or live; scenarios
    tty            a text telephone at a call
    terminal       a phone in the terminal
    browser        a phone in the browser
    load           many callers at once
    commands       `offhook phone`, `scenario`, `load` and `tty`
    pytest_plugin  the `phone` fixture, and scenario files as tests

This door has what tests and tools of an app need; the rest is inside.
"""

from offhook.account.exchange import Exchange, Line
from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.callers.target import LOOPBACK_URL, Target, TargetError, target
from offhook.carrier.transport import WsgiTransport

__all__ = [
    "LOOPBACK_URL",
    "Exchange",
    "Line",
    "Phone",
    "PhoneCall",
    "Target",
    "TargetError",
    "WsgiTransport",
    "target",
]
