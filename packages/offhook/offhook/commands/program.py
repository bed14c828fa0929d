"""A command in the name of the program that it is part of."""

from __future__ import annotations

import click

from offhook.callers.script_words import ScriptError

OURS = "offhook"


class MountedCommand(click.Command):
    """A command of any program: its examples and messages name the one that was called."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, with that program in the place of ours."""
        ours = self.help or ""
        self.help = ours.replace(f"{OURS} ", f"{_program(ctx)} ")
        super().format_help_text(ctx, formatter)
        self.help = ours

    def invoke(self, ctx: click.Context) -> object:
        """Run it; a script that does not fit is one message, and exit status 1."""
        try:
            return super().invoke(ctx)
        except ScriptError as error:
            click.echo(f"{_program(ctx)}: {error}", err=True)
            ctx.exit(1)


def _program(ctx: click.Context) -> str:
    return ctx.find_root().info_name or OURS
