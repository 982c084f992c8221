"""The dates beside the sheet, drawn anew while it is changed. Nothing is stored."""

from uuid import UUID

from flask import Response, request

from app.core.fragments import answer, fragment, wants_fragment
from app.core.permissions import permit
from app.followups.forms.sheet import sheet_from
from app.followups.services.setting_up import get_sequence
from app.followups.views import bp
from app.followups.views.sheet_page import dates_values, sheet_page

_LARGEST_SHEET = 256 * 1024


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/dates")
@permit("messages:read")
def dates(slug: str, sequence_id: UUID) -> Response:
    """When each step of the sheet as it is typed would come for the lead that is chosen."""
    request.max_content_length = _LARGEST_SHEET
    found, sheet = get_sequence(sequence_id), sheet_from(request.form)
    if wants_fragment():
        return answer(fragment("followups/sequences/_dates.html", sequence=found, **dates_values(sheet, every=True)))
    return sheet_page(found, sheet, is_unsaved=True)
