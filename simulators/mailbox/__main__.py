"""python -m simulators.mailbox --http-port P --smtp-port Q --data DIR"""

import argparse
import os
import sys
from pathlib import Path

from flask import Flask

from simulators.mailbox import smtp, twilio
from simulators.mailbox.pages import Outside, control_pages, reading_pages
from simulators.mailbox.smtp import MailServer
from simulators.mailbox.store import Store
from simulators.serving import make_app, serve
from simulators.switches import Switchboard

DEMO_FORM = "http://127.0.0.1:8000/q/somerset-demo"


def make_mailbox(store: Store, boards: dict[str, Switchboard], outside: Outside) -> Flask:
    """The mailbox's pages and the Twilio API as one WSGI app."""
    app = make_app(__name__)
    app.register_blueprint(reading_pages(store))
    app.register_blueprint(control_pages(store, boards, outside))
    app.register_blueprint(twilio.twilio_api(store, boards["twilio"], outside.auth_token))
    return app


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulators.mailbox", description="Mail and SMS of the demo's customers.")
    parser.add_argument("--http-port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--smtp-port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of its database")
    parser.add_argument("--form-url", default=DEMO_FORM, help="the public form that /embed-demo embeds")
    parser.add_argument(
        "--twilio-token", default=os.environ.get("TWILIO_AUTH_TOKEN"),
        help="signs callbacks; $TWILIO_AUTH_TOKEN, or the password of the request, when left out",
    )  # fmt: skip
    parser.add_argument("--reply-url", help="Sill's address for inbound SMS")
    parser.add_argument("--hooks", type=Path, help="a file with Sill's addresses for replies")
    given = parser.parse_args()
    store = Store(given.data)
    boards = {"smtp": Switchboard(smtp.SWITCHES), "twilio": Switchboard(twilio.SWITCHES)}
    mail_server = MailServer(store, boards["smtp"])
    try:
        smtp_port = mail_server.start(given.smtp_port)
    except OSError as error:
        sys.exit(f"mailbox cannot listen on SMTP port {given.smtp_port}: {error.strerror}")
    app = make_mailbox(store, boards, Outside(given.form_url, given.reply_url, given.twilio_token, given.hooks))
    ready = f"mailbox ready http://127.0.0.1:{{}} smtp 127.0.0.1:{smtp_port}"
    serve(app, given.http_port, ready.format, mail_server.stop)


if __name__ == "__main__":
    main()
