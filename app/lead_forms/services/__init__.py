"""What can be done with the public form. One file a concern; this page lists them."""

from markupsafe import Markup

from app.lead_forms.models import LeadForm
from app.lead_forms.queries import open_form
from app.lead_forms.services.forgetting import forget_answers
from app.lead_forms.services.quarantine import release, throw_away, throw_away_kind, waiting, waiting_count
from app.lead_forms.services.receiving import Origin, Receipt, Sending, earlier_receipt, make_lead, receive

__all__ = [
    "Origin", "Receipt", "Sending", "earlier_receipt", "embed_snippet", "forget_answers", "make_lead", "open_form",
    "receive", "release", "throw_away", "throw_away_kind", "waiting", "waiting_count",
]  # fmt: skip


def embed_snippet(form: LeadForm, public_url: str) -> str:
    """The one line that puts the form on a website: `public_url` is Sill's own address, without a final slash."""
    return str(Markup('<script src="{}/q/{}/embed.js" async></script>').format(public_url, form.key))
