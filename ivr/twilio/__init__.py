"""Twilio's edge: all of its words, translated here once.

webhooks         the voice line's webhooks, and the safe exit behind all of them
tty_webhooks     those of a call that is held in text
dispatcher       where the two media meet
webhook_request  what a webhook holds
inbound          what was heard, and the caller's id, out of a form
room             how much a process holds at once
incidents        what whoever runs the line should know of, counted
signature        whether Twilio signed a request
twiml            a turn as TwiML
rendered_turns   the TwiML of every turn, rendered beforehand where that can be
whisper          who picks up is asked to accept
hosted_fallback  whether the fallback that is hosted elsewhere is today's
fallback         the safe exit
baudot_player    TTY text that is played, where no stream can be had
baudot_sounds    the sounds of it, as WAV files

stream_documents  documents that open and stop media streams
tickets           what admits a stream
stream_server     all streams of a process
websocket         a stream's WebSocket
stream_messages   a stream's messages, read and written
stream_session    one stream: messages in, messages out
stream_listeners  what listens to it: a session in text, or for somebody who might type
call_redirect     a live call moved by Twilio's REST API
"""
