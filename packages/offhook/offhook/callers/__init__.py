"""Who holds the phone.

target           the app that is called: a URL, or a WSGI app in this process
place_call       how a call is placed, whoever then holds it
conversation     a call whose caller answers at once: a script, a keyboard
stepper          a call that stands still wherever somebody could do something
realtime         a call in real time, in a thread of its own
script           a caller who follows words
phone            a phone for tests
phone_call       its calls, step by step
scenario         a call that is written down, read and placed again
scenario_writer  a call that was held, written down
loopback         servers on this machine: an app that needs sockets, the REST API
iso_time         times as users write them
"""
