"""The form itself and its thank-you page. These pages set no cookie: a signed token in the form does the work of a
session, and since nobody is signed in there is nothing that a foreign page could misuse (hence no CSRF token).
"""

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.core import web
from app.core.clock import utcnow
from app.core.errors import Invalid, NotFound
from app.core.fragments import page
from app.core.network import client_block
from app.core.uploads import Places
from app.extensions import csrf
from app.lead_forms.queries import asked_by
from app.lead_forms.services import Sending, earlier_receipt, pricing, proof, questions, receive, suspicion, tokens
from app.lead_forms.services.answers import check
from app.lead_forms.services.photos import Photo, keep_photo
from app.lead_forms.services.receiving import Receipt
from app.lead_forms.services.typed import BLANK, read
from app.lead_forms.views import bp
from app.lead_forms.views.frame import origin_of_sending, origin_of_visit
from app.lead_forms.views.visit import Visit
from app.price_book.queries import Wanted

_LARGEST_BODY = 32 * 1024
#: For sendings with photos, small ones too: few bytes may unfold into a picture that takes its time. Staff have places
#: of their own, which strangers can't take.
_PLACES = Places(4)
_BUSY = "Too many photos are coming in at once. Try again in a few seconds."
_STALE = "This page was open for a long time. Please send it once more; everything you typed is still here."
_TOO_MANY = "We are getting very many requests from your network just now. Please try again in an hour, or ring us."


@bp.get("/q/<key>")
def form(key: str) -> Response:
    """The empty form."""
    visit = Visit.enter(key)
    return visit.show(BLANK, origin_of_visit(visit.frame), tokens.issue(visit.form.id))


@bp.post("/q/<key>")
@csrf.exempt
def send(key: str) -> Response:
    """Take in a filled form: 303 to the thank-you page, 422 with what is wrong, 429 for far too many.

    A form that was switched off meanwhile still takes what was typed into a page of it: none is given out any more.
    """
    request.max_content_length = _LARGEST_BODY
    if suspicion.is_crowd(key, web.actor().address or "", client_block()):
        return _turn_away()
    visit = Visit.enter(key, even_off=True)
    if not visit.content.asks_photos or request.mimetype != "multipart/form-data":
        return _judge(visit.as_of(request.form.get("version", "")), [])
    is_small = 0 < (request.content_length or 0) <= _LARGEST_BODY
    if is_small and not _chosen():  # read already, as a form that asks for no photos is (core/bodies.py)
        return _judge(visit.as_of(request.form.get("version", "")), [])
    request.max_content_length = _LARGEST_BODY + questions.PHOTO_BYTES
    with _PLACES.take() as got:
        if not got:
            return Response(_BUSY, 503, {"Retry-After": "5"}, mimetype="text/plain")
        return _judge(visit.as_of(request.form.get("version", "")), _photos())


def _judge(visit: Visit, photos: list[Photo]) -> Response:
    typed, origin = read(request.form, visit.content), origin_of_sending()
    written = request.form.get("token", "")
    token = tokens.read(visit.form.id, written) or _sent_long_ago(visit, written)
    if token is None and not visit.form.is_active:
        raise NotFound
    if token is None:
        fresh = tokens.issue(visit.form.id)
        return visit.show(typed, origin, fresh, errors={"": _STALE}, status=422)
    address, block = web.actor().address or "", client_block()
    pace = suspicion.pace(visit.form.id, visit.workspace.id, address, block)
    try:
        answers = None if pace.refused else check(typed, visit.content, has_photos=bool(photos))
        errors = {"": _TOO_MANY}
    except Invalid as invalid:
        answers, errors = None, invalid.errors
    if answers is None:
        # What this very page brought before is confirmed again; a good sending finds that out when it is kept.
        earlier = earlier_receipt(visit.form, visit.workspace, token)
        if earlier is not None:
            return _thank(visit, earlier, photos)
        return _refuse(visit.show(typed, origin, written, errors=errors, status=429 if pace.refused else 422))
    age = token.age(utcnow())
    work = proof.check(visit.form.id, token, request.form.get("proof", ""))
    sending = Sending(token, typed, answers, origin, int(age.total_seconds()), visit.shown, work)
    caller = suspicion.Caller(address, block, is_proven=work is not None)
    doubt = suspicion.doubt(visit.form.id, typed, request.form.get(questions.HONEYPOT, ""), age, caller)
    receipt = receive(visit.form, visit.workspace, sending, doubt or pace.reason, web.actor())
    return _thank(visit, receipt, photos)


@bp.get("/q/<key>/thanks")
def thanks(key: str) -> Response:
    """What happens next. Reloading sends nothing again."""
    visit = Visit.enter(key, even_off=True)
    result = tokens.read_result(visit.form.id, request.args.get("t", ""))
    if result is None:
        return _see_other(visit.url("form"))
    asked = asked_by(result.number) if result.number and result.in_area else None
    price, date = pricing.PriceWords(), ""
    if asked:
        wanted = Wanted(asked.property_type, asked.bedrooms, asked.service, asked.extras, asked.district)
        price = pricing.price_words(visit.content, visit.workspace, wanted, asked.frequency, asked.made_at)
        date = pricing.next_date_words(visit.content, visit.workspace, asked.district, asked.sector)
    return page(
        "lead_forms/thanks.html", result=result, price=price, date=date, lost=request.args.get("lost", type=int) or 0,
        more=request.args.get("more", type=int) or 0, most_photos=questions.MOST_PHOTOS,
        redirect_url=visit.content.redirect_url if result.in_area else "",
        again_url=visit.url("form") if visit.form.is_active else "",
        **visit.layout(),
    )  # fmt: skip


def _sent_long_ago(visit: Visit, written: str) -> tokens.FormToken | None:
    """The token of a page that is too old to be sent, where it was sent in time: that is not to be done again."""
    token = tokens.read(visit.form.id, written, however_old=True)
    return token if token and earlier_receipt(visit.form, visit.workspace, token) else None


def _refuse(refusal: Response) -> Response:
    """The form once more; a caller who came too often learns when to come back."""
    if refusal.status_code == 429:
        refusal.headers["Retry-After"] = "3600"
    return refusal


def _photos() -> list[Photo]:
    """The photos that came, as many as are taken; a browser sends an empty one where none was chosen."""
    return [Photo(file.filename or "", file.read()) for file in _chosen()[: questions.MOST_PHOTOS]]


def _chosen() -> list[FileStorage]:
    return [file for file in request.files.getlist("photos") if file.filename]


def _thank(visit: Visit, receipt: Receipt, photos: list[Photo]) -> Response:
    """The way to the thank-you page, once the photos are kept: they come after what they belong to is safe."""
    missing = 0
    for photo in photos:
        missing += not keep_photo(photo, receipt, web.actor())
    lost = {"lost": str(missing)} if missing else {}
    if photos and (more := len(_chosen()) - len(photos)):
        lost["more"] = str(more)
    return _see_other(visit.url("thanks", t=tokens.result_token(visit.form.id, receipt.result), **lost))


def _turn_away() -> Response:
    """A caller so far over the limit that answering at length would only help them."""
    return Response(_TOO_MANY, 429, {"Retry-After": "3600"}, mimetype="text/plain")


def _see_other(url: str) -> Response:
    return Response("", 303, {"Location": url})
