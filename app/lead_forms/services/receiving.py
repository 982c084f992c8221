"""Taking in what a customer sent: one lead for each page, however often it is sent."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.live import announce
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm, LeadFormVersion
from app.lead_forms.queries import earlier_sending
from app.lead_forms.services.answers import Answers
from app.lead_forms.services.content import content_of
from app.lead_forms.services.correcting import note_changes
from app.lead_forms.services.pricing import for_timeline, shown_exactly
from app.lead_forms.services.proof import Work, spending
from app.lead_forms.services.questions import marketing_wording
from app.lead_forms.services.tokens import FormToken, Result
from app.lead_forms.services.typed import Typed, to_json
from app.lead_forms.services.wording import fingerprint
from app.leads.models import LeadSource
from app.leads.services import ConsentGiven, LeadDraft, create_lead
from app.price_book.queries import Wanted
from app.workspaces.models import Workspace

#: The live topic of the quarantine.
TOPIC = "quarantine"
log = structlog.get_logger(__name__)

_UNIQUE = ("workspace_id", "form_id", "submission_key")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the customer came from, as far as the page knew. Addresses are without their query."""

    referrer: str | None = None
    landing_page: str | None = None
    utm: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sending:
    """One valid sending of a form: what was typed, what it means, from where, how long it took, the form as the
    customer saw it, and the work that was proven to be done for it.
    """

    token: FormToken
    typed: Typed
    answers: Answers
    origin: Origin
    seconds: int
    shown: LeadForm | LeadFormVersion
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a sending: what to say, and the lead (or the quarantined sending) that photos belong to."""

    result: Result
    lead_id: UUID | None = None
    submission_id: UUID | None = None


def earlier_receipt(form: LeadForm, workspace: Workspace, token: FormToken) -> Receipt | None:
    """What to say when this very page was sent before; None when it was not."""
    earlier = earlier_sending(form.id, token.submission_key)
    if earlier is None:
        return None
    in_area = earlier.number is None or workspace.serves(earlier.district)
    if earlier.number is None:
        return Receipt(Result(None, in_area), None, earlier.id if earlier.state == "quarantined" else None)
    return Receipt(Result(earlier.number, in_area), earlier.lead_id)


def receive(form: LeadForm, workspace: Workspace, sending: Sending, suspicion: str | None, actor: Actor) -> Receipt:
    """Keep a sending and make its lead, or put it into the quarantine when `suspicion` names a reason.

    The sending's row comes first: its unique key lets one of two equal sendings through; the other waits until the
    first is done and then says what that made.
    """
    submission = FormSubmission(
        id=new_id(),
        form_id=form.id,
        lead_id=None if suspicion else new_id(),
        form_version_no=sending.shown.version_no,
        submission_key=sending.token.submission_key,
        answers=to_json(sending.typed, asdict(sending.origin)),
        state="quarantined" if suspicion else "accepted",
        suspicion=suspicion,
        text_key=fingerprint(sending.typed) if suspicion else None,
        address=actor.address,
        device=actor.device,
        seconds=sending.seconds,
        created_at=utcnow(),
    )
    kept = _keep_first(submission, sending.work)
    if kept is None:
        earlier = earlier_receipt(form, workspace, sending.token)
        assert earlier is not None
        note_changes(form, sending.shown, sending.token, sending.typed, actor, is_doubted=suspicion is not None)
        return earlier
    if sending.work and not kept.spent and not suspicion:
        suspicion = _hold(submission)
    if suspicion:
        log.info("lead_form_quarantined", reason=suspicion)
        announce({TOPIC})
        return Receipt(Result(None, True), None, submission.id)
    draft = _draft(form, sending.shown, workspace, submission, sending.answers, sending.origin)
    lead = create_lead(draft, actor)
    return Receipt(Result(lead.number, workspace.serves(sending.answers.postcode.district)), lead.id)


def make_lead(
    form: LeadForm, shown: LeadForm | LeadFormVersion, workspace: Workspace, submission: FormSubmission,
    answers: Answers, origin: Origin, actor: Actor,
) -> str:  # fmt: skip
    """Make the lead of a sending that was held back, tie the two together and return the lead's number."""
    lead = create_lead(_draft(form, shown, workspace, submission, answers, origin), actor)
    submission.lead_id = lead.id
    db.session.flush()
    return lead.number


def _keep_first(submission: FormSubmission, work: Work | None) -> Row[Any] | None:
    """Keep the sending unless it is there already, and write its work down as used, by one statement; its lead follows
    in the same transaction. None when it was there; else `spent` tells whether the work had not counted before.
    """
    values = {column.key: getattr(submission, column.key) for column in FormSubmission.__table__.columns}
    added = insert(FormSubmission).values(values).on_conflict_do_nothing(index_elements=_UNIQUE)
    spent = select(func.count()).select_from(spending(work)).scalar_subquery() if work else literal(0)
    return db.session.execute(added.returning(FormSubmission.id, spent.label("spent"))).one_or_none()


def _hold(submission: FormSubmission) -> str:
    """Its work counted before, for a sending that is not there any more: no customer of ours does that."""
    held = {"state": "quarantined", "suspicion": "unproven", "lead_id": None}
    kept = (FormSubmission.workspace_id == current_workspace_id(), FormSubmission.id == submission.id)
    db.session.execute(update(FormSubmission).where(*kept).values(held).execution_options(synchronize_session=False))
    return "unproven"


def _draft(
    form: LeadForm, shown: LeadForm | LeadFormVersion, workspace: Workspace, submission: FormSubmission,
    answers: Answers, origin: Origin,
) -> LeadDraft:  # fmt: skip
    return LeadDraft(
        id=submission.lead_id,
        name=answers.name,
        email=answers.email,
        phone=answers.phone_as_typed,
        address_line1=answers.address_line1,
        town=answers.town,
        postcode=answers.postcode.text,
        property_type=answers.property_type,
        bedrooms=answers.bedrooms,
        access_notes=answers.access_notes,
        access_facts=list(answers.access_facts),
        service=answers.service,
        extras=list(answers.extras),
        wishes=answers.wishes,
        answers=json.dumps(answers.own, ensure_ascii=False) if answers.own else None,
        preferred_method=answers.preferred_method,
        preferred_time=answers.preferred_time,
        source_key=_source_key(form),
        source_id=form.source_id,
        source_details={"form": form.name} | {k: v for k, v in origin.utm.items() if k in ("utm_term", "utm_content")},
        referrer=origin.referrer,
        landing_page=origin.landing_page,
        utm_source=origin.utm.get("utm_source"),
        utm_medium=origin.utm.get("utm_medium"),
        utm_campaign=origin.utm.get("utm_campaign"),
        address=str(submission.address) if submission.address else None,
        device=submission.device,
        form_seconds=submission.seconds,
        consents=_consents(shown, answers),
        stage_key="new" if workspace.serves(answers.postcode.district) else "not_in_area",
        is_strangers=True,
        **_offer(shown, workspace, answers, submission.created_at - timedelta(seconds=submission.seconds or 0)),
    )


def _offer(
    shown: LeadForm | LeadFormVersion, workspace: Workspace, answers: Answers, made_at: datetime
) -> dict[str, Any]:
    """How often, and the price that the customer was told to the penny, with how it came about."""
    wanted = Wanted(answers.property_type, answers.bedrooms, answers.service, answers.extras, answers.postcode.district)
    told = shown_exactly(content_of(shown), workspace, wanted, answers.frequency, made_at)
    if told is None:
        return {"frequency": answers.frequency}
    priced, rung = told
    first = rung.first_minor if rung.first_minor != rung.price_minor else None
    return {
        "frequency": rung.frequency, "price_minor": rung.price_minor, "first_price_minor": first,
        "told": for_timeline(priced, rung),
    }  # fmt: skip


def _consents(shown: LeadForm | LeadFormVersion, answers: Answers) -> list[ConsentGiven]:
    """Lines for the ledger. A box left alone adds none: it must not take back what was agreed to another time."""
    return [
        ConsentGiven(channel, "marketing", True, marketing_wording(shown.consent_wording, channel))
        for channel in answers.marketing
    ]


def _source_key(form: LeadForm) -> str:
    return next(source.key for source in known(LeadSource) if source.id == form.source_id)
