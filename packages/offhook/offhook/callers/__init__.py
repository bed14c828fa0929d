"""Who holds the phone.

target           the app that is called: a URL, or a WSGI app in this process
place_call       how a call is placed, whoever then holds it
streams          what opens the media streams of a call
driver           runs a call, whoever holds it, on the clock that it is given
script_words     the words of a script, and what they mean
script           callers who follow words, on a clock that is counted
phone            a phone for tests
phone_call       its calls, step by step, on a clock that stands still
realtime         a call in real time, in a thread of its own
scenario         a call that is written down, read and placed again
scenario_writer  a call that was held, written down
loopback         servers on this machine: an app that needs sockets, the REST API
iso_time         times as users write them
"""
