"""What the demo's forms ask beyond the form as it comes: prices, photos, questions of their own."""

from app.core.permissions import Actor
from app.lead_forms.services.building import add_form
from app.lead_forms.services.standard import STANDARD_STEPS
from app.workspaces.queries import main_form

_LADDERS = "own_0a1b2c3d"
_WINDOWS, _CLOSED = "own_1a2b3c4d", "own_2b3c4d5e"
_FOR_SHOPS = {
    "title": "A quote for your premises",
    "intro": "Four short steps. We look at larger premises before we name a price.",
    "shows_next_date": False,
    "steps": [
        {"title": "Where are your premises?", "questions": ["postcode"]},
        {"title": "What shall we do?", "questions": ["service", "frequency", _WINDOWS]},
        {"title": "When can we come?", "questions": [_CLOSED, "access_facts", "access_notes"]},
        {"title": "Who shall we ask for?", "questions": ["name", "phone", "email", "address_line1", "marketing"]},
    ],
    "questions": {
        _WINDOWS: {
            "kind": "choice", "label": "How many windows are there, roughly?", "required": True,
            "choices": ["Up to 10", "11 to 30", "31 to 60", "More than 60"],
        },
        _CLOSED: {"kind": "short", "label": "When are you closed?", "hint": "We clean before you open, if you like"},
        "name": {"label": "Your name and company"},
        "access_facts": {"label": "What should we know?", "offers": ["locked_gate", "no_parking"]},
    },
}  # fmt: skip


def set_up_form() -> None:
    """Let the demo's form show what a form can do."""
    steps = [{"title": title, "questions": list(keys)} for title, keys in STANDARD_STEPS]
    extras = next(at for at, step in enumerate(steps) if "extras" in step["questions"])
    steps.insert(extras + 1, {"title": "Can you show us the house?", "questions": ["photos", _LADDERS]})
    main_form().content = {
        "steps": steps,
        "price": "exact",
        "questions": {
            _LADDERS: {
                "kind": "choice", "label": "How high are the highest windows?",
                "choices": ["Ground floor", "First floor", "Second floor", "Higher"],
            }
        },
    }  # fmt: skip


def add_form_for_shops(slug: str, owner: Actor) -> None:
    """A second form, for shops and offices: no bedrooms, no price before somebody has looked."""
    add_form("Shops and offices", slug, owner).content = _FOR_SHOPS
