"""Adding a lead by hand, and saying before it is added who is there already."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for
from sqlalchemy.exc import IntegrityError

from app.activities.services import log_call
from app.core import web
from app.core.errors import Invalid, NotFound
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import new_id, parse_id
from app.core.money import parse_money
from app.core.permissions import permit
from app.core.postcodes import parse_outward_or_full
from app.core.tenancy import current_workspace_id
from app.extensions import db, limiter
from app.followups.services.answering_at_once import answers_at_once, leave_unanswered
from app.leads.models import Lead, Stage
from app.leads.queries.sources import source_choices
from app.leads.services import LeadDraft, create_lead, faults_of, move_to_stage, stage_by_key
from app.leads.services.doubles import Double, open_doubles
from app.leads.services.parsing import LONGEST, TOO_LONG
from app.leads.views import bp
from app.leads.words import CHOICE_WORDS
from app.search.services import note_look
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace

_TEXTS = (
    "name", "phone", "email", "address_line1", "address_line2", "town", "postcode", "property_type", "bedrooms",
    "service", "frequency", "access_notes", "wishes", "source_key",
)  # fmt: skip


#: What follows: the customer hears that we have their enquiry, somebody has spoken to them already, or neither.
THEN = ("tell", "spoke", "nothing")


@dataclass(slots=True)
class _Sheet:
    """The form as it is given back. `asked` is True when a person is asked whether to add the lead all the same;
    `then` is what follows once the lead is added, of THEN.
    """

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    doubles: list[Double] = field(default_factory=list)
    asked: bool = False
    then: str = "tell"

    @property
    def is_elsewhere(self) -> bool:
        """Whether all who are there already are so with another house."""
        return bool(self.doubles) and all(each.elsewhere for each in self.doubles)


@bp.get("/w/<slug>/leads/new")
@permit("leads:write")
def new(slug: str) -> Response:
    """The form for an enquiry that came by phone or word of mouth."""
    blank = {"source_key": "phone", "service": "window_cleaning", "look": secrets.token_urlsafe(12)}
    return _form(_Sheet({**blank, "key": str(new_id())}))


@bp.post("/w/<slug>/leads/new/doubles")
@permit("leads:write")
@limiter.limit("600 per minute")
def doubles(slug: str) -> Response:
    """Who of those with an open lead this may be, while it is typed; what follows is drawn anew when that changes."""
    typed = _typed()
    found = _doubles(typed)
    note_look(len(found), typed["look"], web.actor())
    had_any, then = bool(request.form.get("known")), _then()
    if not wants_fragment():
        return _form(_Sheet(typed, doubles=found, then=_untold(then) if found else then))
    if had_any != bool(found) and then != "spoke":
        then = "nothing" if found else "tell"
    values: dict[str, Any] = {"doubles": found, "then": then, "outside": _outside(typed["postcode"])}
    return answer(fragment("leads/_doubles.html", **values, **_afterwards(), redraws=had_any != bool(found)))


@bp.post("/w/<slug>/leads/new")
@permit("leads:write")
def create(slug: str) -> Response:
    """Make the lead, or give the form back with everything typed and what is wrong beside it.

    Whose customer has an open lead already is asked once whether to add another: 422 with who that is. The form names
    the lead's id, so that one sent twice makes one lead.
    """
    sheet = _Sheet(_typed(), then=_then())
    key = parse_id(sheet.typed["key"])
    if _is_made(key):
        return redirect_to(url_for("leads.show", lead_id=key))
    try:
        draft = _draft(sheet.typed, key)
        sheet.doubles = _doubles(sheet.typed)
        if sheet.doubles and _is_made(key):  # by the first of two presses, a moment ago
            return redirect_to(url_for("leads.show", lead_id=key))
        if sheet.doubles and "anyway" not in request.form:
            sheet.asked, sheet.then = True, sheet.then if request.form.get("known") else _untold(sheet.then)
            note_look(len(sheet.doubles), sheet.typed["look"], web.actor())
            return _form(sheet, status=422)
        lead = create_lead(draft, web.actor())
    except Invalid as invalid:
        sheet.errors = invalid.errors
        return _form(sheet, status=422)
    except IntegrityError as error:
        db.session.rollback()
        if _is_made(key):
            return redirect_to(url_for("leads.show", lead_id=key))  # at the same moment, by the first of two presses
        if error.orig.diag.constraint_name == "pk_leads":  # type: ignore[union-attr]
            raise NotFound from None  # made by the first, and a colleague's by now
        raise
    _go_on(lead, sheet.then)
    return redirect_to(url_for("leads.show", lead_id=lead.id))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in (*_TEXTS, "price", "look", "key")}


def _is_made(key: UUID | None) -> bool:
    """Whether this form has made its lead already."""
    return key is not None and db.session.get(Lead, (current_workspace_id(), key)) is not None


def _then() -> str:
    """What is to follow; whoever sends the form without it has not been asked, and the customer hears of it."""
    chosen = request.form.get("then", "tell")
    return chosen if chosen in THEN else "nothing"


def _untold(then: str) -> str:
    """The same, but for telling somebody who may have been told."""
    return "nothing" if then == "tell" else then


def _go_on(lead: Lead, then: str) -> None:
    """Do what follows. Who was spoken to moves on, so that nobody is sent to call them for the first time."""
    if then != "tell":
        leave_unanswered(lead, web.actor())
    if then == "spoke":
        log_call(lead, "spoke", web.actor())
        if (stage := _spoken_to()) is not None:
            move_to_stage(lead.id, stage.id, web.actor())


def _spoken_to() -> Stage | None:
    """The stage of those we have spoken to, unless the workspace has retired it."""
    try:
        return stage_by_key("contacted")
    except NotFound:
        return None


def _doubles(typed: dict[str, str]) -> list[Double]:
    given = {name: typed[name] for name in ("name", "phone", "email", "postcode")}
    return open_doubles(**given) if all(len(each) <= LONGEST for each in given.values()) else []


def _afterwards() -> dict[str, Any]:
    """What the form says of what follows: by which channels a customer hears at once, and where who was spoken to
    stands.
    """
    stage = _spoken_to()
    return {"tells": answers_at_once(stage_by_key("new").id), "spoken_to": stage.name if stage else ""}


def _draft(typed: dict[str, str], key: UUID | None) -> LeadDraft:
    errors = {name: TOO_LONG for name in _TEXTS if len(typed[name]) > LONGEST}
    if not typed["name"].strip():
        errors["name"] = "Enter a name."
    if not (typed["phone"].strip() or typed["email"].strip()):
        errors["phone"] = "Enter a phone number or an email address, so that we can reach them."
    price = parse_money(typed["price"]) if typed["price"].strip() else None
    if typed["price"].strip() and price is None:
        errors["price"] = "Enter an amount in pounds, like 24 or 24.50."
    for name, words in CHOICE_WORDS.items():
        if typed.get(name) and typed[name] not in words:
            errors[name] = "Choose one from the list."
    values = {name: typed[name].strip() or None for name in _TEXTS}
    values["name"], values["service"] = typed["name"], typed["service"] or "window_cleaning"
    values["source_key"] = typed["source_key"] or "phone"
    # A sales person's new lead is theirs; a manager's waits for whoever takes it.
    owner_id = g.viewer.user_id if g.viewer.role == "sales" else None
    draft = LeadDraft(**values, price_minor=price, owner_id=owner_id, id=key)  # type: ignore[arg-type]
    if TOO_LONG not in errors.values():
        errors = faults_of(draft) | errors  # all at once, or they come back a second time
    if errors:
        raise Invalid(errors)
    return draft


def _outside(postcode: str) -> str:
    """The district of a whole postcode that nobody serves, else "": half of one may be the beginning of another."""
    typed = parse_outward_or_full(postcode)
    return typed.district if typed and typed.inward and not current_workspace().serves(typed.district) else ""


def _form(sheet: _Sheet, status: int = 200) -> Response:
    choices = {name: list(words.items()) for name, words in CHOICE_WORDS.items()} | {"source_key": source_choices()}
    values = {
        "typed": sheet.typed, "errors": sheet.errors, "doubles": sheet.doubles, "asked": sheet.asked,
        "is_elsewhere": sheet.is_elsewhere,
        "then": sheet.then, "choices": choices, "outside": _outside(sheet.typed.get("postcode", "")), **_afterwards(),
    }  # fmt: skip
    return page("leads/new.html", status, **values, **desk("leads"))
