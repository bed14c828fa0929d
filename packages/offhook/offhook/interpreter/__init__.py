"""One call, run as Twilio runs it, sans-I/O: events and needs out, replies in.

schema       the verbs and attributes that Twilio documents
document     a response parsed and checked against the schema
call         a call from its first request to its last
leg          one party's half of a call: its documents, its requests, its time
call_state   what all legs of one call share
verbs        what each verb does
options      what nobody could confirm of Twilio's behaviour, as settings
failures     why a webhook failed, in Twilio's codes
say_text     what a `<Say>` says, and for how long
speech_rate  how long words take to say
sound_length    how long a recording lasts
urls         URLs as documents write them
"""
