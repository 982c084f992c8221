"""The pages of an import, from the file to taking it back, as a browser without scripts sees them."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.imports.models import Import
from app.imports.queries.examples import EXAMPLES
from app.imports.queries.fields import FIELDS
from app.leads.models import Lead, LeadSource, Stage

ROOT = "/w/wells/imports"
TEXT = """Name,Status,Email,Phone,Postcode,Price,Frequency,Van
Hannah Cole,Sold,hannah.cole@example.com,07700 900318,BA5 2QJ,£24,8 weekly,2
Owen Pike,Sold,owen.pike@example.com,,BA5 1AF,£19,4 weekly,1
,Sold,nobody@example.com,,,,,3
"""


def upload(client: Any, text: str = TEXT, name: str = "leads.csv", **more: str) -> Any:
    data = {"file": (BytesIO(text.encode()), name), **more}
    return client.post(ROOT, data=data, content_type="multipart/form-data")


def upload_raw(client: Any, text: str) -> Any:
    """The same for large files, for which the test's browser would leave a file of its own open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="leads.csv"\r\n\r\n'
    body = head + text.encode() + b"\r\n--x--\r\n"
    return client.post(ROOT, data=body, content_type="multipart/form-data; boundary=x")


def fields_of(html: str) -> dict[str, str]:
    """What a browser would send for the form of a step: hidden fields and chosen options."""
    form = html[html.index('<form class="stack import"') :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    for name, options in re.findall(r'<select [^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<\n]*)", options)
        found[name] = (chosen[1] or chosen[2].strip()) if chosen else ""
    return found


@pytest.fixture
def checked(alice: Any, run_outbox: Callable[[], int]) -> Callable[..., str]:
    """Bring a file as far as its dry run by the pages; returns the import's address."""

    def make(text: str = TEXT, **settings: str) -> str:
        at = upload(alice, text).headers["Location"].removesuffix("/columns")
        alice.post(f"{at}/columns", data=fields_of(alice.get(f"{at}/columns").text))
        typed = fields_of(alice.get(f"{at}/settings").text) | {"source_id": website_form()} | settings
        words = re.findall(r'name="word" value="([^"]*)"', alice.get(f"{at}/settings").text)
        answer = alice.post(f"{at}/settings", data={**typed, "word": words})
        assert (answer.status_code, answer.headers["Location"]) == (303, at)
        run_outbox()
        return at

    return make


def website_form() -> str:
    """The source that most of these leads came from."""
    return str(db.session.scalars(select(LeadSource.id).where(LeadSource.key == "website_form")).one())


def leads() -> list[str]:
    db.session.expire_all()
    return sorted(lead.contact.name for lead in db.session.scalars(select(Lead)))


def test_a_file_goes_from_choosing_to_leads_and_back(alice: Any, checked: Any, run_outbox: Any) -> None:
    at = checked()
    page = alice.get(at).text
    assert "Waits for you" in page
    assert "Bring 2 rows in" in page
    assert "There is no name" in page  # what can't be brought in is shown first
    assert leads() == []
    assert alice.post(f"{at}/run").status_code == 303
    assert "rows brought in" in alice.get(at).text
    run_outbox()
    done = alice.get(at).text
    assert "See the new leads" in done
    assert leads() == ["Hannah Cole", "Owen Pike"]
    listed = alice.get(re.search(r'href="([^"]*leads\?import=[^"]*)"', done)[1]).text  # type: ignore[index]
    assert "Hannah Cole" in listed
    assert "From the import of" in listed
    assert alice.post(f"{at}/undo").status_code == 303
    run_outbox()
    gone = alice.get(at).text
    assert "Everything that this import made is gone" in gone and "stay filled" not in gone
    assert leads() == []


def test_columns_are_suggested_and_what_is_chosen_counts(alice: Any) -> None:
    at = upload(alice).headers["Location"]
    typed = fields_of(alice.get(at).text)
    assert [typed[f"column-{n}"] for n in range(8)] == [
        "Name", "Stage", "Email", "Phone", "Postcode", "Price", "How often", ""
    ]  # fmt: skip
    alice.post(at, data=typed | {"column-7": "Notes"})
    assert db.session.scalars(select(Import)).one().mapping["7"] == "notes"
    wrong = alice.post(at, data=fields_of(alice.get(at).text) | {"column-7": "Email"})
    assert wrong.status_code == 422
    assert "is the email already" in wrong.text
    assert fields_of(wrong.text)["column-7"] == "Email"  # what was chosen stands there still
    nameless = alice.post(at, data=fields_of(alice.get(at).text) | {"column-0": ""})
    assert "Choose which column holds the name" in nameless.text


def test_words_for_stages_are_mapped_once_for_all(alice: Any, checked: Any, run_outbox: Any) -> None:
    stage = db.session.scalars(select(Stage).where(Stage.key == "booking_confirmed")).one()
    at = checked(**{"word-0": str(stage.id), "tag": "From Notion"})
    alice.post(f"{at}/run")
    run_outbox()
    db.session.expire_all()
    assert {lead.stage_id for lead in db.session.scalars(select(Lead))} == {stage.id}
    assert "From Notion" in alice.get("/w/wells/settings/tags").text


def test_what_another_changed_or_began_meanwhile_is_a_conflict(alice: Any, checked: Any, run_outbox: Any) -> None:
    at = upload(alice).headers["Location"].removesuffix("/columns")
    stale = fields_of(alice.get(f"{at}/columns").text)
    alice.post(f"{at}/columns", data=stale | {"column-7": "Tags"})
    answer = alice.post(f"{at}/columns", data=stale | {"column-7": "Notes"})
    assert answer.status_code == 409
    assert "Someone else has changed this import" in answer.text
    assert alice.post(f"{at}/run").status_code == 409
    at = checked()
    alice.post(f"{at}/run")
    assert alice.post(f"{at}/run").status_code == 409
    assert alice.get(f"{at}/columns").status_code == 303
    assert alice.post(f"{at}/undo").status_code == 409
    run_outbox()


def test_a_wrong_setting_is_said_beside_its_field(alice: Any) -> None:
    at = upload(alice).headers["Location"].removesuffix("/columns")
    typed = fields_of(alice.get(f"{at}/settings").text)
    answer = alice.post(f"{at}/settings", data=typed | {"tag": "x" * 60, "begin_sequences": "1"})
    assert answer.status_code == 422
    assert "Choose where these leads came from" in answer.text
    assert 'value="' + "x" * 60 in answer.text
    assert re.search(r'name="begin_sequences" value="1" checked', answer.text)
    assert "one tag at a time" in alice.post(f"{at}/settings", data=typed | {"tag": "Notion, old"}).text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "leads.csv", "This file is empty"), (b"%PDF-1.7 x", "leads.csv", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "This is a picture"), (b"Name,Email\n", "leads.csv", "no rows"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_said_beside_the_field(alice: Any, content: bytes, name: str, words: str) -> None:
    data = {"file": (BytesIO(content), name), "layout": "notion"}
    answer = alice.post(ROOT, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r'value="notion" checked', answer.text)
    assert db.session.scalar(select(func.count()).select_from(Import)) == 0
    assert alice.post(ROOT, data={}).status_code == 422


def test_a_form_with_a_large_file_is_taken_and_larger_ones_are_not(alice: Any) -> None:
    rows = "".join(f"Person {n},p{n}@example.com,{'x' * 600}\n" for n in range(3000))
    answer = upload_raw(alice, "Name,Email,Notes\n" + rows)  # two million bytes: other forms end at one
    assert answer.status_code == 303
    assert upload_raw(alice, "Name,Email\n" + "x" * 17_000_000).status_code == 413


def test_rows_are_listed_a_page_at_a_time(alice: Any, checked: Any, count_sql: Any) -> None:
    people = "".join(f"Person {n},p{n}@example.com,BA5 2QJ\n" for n in range(70))
    at = checked("Name,Email,Postcode\n" + people)
    alice.get(at)
    with count_sql() as statements:
        page = alice.get(f"{at}?show=ready")
    assert len(statements) <= 8
    assert len(page.data) <= 60 * 1024
    after = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert after
    following = alice.get(after[1].replace("&amp;", "&")).text
    assert "Person 30" in following
    assert "Person 29" not in following


def test_what_cant_be_brought_in_is_a_file_to_mend(alice: Any, checked: Any) -> None:
    at = checked()
    answer = alice.get(f"{at}/problems.csv")
    assert answer.mimetype == "text/csv"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "nobody@example.com" in lines[1]
    assert "There is no name" in lines[1]


def test_examples_are_told_as_what_they_are(alice: Any) -> None:
    for layout in EXAMPLES:
        text = alice.get(f"{ROOT}/example/{layout}.csv").data.decode("utf-8-sig")
        at = upload(alice, text).headers["Location"]
        assert db.session.scalars(select(Import).order_by(Import.id.desc())).first().layout == layout
        mapped = fields_of(alice.get(at).text)
        assert sum(bool(value) for name, value in mapped.items() if name.startswith("column-")) >= 8
    assert alice.get(f"{ROOT}/example/other.csv").status_code == 404
    assert alice.get(ROOT).text.count('class="row-link"') == len(EXAMPLES)


def test_a_wide_file_has_a_small_page(alice: Any) -> None:
    titles = [f"Column of the file number {n}" for n in range(120)]
    text = ",".join(["Name", "Email", *titles]) + "\n" + ",".join(["Ann Ash", "a@example.com", *["some words"] * 120])
    at = upload(alice, text).headers["Location"]
    page = alice.get(at)
    assert len(page.data) <= 60 * 1024
    typed = dict(re.findall(r'name="(column-\d+)" list="fields" value="([^"]*)"', page.text))
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert (typed["column-0"], typed["column-1"]) == ("Name", "Email")
    assert seen
    answer = alice.post(at, data=typed | {"seen": seen[1], "column-5": "Nonsense"})
    assert "Choose one from the list" in answer.text
    assert alice.post(at, data=typed | {"seen": seen[1], "column-5": "notes"}).status_code == 303


def test_forty_columns_of_lists_fit_a_page(alice: Any) -> None:
    labels = [field.label for field in FIELDS] + [f"More {n}" for n in range(40 - len(FIELDS))]
    row = ["a long enough cell of the file, with words"] * 40
    at = upload(alice, ",".join(labels) + "\n" + ",".join(f'"{cell}"' for cell in row)).headers["Location"]
    page = alice.get(at)
    assert "<datalist" not in page.text
    assert len(page.data) <= 60 * 1024


def test_a_lead_shows_the_row_it_came_from(alice: Any, bob: Any, checked: Any, run_outbox: Any) -> None:
    at = checked()
    alice.post(f"{at}/run")
    run_outbox()
    lead = db.session.scalars(select(Lead).order_by(Lead.number)).first()
    link = f"/w/wells/leads/{lead.id}/import"
    assert link in alice.get(f"/w/wells/leads/{lead.id}/more", hx=True).text
    shown = alice.get(link, hx=True).text
    assert "row <span" in shown
    assert "Van" in shown
    assert bob.get(link).status_code == 403
    assert link not in bob.get(f"/w/wells/leads/{lead.id}/more", hx=True).text
    bare = next(iter(db.session.scalars(select(Lead).order_by(Lead.number.desc()))))
    assert alice.get(f"/w/wells/leads/{bare.id}/import").status_code == 200


def test_an_import_may_be_called_off_and_gone_on_with(alice: Any, checked: Any, run_outbox: Any) -> None:
    at = checked()
    assert alice.post(f"{at}/cancel").status_code == 303
    assert "Bring 2 rows in after all" in alice.get(at).text
    alice.post(f"{at}/run")
    run_outbox()
    assert leads() == ["Hannah Cole", "Owen Pike"]


def test_only_those_who_may_import_see_imports(alice: Any, bob: Any, carol: Any, dave: Any, mallory: Any) -> None:
    at = upload(alice).headers["Location"]
    for client in (bob, carol, dave):
        assert client.get(ROOT).status_code == 403
        assert client.get(at).status_code == 403
        assert "/imports" not in client.get("/w/wells/leads").text
    assert "/imports" in alice.get("/w/wells/leads").text
    assert mallory.get(at.replace("wells", "rival")).status_code == 404


def test_rows_with_something_unread_are_shown_before_they_come_in(alice: Any, checked: Any) -> None:
    text = "Name,Phone,Price,Property type,Bedrooms\nAnn Pike,07700 900123,£24,Semi,3\n"
    text += "Bob Fox,07700 900124,abc,Yurt,many\n"
    at = checked(text)
    html = alice.get(at).text
    assert "With a remark" in html and "Bob Fox" in html and "Ann Pike" not in html
    for words in ("The price can’t be read", "“Kind of house” says something", "“Bedrooms” says something"):
        assert words in html, words
    everyone = alice.get(f"{at}?show=ready").text
    assert "Ann Pike" in everyone and "Bob Fox" in everyone


def test_leads_of_a_plain_table_come_from_nowhere_until_somebody_says_so(alice: Any) -> None:
    at = upload(alice).headers["Location"].removesuffix("/columns")
    assert alice.post(f"{at}/columns", data=fields_of(alice.get(f"{at}/columns").text)).status_code == 303
    typed = fields_of(alice.get(f"{at}/settings").text)
    assert typed["source_id"] == ""
    assert alice.post(f"{at}/settings", data=typed).status_code == 422


def test_a_second_dry_run_looks_at_every_row_anew(alice: Any, checked: Any, run_outbox: Any) -> None:
    """Whoever goes back and chooses otherwise is told of all rows as they are read now."""
    at = checked()
    typed = fields_of(alice.get(f"{at}/columns").text) | {"column-0": "", "column-7": "Name"}
    assert alice.post(f"{at}/columns", data=typed).status_code == 303
    typed = fields_of(alice.get(f"{at}/settings").text) | {"source_id": website_form()}
    assert alice.post(f"{at}/settings", data=typed).status_code == 303
    run_outbox()
    page = alice.get(at).text
    assert "Bring 3 rows in" in page
    assert "There is no name" not in page
