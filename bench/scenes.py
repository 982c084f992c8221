"""What is measured: each row with its bar, and the requests that make it up."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app.activities.models import Activity
from app.bench.services import FORMS, PEOPLE, form_key
from app.bench.services.people import DISTRICTS, FIRST_NAMES, SURNAMES
from app.contacts.models import Contact, Property
from app.core import access_keys
from app.core.clock import utcnow
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db
from app.lead_forms.services import tokens
from app.leads.models import Lead, LeadSource, Stage
from app.workspaces.models import Membership
from bench.place import HOST
from bench.proofs import proof_of
from bench.visitor import Visitor

CONNECTIONS = 8
PREFIXES = ("smi", "jon", "tay", "bro", "har", "oli", "mar", "wil", "szc", "pat", "idr", "hem", "coo", "eva", "fre")


@dataclass(frozen=True, slots=True)
class Bar:
    """What is promised: requests a second with 8 connections, ms of processor each, ms that 95 of 100 stay below,
    and how much that may grow from 10,000 leads to 100,000."""

    rate: int
    cpu: float
    p95: int
    growth: float | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One row: what a person does, the bar, and for each connection its requests. `once`: none may be repeated."""

    key: str
    title: str
    bar: Bar
    requests: list[list[str]]
    status: int = 200
    writes: bool = False
    once: bool = False


@contextmanager
def inside(app: Flask, slug: str) -> Iterator[UUID]:
    """The app's context, acting in the workspace of that name, whose id it gives."""
    with app.app_context():
        with transaction():
            found = access_keys.find("slug", slug)
        if found is None:
            raise RuntimeError(f"There is no workspace {slug}.")
        with acting_in(found.workspace_id), transaction():
            yield found.workspace_id


def scenes(app: Flask, visitor: Visitor, slug: str, seconds: float) -> list[Scene]:
    """All rows, in the order in which they are measured: what reads before what writes."""
    with inside(app, slug):
        return [
            Scene("list", "list page, 50 leads", Bar(300, 5, 45, 1.2),
                  _alike([visitor.request("GET", f"/w/{slug}/leads")])),
            Scene("filtered", "list filtered by three fields", Bar(250, 6, 50, 1.3), _alike(_filtered(visitor, slug))),
            Scene("search", "search, 3 letters of a name", Bar(300, 5, 45, 1.3), _alike(_searches(visitor, slug))),
            Scene("doubles", "who is there already", Bar(300, 5, 45, 1.3), _alike(_doubles(visitor, slug))),
            Scene("board", "board, first paint", Bar(120, 12, 90, 1.3),
                  _alike([visitor.request("GET", f"/w/{slug}/leads/board")])),
            Scene("column", "one column's next 20", Bar(400, 4, 30, 1.2), _alike(_columns(visitor))),
            Scene("drawer", "drawer with timeline of 30", Bar(300, 5, 45, 1.2), _alike(_drawers(visitor, slug))),
            Scene("day", "My day, the next lead", Bar(200, 7, 70, 1.2),
                  _days(visitor.port, slug)),
            Scene("form", "public form page", Bar(800, 2, 20, None),
                  _alike([_stranger("GET", f"/q/{form_key(slug, 0)}")])),
            Scene("move", "move a card", Bar(250, 7, 60, 1.2), _moves(visitor, slug), status=204, writes=True),
            Scene("create", "create a lead by the form", Bar(150, 12, 90, 1.2), _creations(slug, seconds), status=303,
                  writes=True, once=True),
        ]  # fmt: skip


def _alike(requests: list[str]) -> list[list[str]]:
    """The same round for all connections, each beginning elsewhere in it."""
    size = len(requests)
    starts = [size * number // CONNECTIONS for number in range(CONNECTIONS)]
    return [requests[start:] + requests[:start] for start in starts]


def _filtered(visitor: Visitor, slug: str) -> list[str]:
    """Broad filters, which fill a page at once, and narrow ones, which have to look far."""
    stages = {stage.key: str(stage.id) for stage in db.session.scalars(select(Stage))}
    owners = [str(owner) for owner in db.session.scalars(select(Membership.user_id).order_by(Membership.id))]
    sources = [str(source) for source in db.session.scalars(select(LeadSource.id).order_by(LeadSource.id))]
    districts = list(DISTRICTS)
    queries: list[dict[str, str]] = [
        {"stage": stages["booking_confirmed"], "owner": owners[0], "source": sources[0]},
        {"stage": stages["quote_sent"], "owner": owners[1], "source": sources[1]},
        {"stage": stages["declined"], "source": sources[2], "district": districts[0]},
        {"owner": owners[2], "district": districts[1], "priority": "high"},
        {"owner": owners[4], "district": districts[-1], "priority": "urgent"},
        {"stage": stages["hot_lead"], "source": sources[3], "priority": "urgent"},
        {"source": sources[4], "district": districts[5], "priority": "normal"},
        {"stage": stages["lost_contact"], "owner": owners[4], "priority": "low"},
    ]
    return [visitor.request("GET", f"/w/{slug}/leads?{urlencode(query)}") for query in queries]


def _searches(visitor: Visitor, slug: str) -> list[str]:
    """The palette's answers when three letters stand in it. Each fifth is the first after an opening, which is written
    down as a look at customers' data."""
    return [
        visitor.request(
            "POST", f"/w/{slug}/search", {"q": typed, "look": f"bench-{typed}" if place % 5 else ""}, HX_Request="true"
        )
        for place, typed in enumerate(PREFIXES)
    ]


def _doubles(visitor: Visitor, slug: str) -> list[str]:
    """What the form of a new lead asks while it is typed in: half of them by the details of somebody who is there."""
    query = select(Contact, Property).select_from(Lead).join(Contact, Contact.id == Lead.contact_id)
    rows = db.session.execute(query.join(Property, Property.id == Lead.property_id).order_by(Lead.id).limit(12))
    people = [(each.name, each.phone or "", place.postcode or "") for each, place in rows]
    strangers = [(name, phone[:-4] + "0000", postcode) for name, phone, postcode in people]
    return [
        visitor.request(
            "POST", f"/w/{slug}/leads/new/doubles", {"name": name, "phone": phone, "email": "", "postcode": postcode},
            HX_Request="true",
        )
        for name, phone, postcode in people + strangers
    ]  # fmt: skip


def _columns(visitor: Visitor) -> list[str]:
    paths = {html.unescape(path) for path in re.findall(r'"(/w/[^"]+/leads/board/[^"]+after=[^"]+)"', visitor.board)}
    if not paths:
        raise RuntimeError("The board shows no column with more cards.")
    return [visitor.request("GET", path, HX_Request="true") for path in sorted(paths)]


def _drawers(visitor: Visitor, slug: str) -> list[str]:
    long = select(Activity.lead_id).group_by(Activity.lead_id).having(func.count() >= 30).limit(200)
    return [
        visitor.request("GET", f"/w/{slug}/leads/{lead_id}", HX_Request="true") for lead_id in db.session.scalars(long)
    ]


def _days(port: int, slug: str) -> list[list[str]]:
    """Several people ask for their own: what is due is taken for who looks, so that one person's connections would wait
    for each other.
    """
    people = [Visitor(port, slug, name) for name in PEOPLE]
    return [[people[number % len(people)].request("GET", f"/w/{slug}/my-day")] for number in range(CONNECTIONS)]


def _moves(visitor: Visitor, slug: str) -> list[list[str]]:
    """Each connection moves its own leads to and fro, between two stages that plan follow-ups."""
    stages: dict[str, UUID] = {stage.key: stage.id for stage in db.session.scalars(select(Stage))}
    ways = [stages["contacted"], stages["quote_sent"]]
    query = select(Lead.id, Lead.stage_id).where(Lead.stage_id.in_(ways)).order_by(Lead.id).limit(50 * CONNECTIONS)
    leads = db.session.execute(query).all()

    def move(lead: Any, there: bool) -> str:
        home, away = lead.stage_id, ways[1 - ways.index(lead.stage_id)]
        body = {"from": str(home if there else away), "to": str(away if there else home)}
        return visitor.request("POST", f"/w/{slug}/leads/{lead.id}/stage", body, Accept="text/plain")

    mine = [leads[number::CONNECTIONS] for number in range(CONNECTIONS)]
    return [[move(lead, there) for there in (True, False) for lead in share] for share in mine]


def _creations(slug: str, seconds: float) -> list[list[str]]:
    """Enquiries of different people, each by a page of its own that was opened a minute ago."""
    forms = [access_keys.find("form", form_key(slug, number)) for number in range(FORMS)]
    stamp, at = int(utcnow().timestamp()), utcnow() - timedelta(minutes=1)

    def creation(number: int) -> str:
        form = forms[number % FORMS]
        if form is None:
            raise RuntimeError("The forms are missing.")
        surname, district = SURNAMES[number * 7 % len(SURNAMES)], list(DISTRICTS)[number % len(DISTRICTS)]
        page = tokens.issue(form.target_id, at)
        body = {
            "token": page, "proof": proof_of(form.target_id, page),
            "name": f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {surname}",
            "phone": f"0{113 + number % 6} 496 0{number // 6 % 1000:03d}", "email": f"b{stamp}-{number}@example.com",
            "postcode": f"{district} {1 + number % 5}AB", "address_line1": f"{number} Bench Road", "town": "Wells",
            "property_type": "semi", "bedrooms": "3", "service": "window_cleaning", "frequency": "8_weekly",
            "preferred_method": "any", "wishes": "Please ring before nine.",
        }  # fmt: skip
        return _stranger("POST", f"/q/{form_key(slug, number % FORMS)}", body)

    each = int(60 * seconds) + 100
    return [[creation(number) for number in range(at, each * CONNECTIONS, CONNECTIONS)] for at in range(CONNECTIONS)]


def _stranger(method: str, path: str, body: dict[str, str] | None = None) -> str:
    sent = urlencode(body) if body is not None else ""
    typed = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(sent)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: bench\r\n{typed}\r\n{sent}"
