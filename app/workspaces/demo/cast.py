"""Who and what the demo's history is told with: the workspace's rows, its people, and the pile of rows to be stored."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from app.accounts.models import User
from app.activities.models import Activity
from app.appointments.models import Appointment
from app.contacts.models import Consent, Contact, Property
from app.core.clock import BusinessClock
from app.core.human_time import long_date
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.leads.models import Lead, LeadSource, SearchToken, Stage, StageChange
from app.leads.services.indexing import tokens_of
from app.leads.words import SERVICE_WORDS
from app.messaging.models import Message, MessageTemplate
from app.messaging.services.letters import letter_html
from app.quotes.models import Quote
from app.squeegee.models import Transfer
from app.workspaces.models import Workspace

#: Parents before children: foreign keys are checked at each insert.
_ORDER = (
    Contact,
    Property,
    Lead,
    StageChange,
    Consent,
    Message,
    Quote,
    Transfer,
    Enrolment,
    FollowUp,
    Appointment,
    Activity,
)


@dataclass(slots=True)
class Cast:
    """Everything a lead's history refers to. Rows gather in `rows` and are stored in one go by `store`."""

    workspace: Workspace
    owner: User
    seller: User
    crew: User
    now: datetime
    random: Random
    clock: BusinessClock
    stages: dict[str, Stage] = field(default_factory=dict)
    sources: dict[str, UUID] = field(default_factory=dict)
    templates: dict[str, MessageTemplate] = field(default_factory=dict)
    sequences: dict[UUID | None, Sequence] = field(default_factory=dict)
    rows: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))
    late: int = 0
    tokens: list[dict[str, Any]] = field(default_factory=list)

    def learn(self) -> None:
        """Read the stages, sources, templates and sequences that the workspace was made with."""
        self.stages = {stage.key: stage for stage in db.session.scalars(select(Stage))}
        self.sources = {source.key: source.id for source in db.session.scalars(select(LeadSource))}
        self.templates = {template.key: template for template in db.session.scalars(select(MessageTemplate))}
        self.sequences = {each.stage_id: each for each in db.session.scalars(select(Sequence))}

    def add(self, row: Any) -> Any:
        """Keep a row for `store`; returns it."""
        self.rows[type(row)].append(row)
        return row

    def index(self, lead: Lead, contact: Contact, place: Property) -> None:
        """Make a lead findable."""
        self.tokens += [
            {"workspace_id": lead.workspace_id, "token": token, "lead_id": lead.id}
            for token in tokens_of(contact, place, lead.number)
        ]

    def store(self) -> None:
        """Insert all that was gathered."""
        for kind in _ORDER:
            db.session.add_all(self.rows[kind])
            db.session.flush()
        db.session.execute(insert(SearchToken), self.tokens)

    def mail(self, key: str, lead: Lead, contact: Contact, at: datetime, quote: Quote | None, link: str) -> Message:
        """A message of a template that was delivered at `at`, by email or, for those without, by SMS."""
        template = self.templates[key]
        values = {
            "first_name": contact.first_name, "service": SERVICE_WORDS[lead.service].lower(),
            "lead_number": lead.number, "workspace": self.workspace.name, "link": link,
            "valid_until": long_date(quote.valid_until) if quote else "",
        }  # fmt: skip
        subject, body = (_fill(text, values) for text in (template.subject, template.body))
        is_email = template.channel == "email"
        return self.add(
            Message(
                lead_id=lead.id, channel=template.channel, state="delivered", subject=subject or None, body=body,
                recipient=contact.email if is_email else contact.phone, template_key=key, created_at=at, sent_at=at,
                html=letter_html(body, self.workspace, link or None, "See your quote") if is_email else None,
                provider="smtp" if is_email else "twilio",
            )
        )  # fmt: skip


def _fill(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda match: values[match[1]], text)
