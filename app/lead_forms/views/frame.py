"""How a page of the form is shown: on its own, or in a frame of a website that the workspace lists."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from app.core.security import allow_framing_by
from app.lead_forms.models import LeadForm
from app.lead_forms.services import Origin
from app.lead_forms.services.typed import tidy

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
SCHEMES = ("light", "dark")
_LONGEST_URL = 500
_LONGEST_UTM = 200


@dataclass(frozen=True, slots=True)
class Frame:
    """`parent` is the listed origin that frames the page, "" when there is none; `scheme` light, dark or ""."""

    embedded: bool
    parent: str
    scheme: str

    def query(self) -> dict[str, str]:
        """What the addresses inside the frame carry on, so that the next page is shown alike."""
        if not self.embedded:
            return {}
        found = {"embed": "1", "parent": self.parent, "scheme": self.scheme}
        return {name: value for name, value in found.items() if value}


def enter_frame(form: LeadForm) -> Frame:
    """Read from the address how the page is shown, and let the form's own sites frame this one answer."""
    embedded = request.args.get("embed") == "1"
    if embedded and form.allowed_origins:
        allow_framing_by(list(form.allowed_origins))
    parent = request.args.get("parent", "")
    scheme = request.args.get("scheme", "")
    return Frame(
        embedded,
        parent if embedded and parent in form.allowed_origins else "",
        scheme if embedded and scheme in SCHEMES else "",
    )


def origin_of_visit(frame: Frame) -> Origin:
    """Where the customer came from, at the first page. In a frame only the website around it knows."""
    given = request.args
    return Origin(
        referrer=clean_url(given.get("referrer") if frame.embedded else request.referrer),
        landing_page=clean_url(given.get("landing") if frame.embedded else request.base_url),
        utm={name: tidy(given[name])[:_LONGEST_UTM] for name in UTM if given.get(name)},
    )


def origin_of_sending() -> Origin:
    """The same from the hidden fields of the sent form."""
    given = request.form
    return Origin(
        referrer=clean_url(given.get("referrer")),
        landing_page=clean_url(given.get("landing_page")),
        utm={name: tidy(given[name])[:_LONGEST_UTM] for name in UTM if given.get(name)},
    )


def clean_url(text: str | None) -> str | None:
    """A web address without user, query and fragment, which may hold anything; None for what is no web address."""
    try:
        parts = urlsplit((text or "").strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return None
    return tidy(f"{parts.scheme}://{host}{parts.path}")[:_LONGEST_URL]
