"""Making a workspace with all that it needs to take its first enquiry."""

import re
import secrets
import unicodedata
from uuid import UUID

from sqlalchemy import text

from app.accounts.models import User
from app.core import access_keys
from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.keyring import make_keys
from app.core.permissions import Actor
from app.core.tenancy import Scope, enter
from app.extensions import db
from app.followups.services.setting_out import add_default_sequences
from app.lead_forms.models import LeadForm
from app.leads.models import LeadSource, Pipeline, Stage
from app.messaging.models import MessageTemplate
from app.squeegee.models import SqueegeeAccount
from app.workspaces import defaults
from app.workspaces.models import Membership, Workspace

_LONGEST_SLUG = 40
_NO_LETTERS = re.compile(r"[^a-z0-9]+")


def create_workspace(name: str, slug: str, owner: User, actor: Actor, *, form_key: str | None = None) -> Workspace:
    """Make a workspace that `owner` owns, with keys, pipeline, sources, words, sequences and a form.

    Enters its scope, so that what follows in the transaction happens inside it. Raises Invalid for a slug or a form key
    that is taken. Publishes workspace.created.
    """
    _hold_names()
    if access_keys.is_taken("slug", slug):
        raise Invalid({"slug": "This address is taken. Choose another."})
    workspace_id = new_id()
    enter(Scope(workspace_id, owner.id, "all"))
    workspace = Workspace(
        id=workspace_id, slug=slug, name=name, reply_email=owner.email, notification_email=owner.email,
        lead_number_prefix=number_prefix(name), quote_terms=defaults.QUOTE_TERMS,
    )  # fmt: skip
    db.session.add(workspace)
    db.session.flush()
    make_keys(workspace_id)
    access_keys.register("slug", slug, workspace_id, workspace_id)
    db.session.add(Membership(user_id=owner.id, role="owner"))
    _add_defaults(name, slug, form_key)
    db.session.flush()
    publish(Event("workspace.created", workspace_id, actor, "workspace", workspace_id, after={"name": name}))
    return workspace


def free_slug(name: str) -> str:
    """An address for the workspace that nobody has: its name in plain letters, numbered when that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _NO_LETTERS.sub("-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or "workspace"
    _hold_names()
    for candidate in (stem, *(f"{stem}-{number}" for number in range(2, 10))):
        if not access_keys.is_taken("slug", candidate):
            return candidate
    return f"{stem}-{secrets.token_hex(4)}"


def number_prefix(name: str) -> str:
    """The letters before lead numbers: the initials of the name, such as SWC for Somerset Window Cleaning."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(word[0] for word in re.findall(r"[A-Za-z]+", plain))[:4].upper() or "L"


def _hold_names() -> None:
    """Give out addresses one at a time: two firms of one name may sign up in the same moment."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtext('sill workspace slugs'))"))


def _add_defaults(name: str, slug: str, form_key: str | None) -> None:
    pipeline = Pipeline(name="Enquiries")
    stages = _stages(pipeline.id)
    templates = {each.key: MessageTemplate(**each._asdict()) for each in defaults.TEMPLATES}
    sources = {each.key: LeadSource(**each._asdict()) for each in defaults.SOURCES}
    db.session.add(pipeline)
    db.session.flush()
    db.session.add_all([*stages.values(), *templates.values(), *sources.values()])
    db.session.flush()
    add_default_sequences({key: stage.id for key, stage in stages.items()})
    _add_form(name, form_key or f"{slug}-{secrets.token_hex(5)}", sources["website_form"].id)
    _add_squeegee_account()


def _stages(pipeline_id: UUID) -> dict[str, Stage]:
    return {
        each.key: Stage(
            pipeline_id=pipeline_id, key=each.key, name=each.name, description=each.description, position=position,
            colour=each.colour, follow_up_days=each.days, is_final=each.is_final,
        )
        for position, each in enumerate(defaults.STAGES, start=1)
    }  # fmt: skip


def _add_form(name: str, key: str, source_id: UUID) -> None:
    if access_keys.is_taken("form", key):
        raise Invalid({"form_key": "This form key is taken. Choose another."})
    form = LeadForm(
        key=key, name=f"{name}: quote form", source_id=source_id, consent_wording=defaults.CONSENT_WORDING,
        thank_you=defaults.THANK_YOU,
    )  # fmt: skip
    db.session.add(form)
    access_keys.register("form", key, form.workspace_id, form.id)


def _add_squeegee_account() -> None:
    """The account's id is the key of its webhook's address; the secret that signs what comes there is the guard."""
    account = SqueegeeAccount()
    account.renew_webhook_secret()
    db.session.add(account)
    access_keys.register("webhook", str(account.id), account.workspace_id, account.id)
