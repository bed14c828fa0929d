"""`python -m ttymodem` is the command `ttymodem`."""

from ttymodem.commands import main

main(prog_name="ttymodem")
