"""A Twilio of our own: it calls a TwiML app as Twilio does, on one's own machine.

It speaks to an app only through signed webhooks, so it works on any TwiML app; it
knows nothing of the one beside it.

    schema        the verbs and attributes that Twilio documents
    twiml         a response parsed and checked against the schema
    events        what happens in a call, and what the call needs from outside
    call          the interpreter, sans-I/O: events and needs out, replies in
    carrier       the requests: parameters, headers, signature; the transport to an app
    script        a caller who follows a script
    conversation  runs a call: its needs are answered by a carrier and a caller
    terminal      a caller who sits at the keyboard, and what is shown there
"""
