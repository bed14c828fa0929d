"""How much a process holds at once. Each of these takes one of its threads."""

STREAMS = 100
"""Media streams, one for each call on a TTY.

Source: benchmarks/serving.py, by which a worker that holds so many has time for webhooks.
"""

STRANGERS = 16
"""Streams that are not signed and may wait to be admitted by their ticket."""

WEBHOOKS = 64
"""Requests besides. One takes a millisecond or two, so that more would only wait for the core."""
