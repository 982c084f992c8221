"""Through whom a workspace sends and receives: its own providers, kept sealed, each tested by a button.

A workspace without one of its own sends through the installation's; an inbox has no such fallback.
"""

import json
from collections import OrderedDict
from dataclasses import fields, replace
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import catalogue
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id
from app.core.transactions import after_commit
from app.extensions import db
from app.messaging.models import MessageProvider
from app.messaging.ports.settings import KINDS, Settings
from app.messaging.services import breaker
from app.messaging.services.resuming import wake_waiting
from app.workspaces.queries import current_workspace

_MOST_KEPT = 2_000  # workspaces
#: What is known of workspaces: the count of their changes, and their providers by channel, sealed as they are.
_kept: OrderedDict[UUID, tuple[int, dict[str, MessageProvider]]] = OrderedDict()
_lock = Lock()
CHANGED_MEANWHILE = "Someone else changed this meanwhile. Reload to see it."


def provider_for(channel: str) -> Any:
    """The settings of the workspace's own provider for email, sms or inbox (ports/settings.py); None without one.

    One that was switched off is none.
    """
    found = known_provider(channel)
    return settings_of(found) if found is not None else None


def known_provider(channel: str) -> MessageProvider | None:
    """The workspace's own provider in use, detached. Costs no statement while nothing of the workspace has changed."""
    workspace = current_workspace()
    with _lock:
        kept = _kept.get(workspace.id)
    if kept is None or kept[0] != workspace.catalogue_version:
        rows = {each.channel: each for each in catalogue.known(MessageProvider) if each.is_active}
        kept = (workspace.catalogue_version, rows)
        with _lock:
            _kept[workspace.id] = kept
            _kept.move_to_end(workspace.id)
            if len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return kept[1].get(channel)


def settings_of(provider: MessageProvider) -> Settings:
    """What is kept of a provider, opened."""
    return KINDS[provider.channel, provider.kind].from_json(json.loads(provider.settings))


def providers() -> dict[str, MessageProvider]:
    """The workspace's own providers by channel, as they stand now."""
    query = select(MessageProvider).where(MessageProvider.workspace_id == current_workspace_id())
    return {each.channel: each for each in db.session.scalars(query)}


def get_provider(channel: str, *, lock: bool = False) -> MessageProvider:
    """One of them. Raises NotFound."""
    query = select(MessageProvider).where(
        MessageProvider.workspace_id == current_workspace_id(), MessageProvider.channel == channel
    )
    return load_one(query, lock=lock)


def save_provider(channel: str, kind: str, settings: Settings, seen: int, actor: Actor) -> MessageProvider:
    """Keep a provider's settings. A blank secret keeps the one there is; `seen` is the form's version (0: none).

    Raises Conflict when someone else saved meanwhile, Invalid when a secret must be entered again: one is never told
    to a server that it was not entered for.
    """
    provider = providers().get(channel)
    if (provider.version if provider else 0) != seen:
        raise Conflict(CHANGED_MEANWHILE)
    if provider is None:
        provider = MessageProvider(channel=channel, kind=kind, progress={})
        db.session.add(provider)
    elif provider.kind == kind:
        settings = _with_kept_secrets(settings, settings_of(provider))
    provider.kind, provider.settings, provider.is_active = kind, json.dumps(settings.as_json()), True
    provider.tested_at, provider.error = None, None
    provider.updated_by, provider.updated_at = actor.user_id, utcnow()
    _flush()
    _try_at_once(provider)
    _tell("provider.changed", provider, actor)
    return provider


def remove_provider(channel: str, actor: Actor) -> None:
    """Forget a provider and its secrets: from now on the installation's own is used. Raises NotFound."""
    provider = get_provider(channel, lock=True)
    _try_at_once(provider)
    _tell("provider.removed", provider, actor)
    db.session.delete(provider)
    _flush()


def note_result(channel: str, code: str | None) -> None:
    """Note how a test ended: a code of trouble, None when it went well. Then what waited for the provider goes on."""
    provider = get_provider(channel, lock=True)
    provider.tested_at, provider.error = utcnow(), code
    db.session.flush()
    if code is None:
        _try_at_once(provider)


def note_failure(channel: str, code: str) -> None:
    """Note that the workspace's own provider lets us in no more, or is silent, and tell of it once. One of the
    installation's is for whoever runs Sill.
    """
    known = known_provider(channel)
    if known is None:
        return
    provider = get_provider(channel, lock=True)
    if provider.error == code:
        return
    provider.error, provider.tested_at = code, utcnow()
    db.session.flush()
    data = {"channel": channel, "error": code}
    publish(Event("provider.failed", provider.workspace_id, SYSTEM, "message_provider", provider.id, data=data))


def _try_at_once(provider: MessageProvider) -> None:
    """Nothing waits for it any more: it was set up anew or removed, or somebody has seen it work."""
    provider_id = provider.id
    after_commit(lambda: breaker.forget(provider_id))
    wake_waiting(provider)


def _flush() -> None:
    """Write it. The trigger has counted the change on the workspace's row, which is read anew when next asked for."""
    db.session.flush()
    db.session.expire(current_workspace(), ["catalogue_version"])


def _with_kept_secrets(new: Settings, old: Settings) -> Settings:
    """The new settings, blank secrets filled from the old. Raises Invalid when they'd be told to somebody else."""
    blank = [name for name in new.SECRETS if not getattr(new, name) and getattr(old, name)]
    moved = any(getattr(new, name) != getattr(old, name) for name in new.TOLD_TO)
    if blank and moved:
        raise Invalid(dict.fromkeys(blank, "Enter this again: it belongs to the server that was here before."))
    return replace(new, **{name: getattr(old, name) for name in blank})


def _tell(name: str, provider: MessageProvider, actor: Actor) -> None:
    """Which fields there are is told, none of what they hold."""
    known = sorted(each.name for each in fields(KINDS[provider.channel, provider.kind]))
    data = {"channel": provider.channel, "kind": provider.kind, "fields": known}
    publish(Event(name, provider.workspace_id, actor, "message_provider", provider.id, data=data))
