"""`python -m offhook` is the command `offhook`."""

from offhook.commands import main

main(prog_name="offhook")
