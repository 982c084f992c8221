"""Who would begin on a sequence, and whom its messages would reach: said before many are put on it."""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Sequence
from app.followups.queries.steps import Step, every, steps_of
from app.followups.queries.ways import enrolments_of
from app.leads.models import Lead
from app.messaging.queries.templates import list_templates
from app.messaging.services.judging import Judged, who_gets_template
from app.messaging.transports import sends_texts

#: As many messages of a sequence are looked at; each takes a statement.
MOST_MESSAGES = 4


@dataclass(frozen=True, slots=True)
class StepReach:
    """One message of the sequence: what it is called, and who would get it as things stand."""

    title: str
    channel: str
    judged: Judged


@dataclass(frozen=True, slots=True)
class WhoBegins:
    """How many of the leads would begin, why the others would not, and whom each message reaches."""

    judged: Judged
    messages: list[StepReach]


def who_begins(lead_ids: Many[UUID], sequence: Sequence) -> WhoBegins:
    """Judge who of the leads would begin on the sequence. Two statements, and one for each of its first messages."""
    asked = list(dict.fromkeys(lead_ids))
    busy = {each.lead_id for each in enrolments_of(sequence.id, asked)}
    on_desk = set(
        db.session.scalars(
            select(Lead.id).where(
                Lead.workspace_id == current_workspace_id(), Lead.id == one_among(asked), Lead.shelf == "desk"
            )
        )
    )
    begins = tuple(each for each in asked if each in on_desk and each not in busy)
    away = len([each for each in asked if each not in on_desk])
    left = [
        (reason, number) for reason, number in (("under_way", len(busy & on_desk)), ("not_on_desk", away)) if number
    ]
    judged = Judged(len(asked), len(begins), left, [], begins)
    return WhoBegins(judged, _reach_of(begins, steps_of(sequence.steps)) if begins else [])


def _reach_of(lead_ids: Many[UUID], steps: tuple[Step, ...]) -> list[StepReach]:
    """Whom the first messages reach; a text that takes an email's place is asked about those without an address."""
    templates = {each.key: each for each in list_templates()}
    found: list[StepReach] = []
    for step in every(steps):
        template, text = templates.get(step.template_key or ""), templates.get(step.text_key or "")
        if not step.is_message or template is None or len(found) >= MOST_MESSAGES:
            continue
        reach = who_gets_template(lead_ids, template, counts=step.counts)
        found.append(StepReach(step.title, step.kind, reach))
        by_text = [lead_id for lead_id, reason in reach.reasons.items() if reason == "no_email"]
        if text is not None and by_text and sends_texts():
            found.append(StepReach(step.title, "sms", who_gets_template(by_text, text, counts=step.counts)))
    return found
