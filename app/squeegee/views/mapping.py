"""The pages of settings that say what is whose in Squeegee, each with a preview beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, flash, request, url_for
from werkzeug.datastructures import MultiDict

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.words import FREQUENCY_WORDS
from app.rounds import queries as our_rounds
from app.squeegee import services
from app.squeegee.adapters import wire
from app.squeegee.mapping import FILE_FACTS, SERVICE_CODES, VARIABLES, Account, Draft, overlaps
from app.squeegee.mapping.pasting import Pasted, read_list
from app.squeegee.mapping.shown import ROWS, SHOWN, Fields, rearranged, usual_columns, usual_wording
from app.squeegee.mapping.typed import JUDGES
from app.squeegee.models import SqueegeeAccount
from app.squeegee.queries import get_account
from app.squeegee.queries.preview import Preview, offered_leads, preview
from app.squeegee.views import bp
from app.squeegee.words import RHYTHMS, SECTION_WORDS
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace

_ONE = "/w/<slug>/squeegee/settings/<any(services, frequencies, wording, rounds, file, advanced):section>"
_USUAL = {"wording": usual_wording, "file": usual_columns}


@dataclass(frozen=True)
class Shown:
    """What a page shows: the fields, what is wrong with them, what was found out about them."""

    fields: MultiDict[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""
    told: str = ""
    pasted: Pasted | None = None
    is_unsaved: bool = True


@bp.get(_ONE)
@permit("settings:write")
def mapping_settings(slug: str, section: str) -> Response:
    """One page of the mapping."""
    return _page(section, Shown(_kept(section, get_account()), is_unsaved=False))


@bp.post(_ONE)
@permit("settings:write")
def change_mapping(slug: str, section: str) -> Response:
    """Keep what was typed; or do one of the small acts of the page, which keep nothing yet."""
    act = request.form.get("act", "")
    if act:
        return _page(section, _after(section, act))
    try:
        services.change_section(section, _judged(section, request.form), request.form.get("seen", ""), web.actor())
    except Invalid as error:
        return _page(section, Shown(request.form, error.errors), 422)
    except Conflict as error:
        return _page(section, Shown(request.form, conflict=error.message), 409)
    flash(f"{SECTION_WORDS[section]}: saved.", "good")
    return redirect_to(url_for("squeegee.mapping_settings", section=section))


@bp.post("/w/<slug>/squeegee/settings/preview")
@permit("settings:write")
def preview_mapping(slug: str) -> Response:
    """What would become of a lead by what is typed; by what is kept where that can't be taken."""
    section = request.form.get("section", "")
    if section not in SECTION_WORDS:
        section = "services"
    if wants_fragment():
        return answer(fragment("squeegee/settings/_previewed.html", **_previewed(section, request.form)))
    return _page(section, Shown(_kept(section, get_account()), is_unsaved=False))


def _judged(section: str, typed: MultiDict[str, str]) -> dict[str, Any]:
    if section == "advanced":
        return {"wire": wire.changes({key: typed.get(key, "") for key in wire.DEFAULTS})}
    return JUDGES[section](typed)


def _kept(section: str, account: SqueegeeAccount) -> MultiDict[str, str]:
    if section == "advanced":
        return MultiDict(wire.shown(account.wire))
    kept = MultiDict(SHOWN[section](account))
    if section == "frequencies" and account.sends_quotes:
        kept["sends_quotes"] = "1"
    return kept


def _after(section: str, act: str) -> Shown:
    """The page after one of its small acts."""
    fields: Fields = request.form.to_dict(flat=False)
    if act == "usual" and section in _USUAL:
        return Shown(MultiDict(_USUAL[section]()), told="These are the usual ones. Save to keep them.")
    if act == "usual" and section == "advanced":
        return Shown(MultiDict(wire.DEFAULTS), told="This is what Sill knows. Save to keep it.")
    if act == "paste" and section == "services":
        pasted = read_list(request.form.get("list", ""))
        found = {f"service_{code}": [service.id] for code, service in pasted.matched.items()}
        return Shown(MultiDict({**fields, **found, "list": []}), pasted=pasted)
    if act == "ours" and section == "rounds":
        return _with_our_rounds(fields)
    return Shown(MultiDict(rearranged(section, fields, act) if section in ROWS else fields))


def _with_our_rounds(fields: Fields) -> Shown:
    """The rounds of Sill's own calendar added, as far as no row has their name."""
    there = {name.strip().casefold() for name in fields.get("round", [])}
    new = [each for each in our_rounds.rounds() if each.is_active and each.name.casefold() not in there]
    rows = [pair for pair in zip(fields.get("round", []), fields.get("districts", []), strict=False) if any(pair)]
    rows += [(each.name, ", ".join(each.areas)) for each in new]
    told = f"{len(new)} added. Save to keep them." if new else "All of them are here already."
    typed = {**fields, "round": [name for name, _ in rows], "districts": [places for _, places in rows]}
    return Shown(MultiDict(typed), told=told)


def _page(section: str, shown: Shown, status: int = 200) -> Response:
    account = get_account()
    seen = services.fingerprint(account, section)
    if "seen" in request.form and not shown.conflict:
        seen = request.form["seen"]  # who mends a slip, or adds a row, has seen no more than before
    return page(
        "squeegee/settings/section.html", status, **desk("settings"), section=section, sections=SECTION_WORDS,
        shown=shown, typed=shown.fields, errors=shown.errors, seen=seen,
        settings_page="squeegee", **_extras(section, account, shown),
        **_previewed(section, shown.fields if shown.is_unsaved else None, account),
    )  # fmt: skip


def _extras(section: str, account: SqueegeeAccount, shown: Shown) -> dict[str, Any]:
    """What only one of the pages shows besides."""
    if section == "services":
        return {"codes": SERVICE_CODES}
    if section == "frequencies":
        return {"frequencies": FREQUENCY_WORDS, "rhythms": RHYTHMS}
    if section == "wording":
        return {"variables": VARIABLES}
    if section == "file":
        return {"facts": [(key, fact.label) for key, fact in FILE_FACTS.items()]}
    if section == "advanced":
        return {"entries": wire.ENTRIES}
    reached = {place for each in account.rounds for place in each["districts"]}
    reached |= {place.partition(" ")[0] for place in reached}
    return {
        "overlaps": overlaps(account.rounds),
        "left_out": [
            each for each in current_workspace().service_districts
            if each not in reached and each.rstrip("0123456789") not in reached
        ] if account.rounds else [],
        "has_rounds": bool(our_rounds.rounds()),
    }  # fmt: skip


def _previewed(
    section: str, typed: MultiDict[str, str] | None, account: SqueegeeAccount | None = None
) -> dict[str, Any]:
    """The values of the preview. `typed` None: by what is kept."""
    account = account or get_account()
    leads = offered_leads()
    wanted = request.values.get("lead", "")
    chosen = next((each for each in leads if str(each.id) == wanted), leads[0])
    return {
        "leads": leads,
        "preview": _preview_of(chosen, account, section, typed),
        "is_behind": typed is not None and not _can_take(section, typed),
    }


def _can_take(section: str, typed: MultiDict[str, str]) -> bool:
    try:
        _judged(section, typed)
    except Invalid:
        return False
    return True


def _preview_of(chosen: Any, account: SqueegeeAccount, section: str, typed: MultiDict[str, str] | None) -> Preview:
    kept: dict[str, Any] = {
        column: getattr(account, column)
        for column in ("service_ids", "frequencies", "tags", "notes_template", "rounds", "file_columns")
    }
    paths = account.wire
    if typed is not None and _can_take(section, typed):
        values = _judged(section, typed)
        paths = values.get("wire", paths)
        kept |= {column: value for column, value in values.items() if column in kept}
    draft: Account = Draft(**kept)
    return preview(chosen, draft, wire.read(paths))
