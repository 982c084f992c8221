"""What the demo's form asks beyond the form as it comes: it tells prices, takes photos, has a question of its own."""

from app.lead_forms.services.standard import STANDARD_STEPS
from app.workspaces.queries import main_form

_LADDERS = "own_0a1b2c3d"


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
