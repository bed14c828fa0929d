"""The call, pure: a table of nodes and the function that walks it.

Nothing in this package knows Flask, Twilio, a clock or the environment. What the
caller did and what time it is come in as values; what to say and what to listen
for go out as values. `twilio` renders them for the telephone, `text` for a TTY; the
proof walks every one of them.

    nodes           what a step of the call can be, and its ways out
    common_options  options and ways that many nodes have
    red_flags       the warning signs, most urgent first
    library         the self-care library's part of the table
    flow            the whole table
    on_tty          the table for a caller on a TTY: what differs
    keys            which keys a prompt may name, where it is played
    additions       what is said beyond the source page, for review
    engine          advance(position, heard, now) -> Turn
    hours           office hours, closures, the next opening
    lines           the phone lines: numbers and hours
    prompts         one language's words
    speech          one spelling of what is the same
    understanding   what words mean
"""
