"""python -m tests.faults.seed: fill a fresh database with the tests' people and print what a test needs, as JSON."""

import json
from datetime import timedelta

from sqlalchemy import update

from app import create_app
from app.core.clock import utcnow
from app.extensions import db
from app.lead_forms.services import open_form, tokens
from app.workspaces.models import Workspace
from tests.support.client import HOST, Client
from tests.support.leads import form_key, make_lead
from tests.support.world import browser, make_world

PAGES = 400


def main() -> None:
    app = create_app()
    app.test_client_class = Client
    with app.app_context():
        world = make_world()
        people = {}
        for name, member in world.people.items():
            client = browser(app, member)
            token = client.csrf_token()
            cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"], domain=HOST)
            assert cookie
            people[name] = {"cookie": f"{cookie.key}={cookie.value}", "csrf": token}
        # Messages are counted: those to the customers alone.
        db.session.execute(update(Workspace).values(notification_email=""))
        db.session.commit()
        key = form_key()
        lead = make_lead(world.alice.actor, name="Hannah Cole", email=None)
        form, _ = open_form(key)
        opened = utcnow() - timedelta(minutes=1)  # a form that is sent the moment it was opened is a robot's
        pages = [tokens.issue(form.id, opened) for _ in range(PAGES)]
        given = {"form_key": key, "people": people, "lead_id": str(lead.id), "pages": pages, "slug": world.slug}
    print(json.dumps(given))


if __name__ == "__main__":
    main()
