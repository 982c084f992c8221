"""The form itself and its thank-you page. These pages set no cookie: a signed token in the form does the work of a
session, and since nobody is signed in there is nothing that a foreign page could misuse (hence no CSRF token).
"""

from dataclasses import dataclass
from functools import lru_cache

from flask import Response, current_app, request, url_for
from markupsafe import Markup

from app.core import web
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.fragments import fragment, page
from app.core.network import client_block
from app.core.security import allow_workers
from app.extensions import csrf
from app.lead_forms.models import LeadForm
from app.lead_forms.services import Origin, Sending, earlier_result, open_form, proof, questions, receive, suspicion, tokens
from app.lead_forms.services.answers import Answers, check
from app.lead_forms.services.typed import BLANK, Typed, read
from app.lead_forms.views import bp
from app.lead_forms.views.frame import Frame, enter_frame, origin_of_sending, origin_of_visit
from app.workspaces.models import Workspace

_LARGEST_BODY = 32 * 1024
_STALE = "This page was open for a long time. Please send it once more; everything you typed is still here."
_TOO_MANY = "We are getting very many requests from your network just now. Please try again in an hour, or ring us."


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a form: which, whose, and how it is shown."""

    form: LeadForm
    workspace: Workspace
    frame: Frame

    @classmethod
    def enter(cls, key: str) -> "Visit":
        """Find the form and enter its workspace. Raises NotFound."""
        form, workspace = open_form(key)
        return cls(form, workspace, enter_frame(form))

    def url(self, endpoint: str, **values: str) -> str:
        """The address of another page of this form, shown alike."""
        return url_for(f"lead_forms.{endpoint}", key=self.form.key, **self.frame.query(), **values)

    def layout(self) -> dict[str, object]:
        """Values for layouts/public.html."""
        theme = {"v": self.workspace.accent.lstrip("#")} | ({"scheme": self.frame.scheme} if self.frame.scheme else {})
        return {
            "form": self.form,
            "workspace": self.workspace,
            "tagline": self.workspace.tagline,
            "embedded": self.frame.embedded,
            "parent": self.frame.parent,
            "theme_url": url_for("lead_forms.theme", key=self.form.key, **theme),
        }

    def show(
        self, typed: Typed, origin: Origin, token: str, *, errors: dict[str, str] | None = None, status: int = 200
    ) -> Response:
        """The form with what was typed, and what is wrong with it."""
        allow_workers()
        return page(
            "lead_forms/form.html",
            status,
            steps=_steps(typed, errors or {}, self.workspace.name, self.form.consent_wording),
            origin=origin,
            token=token,
            errors=errors or {},
            ask=questions,
            action=self.url("send"),
            proof=proof.as_attribute(self.form.id, tokens.read(self.form.id, token)),
            area={
                "districts": self.workspace.service_districts,
                "inside": "Good news: we clean in {}.",
                "outside": "We do not clean in {} at the moment. Do send this: we keep it in case that changes.",
            },
            **self.layout(),
        )


def _steps(typed: Typed, errors: dict[str, str], firm: str, wording: str) -> Markup:
    if typed is BLANK and not errors and not current_app.debug:
        return _blank_steps(firm, wording)
    values = {"typed": typed, "errors": errors, "firm": firm, "consent_wording": wording, "ask": questions}
    return fragment("lead_forms/_all_steps.html", **values)


@lru_cache(maxsize=256)
def _blank_steps(firm: str, wording: str) -> Markup:
    """The unanswered questions, which are most of the page and the same for everybody: rendered once."""
    return fragment(
        "lead_forms/_all_steps.html", typed=BLANK, errors={}, firm=firm, consent_wording=wording, ask=questions
    )


@bp.get("/q/<key>")
def form(key: str) -> Response:
    """The empty form."""
    visit = Visit.enter(key)
    return visit.show(BLANK, origin_of_visit(visit.frame), tokens.issue(visit.form.id))


@bp.post("/q/<key>")
@csrf.exempt
def send(key: str) -> Response:
    """Take in a filled form: 303 to the thank-you page, 422 with what is wrong, 429 for far too many."""
    request.max_content_length = _LARGEST_BODY
    address, block = web.actor().address or "", client_block()
    if suspicion.is_crowd(key, address, block):
        return _turn_away()
    visit = Visit.enter(key)
    typed, origin, written = read(request.form), origin_of_sending(), request.form.get("token", "")
    token = tokens.read(visit.form.id, written)
    if token is None:
        fresh = tokens.issue(visit.form.id)
        return visit.show(typed, origin, fresh, errors={"": _STALE}, status=422)
    earlier = earlier_result(visit.form, visit.workspace, token)
    if earlier is not None:
        return _thank(visit, earlier)
    pace = suspicion.pace(visit.form.id, visit.workspace.id, address, block)
    if pace.refused:
        refusal = visit.show(typed, origin, written, errors={"": _TOO_MANY}, status=429)
        refusal.headers["Retry-After"] = "3600"
        return refusal
    try:
        answers = check(typed)
    except Invalid as invalid:
        return visit.show(typed, origin, written, errors=invalid.errors, status=422)
    return _take_in(visit, token, typed, answers, origin, pace)


@bp.get("/q/<key>/thanks")
def thanks(key: str) -> Response:
    """What happens next. Reloading sends nothing again."""
    visit = Visit.enter(key)
    result = tokens.read_result(visit.form.id, request.args.get("t", ""))
    if result is None:
        return _see_other(visit.url("form"))
    return page("lead_forms/thanks.html", result=result, again_url=visit.url("form"), **visit.layout())


def _take_in(
    visit: Visit, token: tokens.FormToken, typed: Typed, answers: Answers, origin: Origin, pace: suspicion.Pace
) -> Response:
    age = token.age(utcnow())
    sending = Sending(token, typed, answers, origin, int(age.total_seconds()))
    is_proven = proof.accept(visit.form.id, token, request.form.get("proof", ""))
    caller = suspicion.Caller(web.actor().address or "", client_block(), is_proven)
    doubt = suspicion.doubt(visit.form.id, typed, request.form.get(questions.HONEYPOT, ""), age, caller)
    reason = doubt or pace.reason
    return _thank(visit, receive(visit.form, visit.workspace, sending, reason, web.actor()))


def _thank(visit: Visit, result: tokens.Result) -> Response:
    return _see_other(visit.url("thanks", t=tokens.result_token(visit.form.id, result)))


def _turn_away() -> Response:
    """A caller so far over the limit that answering at length would only help them."""
    return Response(_TOO_MANY, 429, {"Retry-After": "3600"}, mimetype="text/plain")


def _see_other(url: str) -> Response:
    return Response("", 303, {"Location": url})
