"""What our commands share: a server that refuses, tables of an older release and wrong keys are told of in one line."""

from typing import Any

import click
from flask.cli import AppGroup

from app.core import key_check, release_check
from app.core.refusals import told_at_a_terminal
from app.environment import told_in_a_line


class Commands(AppGroup):
    """A group of commands, each with the app at hand."""

    def __init__(self, *given: Any, sees_to_keys: bool = False, **named: Any) -> None:
        """`sees_to_keys`: they may run, too, while the keys are not those of the database."""
        super().__init__(*given, **named)
        self._sees_to_keys = sees_to_keys

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with told_in_a_line(), told_at_a_terminal():
            release_check.refuse_older_tables()
            if not self._sees_to_keys:
                key_check.refuse_wrong_keys()
            return super().invoke(ctx)
