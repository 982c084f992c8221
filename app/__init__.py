"""Sill: the lead desk of a round-based field-service business.

The imports stand inside `create_app`, so that `import app.embedded` (the launcher) or one model pulls in no more
than it needs.
"""

from typing import TYPE_CHECKING

from flask import Flask
from flask.typing import ResponseReturnValue

if TYPE_CHECKING:
    from app.config import Config


class Sill(Flask):
    """Flask with one commit: a view that answers below 400 commits, any other answer or exception rolls back."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside the request's one transaction."""
        from app.core.transactions import transaction

        with transaction() as work:
            response = self.make_response(super().dispatch_request())
            if response.status_code >= 400:
                work.abandon()
        return response


def create_app(config: "Config | None" = None) -> Flask:
    """The application, wired. Raises ConfigError naming what is missing when the environment does not suffice."""
    from app.core.lasting import made_to_last

    with made_to_last():
        return _wired(config)


def _wired(config: "Config | None") -> Flask:
    from app import cli, extensions, features, reactions
    from app.config import load_config
    from app.core import (
        compressing,
        events,
        health,
        metrics,
        observability,
        outbox,
        security,
        static_files,
        templating,
        web,
    )
    from app.core.crypto import MasterKeys
    from app.core.uploads import Request

    config = config or load_config()
    app = Sill(__name__, template_folder="../templates", static_folder="../static")
    app.request_class = Request
    app.config.update(config.as_flask_settings())
    app.extensions["config"] = config
    app.extensions["master_keys"] = MasterKeys.parse(config.master_keys)
    app.extensions["index_pepper"] = config.index_pepper.encode()

    observability.init_app(app)
    extensions.init_app(app, config)
    static_files.init_app(app)
    templating.init_app(app)
    compressing.init_app(app)
    security.init_app(app)
    web.init_app(app)
    health.init_app(app)
    metrics.init_app(app)
    features.register(app)
    events.wire(reactions.REACTIONS)
    outbox.wire(reactions.WORK, reactions.WORK_IN_BATCHES)
    cli.init_app(app)
    web.check_permissions_declared(app)
    return app
