"""Reading templates: the list, which sequences use them, and how their words were before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from app.accounts.models import User
from app.core.catalogue import known
from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Sequence
from app.followups.queries.steps import every, steps_of
from app.messaging.defaults import TEMPLATES
from app.messaging.models import MessageTemplate, MessageTemplateVersion
from app.messaging.words import TEMPLATE_USES

#: More than this nobody keeps; saving refuses beyond it.
MOST = 300
#: What the program sends by itself under these keys; such a template can be changed but not put away.
OWN_KEYS = frozenset(TEMPLATE_USES)
_MOST_VERSIONS = 50
_ALL = (
    select(MessageTemplate)
    .where(MessageTemplate.workspace_id == bindparam("here"))
    .order_by(MessageTemplate.name, MessageTemplate.key)
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class WordsOnce:
    """The words of a template as they stood; `author` is None for those that came with Sill."""

    version_no: int
    purpose: str
    subject: str
    body: str
    author: str | None
    at: datetime | None


def list_templates(*, is_archived: bool = False) -> list[MessageTemplate]:
    """The workspace's templates by name. Those it comes with and that were never stored are there as they came."""
    stored = list(db.session.scalars(_ALL, {"here": current_workspace_id()}))
    found = [each for each in stored if (each.archived_at is not None) == is_archived]
    if not is_archived:
        keys = {each.key for each in stored}
        found += [as_it_came(each.key) for each in TEMPLATES if each.key not in keys]
    return sorted(found, key=lambda each: (each.name.casefold(), each.key))


def find_template(key: str, *, lock: bool = False) -> MessageTemplate:
    """The template of that key, else the one that comes with Sill, which the session does not know. Raises NotFound."""
    query = select(MessageTemplate).where(
        MessageTemplate.workspace_id == current_workspace_id(), MessageTemplate.key == key
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).first() or as_it_came(key)


def as_it_came(key: str) -> MessageTemplate:
    """A template as every workspace starts with it, not added to the session. Raises NotFound."""
    usual = next((each for each in TEMPLATES if each.key == key), None)
    if usual is None:
        raise NotFound
    return MessageTemplate(**usual._asdict(), version_no=1, version=1)


def used_in() -> dict[str, list[Sequence]]:
    """Template key to the sequences whose present steps send it, be it in an email's place, in their order."""
    found: dict[str, list[Sequence]] = {}
    for sequence in sorted(known(Sequence), key=lambda each: (each.position, each.name)):
        keys = (key for step in every(steps_of(sequence.steps)) for key in (step.template_key, step.text_key))
        for key in dict.fromkeys(filter(None, keys)):
            found.setdefault(key, []).append(sequence)
    return found


def versions_of(template: MessageTemplate) -> list[WordsOnce]:
    """How the words were, newest first. A template that was never changed has one: as it is."""
    rows = db.session.execute(
        select(MessageTemplateVersion, User.name)
        .outerjoin(User, User.id == MessageTemplateVersion.created_by)
        .where(
            MessageTemplateVersion.workspace_id == current_workspace_id(),
            MessageTemplateVersion.template_id == template.id,
        )
        .order_by(MessageTemplateVersion.version_no.desc())
        .limit(_MOST_VERSIONS)
    ).all()  # fmt: skip
    found = [
        WordsOnce(row.version_no, row.purpose, row.subject, row.body, name, row.created_at if row.created_by else None)
        for row, name in rows
    ]
    return found or [WordsOnce(template.version_no, template.purpose, template.subject, template.body, None, None)]


def words_once(template_id: UUID, version_no: int) -> MessageTemplateVersion:
    """One earlier version. Raises NotFound."""
    found = db.session.scalars(
        select(MessageTemplateVersion).where(
            MessageTemplateVersion.workspace_id == current_workspace_id(),
            MessageTemplateVersion.template_id == template_id, MessageTemplateVersion.version_no == version_no,
        )
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    return found
