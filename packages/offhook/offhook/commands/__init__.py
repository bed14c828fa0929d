"""The command `offhook`.

    phone      a call in the terminal, from a script, or in the browser
    tty        a call by TTY
    scenario   scenario files as tests, outside pytest
    load       many callers at once
    arguments  what the commands have in common
    program    a command's help, in the name of the program that it is part of

They know nothing of the app beside them: what is called when no target is named comes in
the click context, as an `Own`. Another program may mount `phone`, `scenario` and `load`.
"""

from __future__ import annotations

import click

from offhook.commands.arguments import NO_APP, Own
from offhook.commands.load import load
from offhook.commands.phone import phone
from offhook.commands.scenario import scenario
from ttymodem.commands import main as tty

__all__ = ["Own", "load", "main", "phone", "scenario"]


@click.group("offhook")
@click.pass_context
def main(context: click.Context) -> None:
    """A local Twilio: place calls on any TwiML app, on this machine."""
    context.obj = NO_APP


for command, name in ((phone, "phone"), (scenario, "scenario"), (load, "load"), (tty, "tty")):
    main.add_command(command, name)
