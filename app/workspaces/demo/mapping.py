"""What is whose in the demo's Squeegee, as a firm would have settled it by its second day."""

from app.leads.models import EXTRAS, SERVICES
from app.squeegee.models import SqueegeeAccount
from app.workspaces.demo.rounds import areas_of_rounds
from simulators.squeegee.payloads import SERVICES as SIMULATED

#: The simulator's names for our services and extras.
_NAMES = {
    "window_cleaning": "Window cleaning", "gutter_clearing": "Gutter clearing", "inside": "Window cleaning inside",
    "fascia_soffit": "Fascia, soffit and gutter", "conservatory": "Conservatory", "solar_panels": "Solar panels",
    "conservatory_roof": "Conservatory roof", "extension": "Extension", "other": "Window cleaning",
}  # fmt: skip
_TAGS = ["{district}", "{round}", "{source}"]
_NOTES = "Also: {also}.\nFirst clean {first_price}.\n{access}\n{wishes}\nBest time: {preferred_time}."


def map_squeegee(account: SqueegeeAccount) -> None:
    """Settle services, tags, notes and rounds, unless somebody has done so already."""
    if account.service_ids:
        return
    ids = {name: service_id for service_id, name in SIMULATED.items()}
    account.service_ids = {code: ids[_NAMES[code]] for code in (*SERVICES, *EXTRAS) if code in _NAMES}
    account.tags, account.notes_template = _TAGS, _NOTES
    account.rounds = [{"round": name, "districts": areas} for name, areas in areas_of_rounds()]
