"""Bringing a file in: its rows are kept sealed, its columns guessed, and nothing else happens yet."""

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.core.spreadsheets.writing import write_csv, write_xlsx
from app.extensions import db
from app.imports.models import ImportRow
from app.imports.queries import import_page, rows_page, samples, words_in
from app.imports.services import begin
from app.leads.models import Lead
from tests.support.world import World

HEADER = ["Name", "Status", "Squeegee Status", "Reference", "Mobile", "Address", "Services"]
ROWS = [
    ["Ann Pike", "Quote sent", "Not Processed", "17", "07700 900123", "12 Mill Lane, Wells BA5 2QJ", "Windows £24"],
    ["Bob Fox", "Won", "Processed", "18", "01632 960001", "3 High Street\nWells BA5 2QA", "Gutters £80"],
    ["Cid Ash", "won", "", "19", "", "", ""],
]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_file_is_kept_row_by_row_with_a_guess_at_its_columns(world: World, write) -> None:  # type: ignore[no-untyped-def]
    made = begin(write(HEADER, ROWS), "Leads export.csv", None, world.alice.actor)
    db.session.commit()
    kept = import_page(made.id)
    assert (kept.layout, kept.state, kept.total, kept.file_name) == ("notion", "uploaded", 3, "Leads export.csv")
    assert list(kept.mapping.values()) == [
        "name", "stage", "squeegee_status", "reference", "mobile", "address", "services",
    ]  # fmt: skip
    assert samples(made.id, 2) == ROWS[:2]
    page = rows_page(made.id, most=2)
    assert [row.position for row in page.rows] == [2, 3] and page.after == 3
    assert [row.cells for row in rows_page(made.id, after=page.after).rows] == ROWS[2:]
    assert words_in(made.id, 1) == [("Won", 2), ("Quote sent", 1)]
    assert db.session.scalars(select(Lead)).all() == []


def test_what_is_kept_of_a_row_is_sealed(world: World) -> None:
    made = begin(write_csv(HEADER, ROWS), "x.csv", "plain", world.alice.actor)
    assert made.layout == "plain"
    stored = db.session.scalars(select(ImportRow.raw_sealed)).all()
    assert len(stored) == 3 and not any(b"Pike" in blob or b"Mill" in blob for blob in stored)


def test_what_is_no_table_is_refused_in_words(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        begin(b"%PDF-1.7 ...", "leads.pdf", None, world.alice.actor)
    assert "PDF" in refused.value.errors["file"]


@pytest.mark.parametrize("said", ["07700 900123", "ann.pike@example.com", "BA5 2QJ"])
def test_a_file_without_titles_is_refused(world: World, said: str) -> None:
    """Its first customer would be missing, and stand in the database in the clear for ever, in place of the titles."""
    with pytest.raises(Invalid) as refused:
        begin(write_csv(["Ann Pike", said], [["Bob Fox", "x"]]), "leads.csv", None, world.alice.actor)
    assert said in refused.value.errors["file"] and "titles" in refused.value.errors["file"]


def test_titles_that_look_a_little_like_customers_are_titles(world: World) -> None:
    titles = ["Mobile", "Initial", "Phone 2", "05/01/2026", "01/02/2026 10:30", "8 weekly", "Address 2", "M1"]
    assert begin(write_csv(titles, [["x"] * len(titles)]), "leads.csv", None, world.alice.actor).header == titles
