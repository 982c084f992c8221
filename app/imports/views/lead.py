"""What a lead's row said in the file that it came from."""

from uuid import UUID

from flask import Response

from app.core.errors import NotFound
from app.core.permissions import permit
from app.imports.queries import row_of_lead
from app.imports.queries.showing import ImportView
from app.imports.views import bp
from app.leads.services import get_lead
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/leads/<uuid:lead_id>/import")
@permit("leads:import")
def of_lead(slug: str, lead_id: UUID) -> Response:
    """The import and the row that a lead came from, as it stood there. 404 for leads that came another way."""
    lead = get_lead(lead_id)
    found = row_of_lead(lead_id)
    if found is None:
        raise NotFound
    view, row = ImportView.of(found[0]), found[1]
    cells = [(title, cell) for title, cell in zip(view.header, row.cells, strict=False) if cell]
    values = {"view": view, "row": row, "cells": cells, "lead_id": lead.id, "number": lead.number}
    return desk_or_fragment("leads", "imports/of_lead.html", "imports/_of_lead.html", **values)
