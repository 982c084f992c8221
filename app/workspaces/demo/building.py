"""Builds the demo workspace in one go, and points it at the Squeegee that runs beside it."""

import time
from collections.abc import Sequence
from random import Random
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import find_user
from app.accounts.services.signing_in import hash_params
from app.core import access_keys, http, postcodes
from app.core.clock import utcnow
from app.core.districts import read_districts
from app.core.ids import new_id
from app.core.passwords import hash_password
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import Scope, enter
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.leads.services.creating import next_number
from app.messaging.services.hook_keys import hook_url
from app.squeegee.models import SqueegeeAccount
from app.workspaces.demo.asking import add_form_for_shops, set_up_form
from app.workspaces.demo.cast import Cast
from app.workspaces.demo.history import History
from app.workspaces.demo.journeys import JOURNEYS, moments
from app.workspaces.demo.people import People
from app.workspaces.demo.planning import appoint_crew, enqueue_messages, plan
from app.workspaces.demo.prices import write_prices
from app.workspaces.demo.replies import add_replies, name_contacts
from app.workspaces.demo.rounds import drive_rounds
from app.workspaces.demo.tagging import hang_tags
from app.workspaces.models import Membership
from app.workspaces.queries import main_form
from app.workspaces.services import create_workspace

DEMO_SLUG = "somerset"
FORM_KEY = "somerset-demo"
PASSWORD = "glass-and-ladder-2026"
_PEOPLE = (
    ("owner", "Olivia Marsh", "owner"), ("bob", "Bob Hartnell", "sales"), ("carol", "Carol Pike", "crew"),
    ("dave", "Dave Lock", "viewer"),
)  # fmt: skip
_DISTRICTS = "BA3-BA11, BA16, BA22, BS21-BS29, BS39, BS40, BS48, BS49, DT9, TA1-TA3, TA6-TA14, TA17-TA20"
_PATIENCE_SECONDS = 3.0
_MOST_WEBSITES = 20


def demo_exists() -> bool:
    """Whether the demo workspace has been made already."""
    return access_keys.is_taken("slug", DEMO_SLUG)


def build_demo(seed: int = 2026) -> int:
    """Make the workspace, its people and some 120 leads with their history. Returns how many leads there are.

    The same `seed` gives the same people and houses; times count back from now. Enters the workspace's scope.
    """
    users = {name: _user(name, full_name) for name, full_name, _ in _PEOPLE}
    workspace = create_workspace("Somerset Window Cleaning", DEMO_SLUG, users["owner"], SYSTEM, form_key=FORM_KEY)
    workspace.tagline = "Fully insured, on time, since 1998"
    workspace.phone = "01632 960117"
    workspace.service_districts = read_districts(_DISTRICTS)[0]
    workspace.reply_email = workspace.notification_email = "office@example.com"
    db.session.add_all(Membership(user_id=users[name].id, role=role) for name, _, role in _PEOPLE[1:])
    db.session.flush()
    cast = Cast(
        workspace, users["owner"], users["bob"], users["carol"], utcnow(), Random(seed), workspace.clock()
    )  # fmt: skip
    cast.learn()
    owner = Actor("person", users["owner"].id, users["owner"].name)
    set_up_form()
    add_form_for_shops(DEMO_SLUG, owner)
    today = cast.now.astimezone(cast.clock.zone).date()
    write_prices(cast.now, today, owner)
    drive_rounds(today)
    histories = _tell(cast)
    for history in histories:
        plan(cast, history)
        history.offers.end(today)
    appoint_crew(cast, histories)
    name_contacts(cast)
    _leave_a_gap(cast, histories)
    cast.store()
    hang_tags(histories, Random(seed))
    enqueue_messages(cast)
    db.session.flush()
    add_replies(cast, histories)
    return len(histories)


def _tell(cast: Cast) -> list[History]:
    """Every journey's leads, the earliest enquiry first, so that numbers follow time."""
    people = People(cast.random)
    plans = []
    for journey in JOURNEYS:
        for _ in range(journey.count):
            enquiry = people.next(far=journey.path == ("not_in_area",))
            plans.append((moments(journey, cast.now, cast.clock, cast.random), enquiry, journey.path))
    plans.sort(key=lambda each: each[0][0])
    histories = []
    for times, enquiry, path in plans:
        year = times[0].astimezone(cast.clock.zone).year
        number = next_number(cast.workspace.lead_number_prefix, cast.workspace.lead_number_year, year)
        histories.append(History(cast, enquiry, number, path, times))
    return histories


def _leave_a_gap(cast: Cast, histories: Sequence[History]) -> None:
    """Nobody wrote down the street of the latest lead that is ready: the queue says so, and it is filled in there."""
    ready = [each for each in histories if each.lead.stage_id == cast.stages["ready_for_squeegee"].id]
    place = ready[-1].place
    place.set_place(None, postcodes.parse(place.postcode))


def connect_far_ends() -> bool:
    """Point the demo at the simulators beside it, whose ports may differ at every start, and Squeegee at us.

    The mailbox's site may frame the form. Returns whether there is a Squeegee; one that does not listen yet is waited
    for, for three seconds at most.
    """
    from app.workspaces.demo.mapping import map_squeegee  # it knows the simulator, which is not there in production
    from simulators.squeegee.__main__ import DEMO_TOKEN

    found = access_keys.find("slug", DEMO_SLUG)
    assert found is not None
    enter(Scope(found.workspace_id, None, "all"))
    _let_mailbox_frame_the_form()
    url = current_app.config["SQUEEGEE_SIMULATOR_URL"]
    if not url:
        return False
    account = db.session.execute(select(SqueegeeAccount)).scalar_one()
    account.base_url, account.token = url, DEMO_TOKEN
    map_squeegee(account)
    db.session.flush()
    hook = f"{current_app.config['PUBLIC_URL']}/hooks/squeegee/{account.id}"
    return _tell_simulator(url, {"url": hook, "secret": account.webhook_secret})


def demo_hooks() -> dict[str, str | None]:
    """Where the demo's mailbox brings what customers answer: texts as Twilio would, mails as a mail service would."""
    found = access_keys.find("slug", DEMO_SLUG)
    assert found is not None
    enter(Scope(found.workspace_id, None, "all"))
    return {"texts": hook_url("webhook"), "mails": hook_url("inbound")}


def allow_embedding(origins: Sequence[str]) -> None:
    """Let these websites show the demo's form in a frame, besides those that are listed already.

    The made-up website's port may differ at every start, like Squeegee's.
    """
    found = access_keys.find("form", FORM_KEY)
    assert found is not None
    enter(Scope(found.workspace_id, None, "all"))
    form = db.session.execute(select(LeadForm).where(LeadForm.key == FORM_KEY)).scalar_one()
    form.allowed_origins = list(dict.fromkeys([*origins, *form.allowed_origins]))[:_MOST_WEBSITES]
    db.session.flush()


def _let_mailbox_frame_the_form() -> None:
    """The page that shows the embedded form is the mailbox's, which also plays Twilio."""
    parts = urlsplit(current_app.config["TWILIO_API_BASE"])
    if parts.hostname == "127.0.0.1":
        main_form().allowed_origins = [f"{parts.scheme}://{parts.netloc}"]


def _tell_simulator(url: str, payload: dict[str, str | None]) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return http.request("POST", f"{url}/_callback", json=payload, allow_private=True).status < 300
        except http.OutboundError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)


def _user(name: str, full_name: str) -> User:
    email = f"{name}@example.com"
    user = find_user(email)
    if user is None:
        user = User(id=new_id(), email=email, name=full_name, password_hash=hash_password(PASSWORD, hash_params()))
        db.session.add(user)
        db.session.flush()
    return user
