"""One visit to a form: which form, whose, as it stood when the page was made, and how a page of it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import dumps, loads

from flask import Response, current_app, url_for
from markupsafe import Markup

from app.core.compressing import compress_this
from app.core.fragments import fragment, page
from app.core.numbers import whole_number
from app.core.security import allow_own_style, allow_workers
from app.lead_forms.models import LeadForm, LeadFormVersion
from app.lead_forms.queries import as_shown
from app.lead_forms.services import Origin, asking, open_form, pricing, proof, questions, tokens
from app.lead_forms.services.content import Content, content_of, read_content
from app.lead_forms.services.typed import BLANK, Typed
from app.lead_forms.views.embedding import style_of
from app.lead_forms.views.frame import Frame, enter_frame
from app.workspaces.models import Workspace
from app.workspaces.queries.logo import logo_mark

AREA_WORDS = {
    "inside": "Good news: we clean in {}.",
    "outside": "We do not clean in {} at the moment. Do send this: we keep it in case that changes.",
    "dates": "Looking up when we are next there…",
    "no_date": "We tell you when we come, with our answer.",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a form. `shown` is the form as the customer sees it: now, or when their page was made."""

    form: LeadForm
    workspace: Workspace
    frame: Frame
    shown: LeadForm | LeadFormVersion

    @classmethod
    def enter(cls, key: str, *, even_off: bool = False) -> "Visit":
        """Find the form and enter its workspace; `even_off` for who has a page of it open. Raises NotFound."""
        form, workspace = open_form(key, even_off=even_off)
        return cls(form, workspace, enter_frame(form), form)

    def as_of(self, version: str) -> "Visit":
        """The same visit to the form as it stood in a version; the present one when there is none such."""
        return Visit(self.form, self.workspace, self.frame, as_shown(self.form, whole_number(version)))

    @property
    def content(self) -> Content:
        """What the form asks."""
        return content_of(self.shown)

    def url(self, endpoint: str, **values: str) -> str:
        """The address of another page of this form, shown alike."""
        return url_for(f"lead_forms.{endpoint}", key=self.form.key, **self.frame.query(), **values)

    def layout(self) -> dict[str, object]:
        """Values for layouts/public.html."""
        allow_own_style()
        compress_this()
        return {
            "form": self.form,
            "workspace": self.workspace,
            "tagline": self.workspace.tagline,
            "embedded": self.frame.embedded,
            "parent": self.frame.parent,
            "own_style": style_of(self.content.accent or self.workspace.accent, self.frame.scheme),
            "logo": logo_mark() if self.content.uses_logo and not self.frame.embedded else None,
            "logo_key": self.form.key,
        }

    def show(
        self, typed: Typed, origin: Origin, token: str, *, errors: Mapping[str, str] | None = None, status: int = 200,
        template: str = "lead_forms/form.html",
    ) -> Response:  # fmt: skip
        """The form with what was typed, and what is wrong with it. The builder shows it by a template of its own."""
        asks_dates = pricing.asks_for_dates(self.content)
        allow_workers()
        return page(
            template,
            status,
            steps=self._steps(typed, errors or {}, asks_dates=asks_dates),
            content=self.content,
            version=self.shown.version_no,
            origin=origin,
            token=token,
            proof=proof.as_attribute(self.form.id, tokens.read(self.form.id, token)),
            errors=errors or {},
            ask=questions,
            action=self.url("send"),
            price_url=self.url("price") if pricing.shows_price(self.content) or asks_dates else "",
            shows_price=pricing.shows_price(self.content),
            area=AREA_WORDS | {"districts": self.workspace.service_districts},
            **self.layout(),
        )

    def _steps(self, typed: Typed, errors: Mapping[str, str], *, asks_dates: bool) -> Markup:
        if typed is BLANK and not errors and not current_app.debug:
            stored = dumps(self.shown.content or {}, sort_keys=True)
            return _blank_steps(stored, self.workspace.name, self.shown.consent_wording, asks_dates)
        wording = self.shown.consent_wording
        return steps_of(self.content, self.workspace.name, wording, typed, errors, asks_dates=asks_dates)


def steps_of(
    content: Content, firm: str, wording: str, typed: Typed = BLANK, errors: Mapping[str, str] | None = None, *,
    asks_dates: bool = False,
) -> Markup:  # fmt: skip
    """The questions of a form in their steps. `firm` is the workspace's name, `wording` explains news and offers."""
    return fragment(
        "lead_forms/_all_steps.html", content=content, typed=typed, errors=errors or {}, firm=firm,
        consent_wording=wording, asking=asking, ask=questions, area=AREA_WORDS if asks_dates else {},
        for_script=asking.for_script(content),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _blank_steps(stored: str, firm: str, wording: str, asks_dates: bool) -> Markup:
    """The unanswered questions, which are most of the page and the same for everybody: rendered once."""
    return steps_of(read_content(loads(stored)), firm, wording, asks_dates=asks_dates)
