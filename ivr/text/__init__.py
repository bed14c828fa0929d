"""The TTY path: the same call, held in Baudot over the telephone's sound."""
