"""Filling the variables of a template. A variable without a value is refused: nobody gets "Hello {first_name}"."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.human_time import long_date
from app.core.money import format_money
from app.core.sms_text import gsm_safe
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.words import often
from app.messaging.models import MessageTemplate
from app.messaging.queries.templates import find_template
from app.messaging.services.letters import letter
from app.messaging.services.markdown import Filling, as_typed, cleared
from app.quotes.models import Quote
from app.rounds.queries import next_visits
from app.workspaces.models import Workspace
from app.workspaces.queries import current_workspace, workers

#: Only a plain word in braces is a variable, `{first_name}`, or one with words to stand in for it where it has no
#: value, `{first_name|there}`; `{a.b}`, `{0}` and `{{7*7}}` are ordinary text.
VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)(?:\|([^{}|\n]{0,80}))?\}")
#: A customer is told of a day with room, if one of the next few has any.
_DAYS_TRIED = 4
_SERVICES = {
    "window_cleaning": "window cleaning",
    "gutter_clearing": "gutter clearing",
    "fascia_soffit": "fascia and soffit cleaning",
    "conservatory": "conservatory cleaning",
    "solar_panels": "solar panel cleaning",
    "other": "cleaning",
}


class TemplateFault(Conflict):
    """A template can't be filled. `variable` is the one without a value, or that does not exist."""

    def __init__(self, template: str, variable: str) -> None:
        super().__init__(
            f"The template \u201c{template}\u201d asks for {{{variable}}}, which is not known here."
            " Fill it in on the lead, or take it out of the template. Nothing was sent."
        )
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in. `html` is None for a text message; `version_no` says which words of the template.

    `typed` is the body as somebody would type it, with its formatting: for a form in which it is written on.
    """

    subject: str
    body: str
    html: str | None
    version_no: int | None = None
    typed: str = ""


class _Facts:
    """Where the values come from; a quote or an owner is only read when a template asks for it."""

    def __init__(self, lead: Lead, workspace: Workspace) -> None:
        self.lead, self.workspace = lead, workspace
        self._quote: Quote | None = None

    @property
    def quote(self) -> Quote | None:
        """The offer that the customer holds."""
        if self._quote is None:
            self._quote = db.session.scalars(
                select(Quote)
                .where(
                    Quote.workspace_id == current_workspace_id(), Quote.lead_id == self.lead.id, Quote.state == "sent",
                    Quote.revoked_at.is_(None),
                )
                .order_by(Quote.version_no.desc())
                .limit(1)
            ).first()  # fmt: skip
        return self._quote

    @property
    def link(self) -> str | None:
        """The address of the customer's page of that offer."""
        secret = self.quote.link_secret if self.quote else None
        return f"{current_app.config['PUBLIC_URL']}/c/{secret}" if secret else None

    @property
    def next_visit(self) -> str | None:
        """The next day on which a round comes to the house and has room, written out."""
        today = utcnow().astimezone(self.workspace.clock().zone).date()
        visits = next_visits(self.lead.district, self.lead.sector, today, count=_DAYS_TRIED)
        return next((long_date(visit.day) for visit in visits if not visit.is_full), None)

    @property
    def owner(self) -> str | None:
        """Who looks after the lead; the business itself when nobody does, or nobody who works here any more."""
        if self.lead.owner_id is None:
            return self.workspace.name
        here = workers().with_only_columns(User.name).where(User.id == self.lead.owner_id)
        return db.session.scalar(here) or self.workspace.name


_VALUES: dict[str, Callable[[_Facts], str | None]] = {
    "first_name": lambda facts: facts.lead.contact.first_name,
    "name": lambda facts: facts.lead.contact.name,
    "service": lambda facts: _SERVICES.get(facts.lead.service),
    "frequency": lambda facts: often(facts.lead.frequency),
    "price": lambda facts: _price(facts.lead),
    "address": lambda facts: facts.lead.property.address_line1,
    "town": lambda facts: facts.lead.property.town,
    "postcode": lambda facts: facts.lead.property.postcode,
    "lead_number": lambda facts: facts.lead.number,
    "link": lambda facts: facts.link,
    "valid_until": lambda facts: long_date(facts.quote.valid_until) if facts.quote else None,
    "owner": lambda facts: facts.owner,
    "next_visit": lambda facts: facts.next_visit,
}
#: What is known of the business itself, without any lead.
_OURS: dict[str, Callable[[Workspace], str | None]] = {
    "workspace": lambda workspace: workspace.name,
    "workspace_phone": lambda workspace: workspace.phone,
    "workspace_email": lambda workspace: workspace.reply_email,
}

#: The names that may stand in a template.
VARIABLES = (*_VALUES, *_OURS)


def render_template(
    template: MessageTemplate | str, lead: Lead | None, *, link_label: str = "See your quote", **extra: str
) -> Rendered:
    """Fill a template (or the one of that key) for a lead. `extra` gives or overrides values, such as a link.

    Without a lead only what the workspace knows, `extra` and fallbacks have a value.

    Raises TemplateFault naming the first variable that has no value, or is none of VARIABLES; NotFound for a key that
    the workspace has no template of.
    """
    if isinstance(template, str):
        template = find_template(template)
    workspace = current_workspace()
    facts = _Facts(lead, workspace) if lead is not None else None
    known: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name, fallback = match[1], match[2]
        if name not in VARIABLES:
            raise TemplateFault(template.name, name)
        if name not in known:
            found = extra[name] if name in extra else _value(name, facts, workspace)
            # One line: a value with a break in it would end a header or fake a paragraph.
            known[name] = " ".join((found or "").split())
        if not known[name] and fallback is None:
            raise TemplateFault(template.name, name)
        return known[name] or " ".join((fallback or "").split())

    subject = " ".join(VARIABLE.sub(value, template.subject).split())
    if template.channel == "sms":
        text = gsm_safe(VARIABLE.sub(value, template.body).strip())
        return Rendered("", text, None, template.version_no, text)
    filling = Filling()
    held = VARIABLE.sub(lambda found: filling.put(value(found)), cleared(template.body))
    body, html = letter(held, workspace, filling=filling, link=known.get("link"), link_label=link_label)
    return Rendered(subject, body, html, template.version_no, filling.fill(held, as_typed).strip())


def unknown_variables(text: str) -> list[str]:
    """The names in braces that are no variables, for whoever writes a template."""
    return sorted({name for name, _ in VARIABLE.findall(text) if name not in VARIABLES})


def _value(name: str, facts: _Facts | None, workspace: Workspace) -> str | None:
    if name in _OURS:
        return _OURS[name](workspace)
    return _VALUES[name](facts) if facts is not None else None


def _price(lead: Lead) -> str | None:
    return format_money(lead.price_minor, lead.currency) if lead.price_minor is not None else None
