"""Commands: `flask accounts`, `flask seed`, `flask bench`, `flask keys`."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands. Their modules are imported when the app is made, never by a model."""
    from app.accounts.commands import accounts
    from app.bench.commands import bench
    from app.keys.commands import keys
    from app.workspaces.commands import seed

    app.cli.add_command(accounts)
    app.cli.add_command(seed)
    app.cli.add_command(bench)
    app.cli.add_command(keys)
