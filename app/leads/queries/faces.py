"""How the facts of a lead stand on its page: some by themselves, some that belong together as one line and one form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import utcnow
from app.core.human_time import short_date, waited, working_time
from app.core.money import format_money
from app.leads.models import Lead
from app.leads.queries.cards import house_words
from app.leads.queries.detail import LeadDetail
from app.leads.queries.facts import FACTS, Fact
from app.leads.words import EXTRA_WORDS, METHOD_WORDS, SERVICE_WORDS, TIME_WORDS, access_words, decline_words, often
from app.workspaces.queries import current_workspace

#: After so long nobody counts the hours any more.
_LONG_AGO = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Face:
    """What one line of the page shows and one form changes: one fact, or several that are read together.

    `adds` is what one adds to an empty line, where that is not its label.
    """

    name: str
    label: str
    facts: tuple[Fact, ...]
    is_wide: bool = False
    adds: str = ""


@dataclass(frozen=True, slots=True)
class FaceView:
    """A line as people read it. `href` dials or writes; `more` stands small behind `shown`, `whole` is its end that no
    line may break; blank is unknown.

    `adds` is what one adds to a blank one, where that is not its label.
    """

    name: str
    label: str
    shown: str
    more: str = ""
    href: str = ""
    is_wide: bool = False
    is_strong: bool = False
    adds: str = ""
    whole: str = ""


def _alone(name: str, adds: str = "") -> Face:
    fact = FACTS[name]
    return Face(name, fact.label, (fact,), is_wide=fact.kind == "longtext", adds=adds)


def _together(name: str, label: str, *facts: str) -> Face:
    return Face(name, label, tuple(FACTS[each] for each in facts))


_PREFERS = {"phone": "prefers a call", "sms": "prefers a text", "email": "prefers email"}
#: What is in sight at once, in its order.
FIRST = {
    face.name: face
    for face in (
        _alone("phone"),
        _alone("email"),
        _together("place", "Place", "address_line1", "address_line2", "town", "postcode"),
        _together("house", "Property", "property_type", "bedrooms"),
        _together("offer", "Price", "price", "frequency", "first_price"),
        _together("work", "Work", "service", "extras"),
        _alone("owner"),
        _alone("priority"),
        _together("access", "Access", "access_facts", "access_notes"),
        _alone("wishes"),
    )
}
#: What is folded away beneath.
MORE = {
    face.name: face
    for face in (
        _together("contacting", "Prefers", "preferred_method", "preferred_time"),
        _alone("expected_close", "a date"),
        _alone("conversion_percent"),
        _alone("quality_score"),
        _alone("satisfaction_score"),
        _alone("source"),
        _alone("returns_on", "a date"),
    )
}
#: Every line, and every fact by itself.
FACES = {**{name: _alone(name) for name in FACTS}, **FIRST, **MORE}
#: The line that shows a fact.
FACE_OF = {fact.name: face for face in (*FIRST.values(), *MORE.values()) for fact in face.facts}


def face_view(detail: LeadDetail, face: Face) -> FaceView:
    """A line of the page."""
    writer = _WRITERS.get(face.name)
    if writer is not None:
        return writer(detail, face)
    view = detail.fact(face.facts[0].name)
    return FaceView(face.name, face.label, view.shown, is_wide=face.is_wide, adds=face.adds)


def record_of(detail: LeadDetail) -> list[tuple[str, str]]:
    """What Sill keeps by itself about a lead, as (label, words), without what is not known."""
    lead = detail.lead
    contacted = _day(lead.last_contact_at) if lead.last_contact_at else ""
    by = METHOD_WORDS.get(lead.last_contact_method or "", "")
    if by and lead.first_contact_at is None and lead.last_contact_method != "phone":
        by += ", sent by Sill"  # nobody of the firm has been in touch yet
    campaign = " · ".join(filter(None, (lead.utm_source, lead.utm_medium, lead.utm_campaign)))
    every = (
        ("First contact", _first_contact(lead)),
        ("Last contact", f"{contacted} by {by.lower()}" if contacted and by else contacted),
        ("Follow-ups sent", str(lead.follow_up_count or "")),
        ("Quote holds until", short_date(lead.quote_valid_until) if lead.quote_valid_until else ""),
        ("Declined because", decline_words(lead.decline_reason)),
        ("Campaign", campaign),
        ("Came from", lead.referrer or ""),
        ("Landed on", lead.landing_page or ""),
        ("Form filled in", f"{lead.form_seconds} s" if lead.form_seconds else ""),
        ("Squeegee customer", lead.squeegee_customer_id or ""),
    )
    return [(label, words) for label, words in every if words]


def answered(detail: LeadDetail) -> tuple[str, str]:
    """How soon somebody got in touch with the customer, in opening hours, and the tone of these words; blank for a
    lead that is closed or put away without anybody ever having been.
    """
    lead = detail.lead
    if lead.first_contact_at is not None and lead.first_contact_minutes is not None:
        return f"answered in {waited(lead.first_contact_minutes, lead.first_contact_at - lead.created_at)}", ""
    if lead.first_contact_at is not None or lead.shelf != "desk" or detail.stage.is_final:
        return "", ""
    clock, now = current_workspace().clock(), utcnow()
    was_tried = lead.last_contact_method == "phone"  # what Sill writes by itself is no try
    if now - lead.created_at > _LONG_AGO:
        return "never reached" if was_tried else "never answered", "late"
    minutes = clock.business_minutes(lead.created_at, now)
    is_late = clock.add_working_days(lead.created_at, 1) < now
    said = "called, not reached" if was_tried else "not answered"
    how_long = f"for {working_time(minutes)} of working hours" if minutes else "yet"
    return f"{said} {how_long}", "late" if is_late else ""


def _first_contact(lead: Lead) -> str:
    if lead.first_contact_at is None:
        return ""
    day = _day(lead.first_contact_at)
    if lead.first_contact_minutes is None:
        return day
    return f"{day}, after {waited(lead.first_contact_minutes, lead.first_contact_at - lead.created_at)}"


def _day(at: datetime) -> str:
    """The day of a moment where the business is."""
    return short_date(at.astimezone(current_workspace().clock().zone).date())


def _phone(detail: LeadDetail, face: Face) -> FaceView:
    shown = detail.fact("phone").shown
    href = f"tel:{shown.replace(' ', '')}" if shown else ""
    return FaceView(face.name, face.label, shown, more=_preferred(detail, "phone", "sms"), href=href)


def _email(detail: LeadDetail, face: Face) -> FaceView:
    shown = detail.contact.email or ""
    href = f"mailto:{shown}" if shown else ""
    return FaceView(face.name, face.label, shown, more=_preferred(detail, "email"), href=href)


def _preferred(detail: LeadDetail, *methods: str) -> str:
    """What stands behind an address by which they would rather be reached."""
    method = detail.contact.preferred_method
    return _PREFERS[method] if method in methods else ""


def _place(detail: LeadDetail, face: Face) -> FaceView:
    place = detail.property
    lines = ", ".join(filter(None, (place.address_line1, place.address_line2, place.town)))
    return FaceView(face.name, face.label, lines or place.postcode or "", whole=place.postcode or "" if lines else "")


def _house(detail: LeadDetail, face: Face) -> FaceView:
    words = house_words(detail.lead.property_type, detail.lead.bedrooms)
    return FaceView(face.name, face.label, words[:1].upper() + words[1:])


def _offer(detail: LeadDetail, face: Face) -> FaceView:
    lead = detail.lead
    more = []
    if lead.frequency and lead.frequency != "one_off" and lead.annual_minor:
        more.append(f"{format_money(lead.annual_minor, lead.currency, pence='never')} a year")
    if lead.first_price_minor is not None:
        more.append(f"first clean {format_money(lead.first_price_minor, lead.currency)}")
    rhythm = often(lead.frequency)
    if lead.price_minor is None:
        wanted = ", ".join(filter(None, (rhythm, *more)))
        return FaceView(face.name, face.label, "", more=wanted)
    shown = f"{format_money(lead.price_minor, lead.currency)} {rhythm}".strip()
    return FaceView(face.name, face.label, shown, more=", ".join(more), is_strong=True)


def _work(detail: LeadDetail, face: Face) -> FaceView:
    extras = ", ".join(EXTRA_WORDS.get(extra, extra).lower() for extra in detail.lead.extras)
    service = SERVICE_WORDS.get(detail.lead.service, detail.lead.service)
    return FaceView(face.name, face.label, service, more=f"and {extras}" if extras else "")


def _access(detail: LeadDetail, face: Face) -> FaceView:
    shown = access_words(detail.property.access_facts, detail.property.access_notes)
    return FaceView(face.name, face.label, shown, is_wide=True)


def _contacting(detail: LeadDetail, face: Face) -> FaceView:
    method = METHOD_WORDS.get(detail.contact.preferred_method, "")
    time = TIME_WORDS.get(detail.lead.preferred_time or "", "")
    return FaceView(face.name, face.label, method, more=time.lower() if detail.lead.preferred_time != "any" else "")


_WRITERS: dict[str, Callable[[LeadDetail, Face], FaceView]] = {
    "phone": _phone, "email": _email, "place": _place, "house": _house, "offer": _offer, "work": _work,
    "access": _access, "contacting": _contacting,
}  # fmt: skip
