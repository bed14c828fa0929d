"""The call, pure: a table of nodes and the function that walks it.

Nothing in this package knows Flask, Twilio, a clock or the environment. What the
caller did and what time it is come in as values; what to say and what to listen
for go out as values. `voice` renders them for the telephone; the proof walks
every one of them.

    nodes      what a step of the call can be, and its ways out
    red_flags  the warning signs, most urgent first
    library    the self-care library's part of the table
    flow       the whole table
    engine     advance(position, heard, now) -> Turn
    hours      office hours, closures, the next opening
    lines      the phone lines: numbers and hours
    prompts    one language's words, and the words it understands
"""
