"""Twilio's REST API over the account.

api     the resources, as functions of a request
client  Twilio's own Python client, pointed at it in this process
api_server  the same over HTTP (needs the extra `browser`)
"""
