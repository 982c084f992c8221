"""Making forms and changing them. What customers are shown is kept by version, so that consent can be read again."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core import access_keys
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.permissions import Actor
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.queries import all_forms, find_version, get_form
from app.lead_forms.services.versions import SHOWN, keep_version

MOST_FORMS = 30
_CONFLICT = "Someone else changed this form while you had it open. Look at both, then save again to keep yours."
_NAME_TAKEN = "Another form has this name. Choose one that tells them apart."


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the builder decides about a form. `content` is as services/content.py reads it."""

    name: str
    source_id: UUID
    consent_wording: str
    thank_you: str
    content: Mapping[str, Any]


def add_form(name: str, slug: str, actor: Actor) -> LeadForm:
    """Make a form as it comes, with the wording of consent that the workspace's first form has.

    Raises Invalid for a name that is missing or taken, and when there are enough forms.
    """
    pattern = _room_for(name)[0]
    return _add(
        slug, actor, name=name, source_id=pattern.source_id, consent_wording=pattern.consent_wording,
        thank_you=pattern.thank_you, content={},
    )  # fmt: skip


def copy_form(form_id: UUID, slug: str, actor: Actor) -> LeadForm:
    """Make a form like another one, switched off so that it can be changed first. Raises as `add_form`."""
    form = get_form(form_id)
    names = {each.name for each in all_forms()}
    stem = form.name[:70]
    numbered = (f"{stem}, copy {number}" for number in range(2, MOST_FORMS + 2))
    name = next(each for each in (f"{stem}, copy", *numbered) if each not in names)
    _room_for(name)
    return _add(
        slug, actor, name=name, source_id=form.source_id, consent_wording=form.consent_wording,
        thank_you=form.thank_you, content=dict(form.content), is_active=False,
        allowed_origins=list(form.allowed_origins),
    )  # fmt: skip


def change_form(form_id: UUID, facts: FormFacts, seen: int, actor: Actor) -> LeadForm:
    """Store what was built. What customers are shown becomes a new version when it differs.

    Raises NotFound, Conflict when `seen` is not the present `version` any more, Invalid for a name that is taken.
    """
    form = _locked(form_id, seen)
    if any(each.name == facts.name and each.id != form.id for each in all_forms()):
        raise Invalid({"name": _NAME_TAKEN})
    values = {
        "name": facts.name, "source_id": facts.source_id, "consent_wording": facts.consent_wording,
        "thank_you": facts.thank_you, "content": dict(facts.content),
    }  # fmt: skip
    _store(form, values, actor)
    return form


def change_sites(form_id: UUID, origins: Sequence[str], seen: int, actor: Actor) -> LeadForm:
    """Store the websites that may show a form in a frame. Raises NotFound, and Conflict as above."""
    form = _locked(form_id, seen)
    _store(form, {"allowed_origins": list(origins)}, actor)
    return form


def switch_form(form_id: UUID, is_active: bool, actor: Actor) -> LeadForm:
    """Switch a form on, or off so that its address answers nobody. Raises NotFound."""
    form = get_form(form_id)
    db.session.refresh(form, with_for_update=True)
    _store(form, {"is_active": is_active}, actor)
    return form


def bring_back(form_id: UUID, version_no: int, seen: int, actor: Actor) -> LeadForm:
    """Show customers again what an earlier version showed, as a new version. Raises NotFound and Conflict."""
    form = _locked(form_id, seen)
    earlier = find_version(form.id, version_no)
    if earlier is None:
        raise NotFound
    _store(form, {name: getattr(earlier, name) for name in SHOWN}, actor)
    return form


def _room_for(name: str) -> Sequence[LeadForm]:
    """Every form there is, when one more of this name may be made."""
    forms = all_forms()
    if not name:
        raise Invalid({"name": "Give the form a name, like Flyer or Shops and offices."})
    if len(name) > 80:
        raise Invalid({"name": "Use at most 80 characters."})
    if any(each.name == name for each in forms):
        raise Invalid({"name": _NAME_TAKEN})
    if len(forms) >= MOST_FORMS:
        raise Invalid({"name": f"{MOST_FORMS} forms are the most. Change one that is switched off instead."})
    return forms


def _add(slug: str, actor: Actor, **values: Any) -> LeadForm:
    form = LeadForm(id=new_id(), key=f"{slug}-{secrets.token_hex(5)}", **values)
    db.session.add(form)
    db.session.flush()
    access_keys.register("form", form.key, form.workspace_id, form.id)
    _tell("lead_form.created", form, actor, {}, {"name": form.name})
    return form


def _locked(form_id: UUID, seen: int) -> LeadForm:
    form = get_form(form_id)
    db.session.refresh(form, with_for_update=True)
    if form.version != seen:
        raise Conflict(_CONFLICT)
    return form


def _store(form: LeadForm, values: Mapping[str, Any], actor: Actor) -> None:
    changed = [name for name, value in values.items() if getattr(form, name) != value]
    if not changed:
        return
    before = {name: getattr(form, name) for name in changed}
    is_shown_otherwise = any(name in SHOWN for name in changed)
    if is_shown_otherwise:
        keep_version(form, actor)
        form.version_no += 1
    for name in changed:
        setattr(form, name, values[name])
    db.session.flush()
    if is_shown_otherwise:
        keep_version(form, actor)
    _tell("lead_form.changed", form, actor, before, {name: values[name] for name in changed})


def _tell(name: str, form: LeadForm, actor: Actor, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    data = {"form_id": str(form.id), "version_no": form.version_no}
    publish(
        Event(
            name, form.workspace_id, actor, "lead_form", form.id, before=_plain(before), after=_plain(after), data=data
        )
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
