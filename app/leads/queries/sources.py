"""Reading lead sources."""

from app.core.catalogue import known
from app.leads.models import LeadSource


def source_choices() -> list[tuple[str, str]]:
    """(key, name) of the sources in use, by name."""
    return [(source.key, source.name) for source in _in_use()]


def source_options() -> list[tuple[str, str]]:
    """(id, name) of the sources in use, by name."""
    return [(str(source.id), source.name) for source in _in_use()]


def _in_use() -> list[LeadSource]:
    return sorted((source for source in known(LeadSource) if source.is_active), key=lambda source: source.name)
