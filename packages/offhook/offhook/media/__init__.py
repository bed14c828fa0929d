"""Media streams.

messages    the messages of a stream, sans-I/O
microphone  the sound that all streams of a call hear
websocket   a WebSocket to an app (needs the extra `streams`)
sockets     the streams of one call over WebSockets, each in its own time
"""
