"""The browser softphone: a page on loopback, and the calls that it places.

calls      the calls of this phone, in real time
heard      one of them, with its sound
overheard  the sound of a call beside its prompts
recording  a whole call as sound
news       that something is new, and what is new beside the calls
server     the page's routes, and Twilio's REST API beside them
streams    what a page follows, over one connection
static     the page itself
"""
