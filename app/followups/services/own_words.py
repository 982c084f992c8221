"""Words of messages that were written on a sequence's sheet, kept as templates of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.core.errors import Invalid
from app.core.permissions import Actor
from app.followups.queries.steps import Step
from app.messaging.services.templates import TemplateDraft, save


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Words for one step, by its key."""

    key: str
    channel: str
    name: str
    subject: str
    body: str


def keep_words(steps: tuple[Step, ...], written: Iterable[OwnWords], actor: Actor) -> tuple[Step, ...]:
    """Keep each as a service template, and return the steps with the templates' keys.

    Raises Invalid with `steps.<key>.<field>` (subject, body, title) for words that can't be kept.
    """
    keys: dict[str, str] = {}
    errors: dict[str, str] = {}
    for each in written:
        draft = TemplateDraft(each.name, each.channel, "service", each.subject, each.body, False)
        try:
            keys[each.key] = save(None, draft, None, actor).key
        except Invalid as error:
            errors |= {f"steps.{each.key}.{_FIELDS.get(name, name)}": words for name, words in error.errors.items()}
    if errors:
        raise Invalid(errors)
    return _with_keys(steps, keys)


_FIELDS = {"name": "title"}


def _with_keys(steps: tuple[Step, ...], keys: Mapping[str, str]) -> tuple[Step, ...]:
    return tuple(
        replace(
            step, template_key=keys.get(step.key, step.template_key), yes=_with_keys(step.yes, keys),
            no=_with_keys(step.no, keys),
        )
        for step in steps
    )  # fmt: skip
