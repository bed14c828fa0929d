"""Twilio's edge: webhooks in, TwiML out. Vendor words are translated here, once."""
