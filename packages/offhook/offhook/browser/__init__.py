"""The browser phone: a page on loopback, and the calls that it places.

calls          the calls of this phone, in real time
call           one of them, with its sound
line_audio     the sound of a call beside its prompts
recording      a whole call as sound
notifications  that something is new, and what is new beside the calls
request_body   what the page asks for, read
page_server    the page's routes, and Twilio's REST API beside them (the extra `browser`)
page_stream    what a page follows, over one connection
tty_routes     a call by TTY in the page
static         the page itself
"""
