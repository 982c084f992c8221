"""What our commands share: a server that refuses is told of in one line."""

from typing import Any

import click
from flask.cli import AppGroup

from app.core.refusals import told_at_a_terminal


class Commands(AppGroup):
    """A group of commands, each with the app at hand."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with told_at_a_terminal():
            return super().invoke(ctx)
