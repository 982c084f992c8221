"""A real record in a workspace for every id that stands in an address, and a body for every form that is posted.

A new kind of id, or a new form, fails the tests of the routes until it is written down here.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text
from werkzeug.routing import Rule

from app.appointments.models import Appointment
from app.audit.models import AuditEntry
from app.bulk_acts.services import Request, start_act
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.core.permissions import Actor
from app.extensions import db
from app.files.models import File
from app.files.services.keeping import seal_variants, store_variants
from app.followups.models import FollowUp
from app.lead_forms.models import FormSubmission, LeadForm
from app.lead_forms.services.building import FormFacts, change_form
from app.leads.models import Lead
from app.leads.services import add_tag, stage_by_key, tag_named
from app.leads.services.saved_views import save_view
from app.messaging.models import Message, Suppression
from app.messaging.services import compose, suppress, templates
from app.notifications.services import notify
from app.price_book.services import import_usual
from app.quotes.models import QuoteOption, SlotOffer
from app.quotes.services import QuoteDraft, draft_quote
from app.rounds.services import ClosureFacts, RoundFacts, add_closure, add_round
from app.squeegee.models import SqueegeeAccount, Transfer
from app.workspaces.models import Membership
from app.workspaces.queries import load_place, today_here
from app.workspaces.services import invite
from tests.isolation import brought, chases, talk
from tests.isolation.bodies import BODIES, NOWHERE
from tests.isolation.needed import NEEDED
from tests.support.leads import make_lead
from tests.support.world import Member, World, add_member

IN_A_WORKSPACE = "/w/<slug>"
ANSWERS = {
    "name": "Ivy Reed", "email": "ivy@example.com", "postcode": "BA5 2QJ", "property_type": "semi", "bedrooms": "3",
    "service": "window_cleaning", "frequency": "8_weekly", "preferred_method": "any", "came_from": {},
}  # fmt: skip
FIELDS = {
    "fmt": "csv", "layout": "plain", "section": "services", "field": "bedrooms", "channel": "email", "kind": "svg",
    "version_no": "1", "face": "offer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Records:
    """One record of each kind in one workspace, by the name that its id has in addresses."""

    ids: dict[str, UUID | str]

    def path(self, rule: Rule, slug: str, ids: dict[str, Any] | None = None) -> str:
        """The address of a rule with this workspace's ids, or with others in their place."""
        values = {**FIELDS, **self.ids, **(ids or {}), "slug": slug}
        missing = rule.arguments - set(values)
        assert not missing, f"{rule}: tests/isolation/records.py knows no record for {missing}"
        built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None
        return built[1]

    def body(self, endpoint: str) -> dict[str, str]:
        """What to send to an endpoint."""
        return {key: value.format(**self.ids) for key, value in BODIES.get(endpoint, {}).items()}


def workspace_rules(app: Flask) -> list[Rule]:
    """Every address of the desk, in a steady order."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(IN_A_WORKSPACE)]
    return sorted(rules, key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def ids_of(rule: Rule) -> set[str]:
    """The names of the ids in an address."""
    return set(rule.arguments) - {"slug"} - set(FIELDS)


def method_of(rule: Rule) -> str:
    """The one method of a rule that does something."""
    return next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def make_records(owner: Member) -> Records:
    """Make one record of each kind in a member's workspace. The lead stands so that anything may be done with it."""
    with owner.acting() as actor:
        lead = make_lead(actor, price_minor=2400)
        found: dict[str, UUID | str] = {
            "lead_id": lead.id, "stage_id": stage_by_key("contacted").id, "contact_id": lead.contact_id,
            "property_id": lead.property_id,
        }  # fmt: skip
        for name, make in MAKERS.items():
            found[name] = make(lead, actor)
        _connect_squeegee()
        db.session.commit()
    return Records(found)


def prepare(endpoint: str, records: Records, owner: Member) -> None:
    """Put the records into the state in which an act may be done with them."""
    with owner.acting():
        for statement in NEEDED.get(endpoint, ()):
            db.session.execute(text(statement), {name: each for name, each in records.ids.items() if name in statement})
        db.session.commit()


def make_members(world: World) -> dict[str, Member]:
    """One member of each role in Alice's workspace, by role."""
    known = {member.role: member for name, member in world.people.items() if name != "mallory"}
    return known | {role: add_member(world, role, role) for role in ("admin", "manager")}


def _connect_squeegee() -> None:
    account = db.session.scalars(select(SqueegeeAccount)).one()
    account.base_url, account.token, account.service_ids = NOWHERE, "PARTNER-1", {"window_cleaning": "svc-1"}


def _follow_up(lead: Lead, actor: Actor) -> UUID:
    follow_up = FollowUp(lead_id=lead.id, kind="call", title="Call", due_at=utcnow(), state="planned")
    db.session.add(follow_up)
    db.session.flush()
    return follow_up.id


def _message(lead: Lead, actor: Actor) -> UUID:
    message: Message = compose(
        lead,
        "email",
        recipient="ivy@example.com",
        subject="Hello",
        body="Good day",
        actor=actor,
        hold=timedelta(hours=1),
    )
    return message.id


def _template(lead: Lead, actor: Actor) -> str:
    """Changed once, so that it has a first version and a second."""
    draft = templates.TemplateDraft("Our own", "email", "service", "Hello", "Good day, {first_name}.")
    key = templates.save(None, draft, None, actor).key
    return templates.save(key, replace(draft, body="Hello."), None, actor).key


def _quote(lead: Lead, actor: Actor) -> UUID:
    draft = QuoteDraft(rungs={"8_weekly": 2400}, valid_until=(utcnow() + timedelta(days=20)).date())
    quote_id: UUID = draft_quote(lead.id, draft, actor).id
    return quote_id


def _submission(lead: Lead, actor: Actor) -> UUID:
    form = db.session.scalars(select(LeadForm)).one()
    submission = FormSubmission(
        form_id=form.id, submission_key=secrets.token_bytes(16), answers=json.dumps(ANSWERS),
        state="quarantined", suspicion="trap",
    )  # fmt: skip
    db.session.add(submission)
    db.session.flush()
    return submission.id


def _form(lead: Lead, actor: Actor) -> UUID:
    """Changed once, so that it has a first version and a second."""
    form = db.session.scalars(select(LeadForm)).one()
    facts = FormFacts(form.name, form.source_id, form.consent_wording, "Ta.", {})
    form_id: UUID = change_form(form.id, facts, form.version, actor).id
    return form_id


def _invitation(lead: Lead, actor: Actor) -> UUID:
    return invite(f"guest{secrets.token_hex(3)}@example.com", "viewer", actor, inviter_role="owner").id


def _member(lead: Lead, actor: Actor) -> UUID:
    """Somebody other than the owner where there is one."""
    rows = db.session.scalars(select(Membership).order_by(Membership.role == "owner")).all()
    return rows[0].id


def _dead_work(lead: Lead, actor: Actor) -> UUID:
    item = OutboxItem(
        kind="message.send", subject_id=lead.id, dedupe_key=secrets.token_hex(8), run_at=utcnow(), state="dead"
    )
    db.session.add(item)
    db.session.flush()
    return item.id


def _bulk_act(lead: Lead, actor: Actor) -> UUID:
    viewer = load_place(lead.workspace_id, actor.user_id)[1]  # type: ignore[index, arg-type]
    return start_act(Request("priority", "low", lead_ids=(lead.id,)), viewer, actor).id


def _tag(lead: Lead, actor: Actor) -> UUID:
    tag = tag_named("Terrace", actor)
    add_tag([lead.id], tag, actor)
    return tag.id


def _notification(lead: Lead, actor: Actor) -> UUID:
    """The owner's own: the others find none."""
    told = notify(actor.user_id, "bulk_done", lead=lead)
    return told.id


def _transfer(lead: Lead, actor: Actor) -> UUID:
    transfer = Transfer(lead_id=lead.id, method="api", state="pending", created_by=actor.user_id)
    db.session.add(transfer)
    db.session.flush()
    return transfer.id


def _slot(lead: Lead, actor: Actor) -> UUID:
    starts_at = utcnow() + timedelta(days=9)
    slot = SlotOffer(lead_id=lead.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    db.session.add(slot)
    db.session.flush()
    return slot.id


def _visit(lead: Lead, actor: Actor) -> UUID:
    """One that has just been."""
    starts_at = utcnow() - timedelta(hours=2)
    visit = Appointment(lead_id=lead.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), status="set")
    db.session.add(visit)
    db.session.flush()
    return visit.id


def _file(lead: Lead, actor: Actor) -> UUID:
    file = File(
        lead_id=lead.id, kind="photo", name="front.jpg", content_type="image/jpeg", size_bytes=1, fingerprint=b"x",
        uploaded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    store_variants(seal_variants(file.id, b"x", b"x"))
    return file.id


def _suppression(lead: Lead, actor: Actor) -> UUID:
    suppress("email", "gone@example.com", "asked", source="person")
    return db.session.scalars(select(Suppression.id).where(Suppression.reason == "asked")).one()


MAKERS: dict[str, Callable[[Lead, Actor], UUID | str]] = {
    "suppression_id": _suppression,
    "book_id": lambda lead, actor: import_usual(today_here() + timedelta(days=9), actor).id,
    "file_id": _file,
    "slot_id": _slot,
    "visit_id": _visit,
    "form_id": _form,
    "follow_up_id": _follow_up,
    "message_id": _message,
    "template_key": _template,
    "quote_id": _quote,
    "option_id": lambda lead, actor: db.session.scalars(select(QuoteOption.id)).one(),
    "submission_id": _submission,
    "invitation_id": _invitation,
    "member_id": _member,
    "item_id": _dead_work,
    "transfer_id": _transfer,
    "view_id": lambda lead, actor: save_view("Urgent", [["priority", "urgent"]], actor).id,
    "round_id": lambda lead, actor: add_round(RoundFacts("Wells", ["BA5"], today_here(), 4, 8), actor).id,
    "closure_id": lambda lead, actor: add_closure(ClosureFacts("Christmas", today_here(), today_here()), actor).id,
    "tag_id": _tag,
    "notification_id": _notification,
    "bulk_act_id": _bulk_act,
    "sequence_id": chases.sequence,
    "enrolment_id": chases.enrolment,
    "conversation_id": talk.conversation,
    "arrival_id": talk.arrival,
    "batch_id": brought.batch,
    "booking_news_id": brought.booking_news,
    "import_id": brought.brought_in,
    "squeegee_customer_id": brought.customer_there,
    "discrepancy_id": brought.discrepancy,
    "export_id": brought.waiting_export,
    "lead_export_id": brought.taken_out,
    "audit_entry_id": lambda lead, actor: db.session.scalars(select(AuditEntry.id).limit(1)).one(),
}
