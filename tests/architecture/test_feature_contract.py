"""The import contract says no where it must, and yes where work is done."""

import pytest

from tests.architecture.feature_contract import fault

FEATURES = {"leads", "quotes"}


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("app.core.outbox", "app.leads.models"),
        ("app.core", "app.leads"),
        ("app.extensions", "app.leads.services"),
        ("app.core.events", "app.reactions"),
        ("app.leads.services", "app.schedule"),
        ("app.leads.views", "app.quotes.views"),
        ("app.leads.views.board", "app.quotes.forms"),
        ("app.leads.services", "app.quotes.jobs"),
        ("app.leads.services", "app.leads.views"),
        ("app.leads.models", "app.leads.services"),
        ("app.leads.models.lead", "app.quotes.queries"),
        ("app.leads.queries", "app.leads.services.moving"),
        ("app.leads.jobs", "app.leads.views"),
    ],
)
def test_an_import_against_the_layers_is_refused(importer: str, imported: str) -> None:
    assert fault(importer, imported, FEATURES)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("app.features", "app.leads.views"),
        ("app.reactions", "app.quotes.jobs"),
        ("app", "app.features"),
        ("app.leads.views", "app.leads.forms"),
        ("app.leads.views.board", "app.quotes.queries"),
        ("app.leads.services", "app.quotes.models"),
        ("app.leads.services.moving", "app.leads.services.assigning"),
        ("app.leads.services", "app.leads.ports"),
        ("app.leads.models", "app.core.db"),
        ("app.leads.jobs", "app.leads.services"),
    ],
)
def test_an_import_with_the_layers_is_let_through(importer: str, imported: str) -> None:
    assert fault(importer, imported, FEATURES) is None
