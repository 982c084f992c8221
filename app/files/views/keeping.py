"""A lead's files: taking them in, the gallery, and giving them out so that nothing in one can run."""

import json
import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

import structlog
from flask import Response, abort, g, request, url_for
from werkzeug.wsgi import FileWrapper

from app.core import web
from app.core.crypto import CipherError
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.network import person_or_block
from app.core.permissions import permit
from app.core.uploads import takes_a_file
from app.extensions import limiter
from app.files import services
from app.files.ports import BlobMissing, StoreUnavailable
from app.files.queries import FileView, Gallery, gallery, get_file
from app.files.views import bp
from app.files.views.taking import take_in
from app.leads.services import get_lead
from app.workspaces.layout import desk

log = structlog.get_logger(__name__)

_ADDING = "600 per hour"
#: How many a gallery shows before it is asked for all.
_SHOWN = 24
_READ_BYTES = 262_144
#: Opened by itself, a file gets no origin, no scripts and nothing to load.
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@bp.get("/w/<slug>/leads/<uuid:lead_id>/files")
@permit("leads:read")
def show(slug: str, lead_id: UUID) -> Response:
    """The gallery of a lead."""
    lead = get_lead(lead_id)
    if wants_fragment():
        return answer(_body(lead.id))
    return page("files/gallery.html", lead=lead, **desk("leads"))


@takes_a_file
@bp.post("/w/<slug>/leads/<uuid:lead_id>/files")
@permit("activities:write")
@limiter.limit(_ADDING, key_func=person_or_block)
def add(slug: str, lead_id: UUID) -> Response:
    """Take one file in: its bytes are the body, its name stands in X-File-Name. Answers 201, or why not in words."""
    get_lead(lead_id)
    return take_in(lambda name, content: services.add_file(lead_id, name, content, web.actor()))


@bp.get("/w/<slug>/files/<uuid:file_id>")
@permit("leads:read")
def content(slug: str, file_id: UUID) -> Response:
    """A photo to look at, or to save with ?save=1; a document is only ever saved."""
    file = get_file(file_id)
    return _bytes_of(file, "main", file.content_type, saved=file.kind != "photo" or "save" in request.args)


@bp.get("/w/<slug>/files/<uuid:file_id>/thumb")
@permit("leads:read")
def thumb(slug: str, file_id: UUID) -> Response:
    """A photo, small and square."""
    file = get_file(file_id)
    if file.kind != "photo":
        abort(404)
    return _bytes_of(file, "thumb", "image/jpeg")


@bp.post("/w/<slug>/files/<uuid:file_id>/remove")
@permit("activities:write")
def remove(slug: str, file_id: UUID) -> Response:
    """Take a file off its lead, with a way back."""
    file = services.remove_file(file_id, web.actor(), only_own=not g.viewer.can("leads:write"))
    words = "Photo deleted" if file.kind == "photo" else "Document deleted"
    return _changed(file.lead_id, words, url_for("files.restore", file_id=file_id))


@bp.post("/w/<slug>/files/<uuid:file_id>/restore")
@permit("activities:write")
def restore(slug: str, file_id: UUID) -> Response:
    """Put a file back that was just taken off."""
    file = services.restore_file(file_id, web.actor(), only_own=not g.viewer.can("leads:write"))
    return _changed(file.lead_id, "Photo put back" if file.kind == "photo" else "Document put back")


def _bytes_of(file: FileView, variant: str, content_type: str, *, saved: bool = False) -> Response:
    """The bytes, whole or the range that is asked for, opened on the way out."""
    try:
        sealed = services.open_variant(file.id, variant)
    except (BlobMissing, CipherError, StoreUnavailable) as error:
        log.error("file_unreadable", file=str(file.id), variant=variant, error=type(error).__name__)
        abort(503 if isinstance(error, StoreUnavailable) else 500)
    response = Response(FileWrapper(sealed, _READ_BYTES), content_type=content_type, direct_passthrough=True)
    response.headers["Content-Disposition"] = _disposition("attachment" if saved else "inline", file.name)
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Content-Length"] = str(sealed.size)
    response.set_etag(f"{file.id.hex}-{variant}")
    return response.make_conditional(request, accept_ranges=True, complete_length=sealed.size)


def _disposition(how: str, name: str) -> str:
    """RFC 6266: the name in ASCII for old clients, and as it is for all others."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _changed(lead_id: UUID, words: str, undo_url: str | None = None) -> Response:
    if wants_fragment():
        said = fragment("files/_toast.html", words=words, undo_url=undo_url)
        return answer(said, headers={"HX-Trigger": json.dumps({"files": {"lead": str(lead_id)}})})
    return redirect_to(url_for("leads.show", lead_id=lead_id))


def _body(lead_id: UUID) -> str:
    found: Gallery = gallery(lead_id)
    most = services.MOST_FILES if "all" in request.args else _SHOWN
    values: dict[str, Any] = {"lead_id": lead_id, "photos": found.photos[:most], "documents": found.documents[:most]}
    left = len(found.photos) + len(found.documents) - len(values["photos"]) - len(values["documents"])
    may = {"all": g.viewer.can("leads:write"), "own": g.viewer.can("activities:write"), "who": g.viewer.user_id}
    return fragment("files/_body.html", left=left, may=may, **values)
