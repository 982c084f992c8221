"""python -m simulators.squeegee --port P --data DIR"""

import argparse
from pathlib import Path

from flask import Flask

from simulators.serving import make_app, serve
from simulators.squeegee.api import STEPS, SWITCHES, Desk, partner_api
from simulators.squeegee.pages import desk_pages
from simulators.squeegee.store import Store
from simulators.squeegee.tls import serve_tls
from simulators.switches import Switchboard

DEMO_TOKEN = "PARTNER-5a1d0000-0000-4000-8000-000000000001"


def make_squeegee(data: Path, token: str, read_back: bool = False) -> Flask:
    """The simulator as a WSGI app, with its store in the folder `data`."""
    app = make_app(__name__)
    desk = Desk(Store(data), Switchboard(SWITCHES, STEPS), token)
    app.register_blueprint(partner_api(desk, read_back))
    app.register_blueprint(desk_pages(desk))
    app.extensions["desk"] = desk
    return app


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulators.squeegee", description="A local Squeegee on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--tls-port", type=int, help="also serve over TLS there; DATA/certificate.pem is to be trusted")
    parser.add_argument("--data", type=Path, required=True, help="folder of its database")
    parser.add_argument("--token", default=DEMO_TOKEN, help="PARTNER-<uuid>; the demo's when left out")
    parser.add_argument("--callback", help="where booking confirmations go")
    parser.add_argument("--callback-secret", help="whsec_... that signs them")
    parser.add_argument("--read-back", action="store_true", help="allow looking up customers by reference")
    given = parser.parse_args()
    app = make_squeegee(given.data, given.token, given.read_back)
    store: Store = app.extensions["desk"].store
    if given.callback:
        store.set_setting("callback_url", given.callback)
    if given.callback_secret:
        store.set_setting("callback_secret", given.callback_secret)
    if given.tls_port:
        switches: Switchboard = app.extensions["desk"].switches
        serve_tls(app, given.tls_port, given.data, lambda: switches.take("wrong_certificate") is not None)
    serve(app, given.port, lambda port: f"squeegee ready http://127.0.0.1:{port}")


if __name__ == "__main__":
    main()
