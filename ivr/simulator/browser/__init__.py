"""The browser softphone: a page on loopback, and the calls that it places.

calls   the calls of this phone, in real time
server  the page's routes, and Twilio's REST API beside them
static  the page itself
"""
