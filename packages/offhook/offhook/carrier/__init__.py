"""Requests as Twilio sends them.

carrier          parameters, headers, signature, redirects and tries
transport        HTTP, or a call of an app in this process
signature        X-Twilio-Signature
cookies          the cookies of one call
overrides        what a URL's fragment says of timeouts and retries
fault_injection  what goes wrong on request
"""
