"""Taking a file all the way."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.spreadsheets.writing import write_csv
from app.extensions import db
from app.imports import services
from app.imports.models import Import
from app.imports.queries import import_page
from tests.imports.tables import HEADER
from tests.support.world import World


@pytest.fixture
def bring_in(world: World, run_outbox: Callable[[], int]) -> Callable[..., Import]:
    """Take a file all the way; returns the import, read anew."""

    def bring(rows: list[list[str]], header: list[str] = HEADER, until: str = "done", **options: Any) -> Import:
        made = services.begin(write_csv(header, rows), "leads.csv", None, world.alice.actor)
        made = services.map_columns(
            made.id, made.mapping, {**made.options, **options}, made.version, world.alice.actor
        )  # fmt: skip
        services.check(made.id, world.alice.actor)
        db.session.commit()
        run_outbox()
        db.session.expire_all()
        if until == "done":
            services.run(made.id, world.alice.actor)
            db.session.commit()
            run_outbox()
            db.session.expire_all()
        return import_page(made.id)

    return bring
