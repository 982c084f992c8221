"""Leads and forms for tests, made as the product makes them."""

from itertools import count
from typing import Any

from sqlalchemy import select

from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_scope
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.leads.services import LeadDraft, create_lead

_number = count(1)


def make_lead(actor: Actor | None = None, **draft: Any) -> Any:
    """Make and commit a lead in the workspace in scope; what is not given is invented by example.com and Ofcom."""
    each = next(_number)
    invented = {
        "name": "Hannah Cole", "email": f"hannah.cole{each}@example.com", "phone": f"07700 9{each % 100000:05d}",
        "address_line1": f"{each} Mill Lane", "town": "Wells", "postcode": "BA5 2QJ", "property_type": "semi",
        "bedrooms": "3", "frequency": "8_weekly",
    }  # fmt: skip
    user_id = current_scope().user_id
    lead = create_lead(LeadDraft(**{**invented, **draft}), actor or (Actor("person", user_id) if user_id else SYSTEM))
    db.session.commit()
    return lead


def form_key() -> str:
    """The key of the enquiry form that the workspace in scope was made with."""
    return db.session.scalars(select(LeadForm.key)).one()
