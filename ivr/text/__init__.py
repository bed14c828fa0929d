"""The call as text, for a TTY: what is sent, and how typing is read. No sound, no clock.

pages           a prompt as a TTY shows it, in pages
outgoing        a turn in the texts that are sent one after the other
answer_decoder  what typed codes mean, whatever the shift was and whichever bits were lost
actions         what a conversation wants done on the line
conversation    the engine's turns in text, half duplex
"""
