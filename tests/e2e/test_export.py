"""Exporting the list by hand: the form opens over it, the file is saved beside it, and the list stays as it was."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Device, People
from tests.e2e.steps import SLUG


@pytest.mark.parametrize("device", ("desktop", "phone"))
def test_a_file_of_what_the_list_shows(people: People, device: Device) -> None:
    page = people.staff(device)
    page.goto(f"/w/{SLUG}/leads?stage=open&sort=-value")
    total = page.locator("[data-list-count] [data-total]")
    expect(total).to_contain_text("lead")
    shown = page.locator(".list-table a.row-link").all_inner_texts()
    page.get_by_role("link", name="Export", exact=True).click()
    form = page.get_by_role("dialog")
    expect(form.get_by_role("heading", name="Export")).to_have_text(f"Export {total.inner_text()}")
    form.get_by_label("Everything we know of a lead").check()
    with page.expect_download() as saved:
        form.get_by_role("button", name="Export").click()
    expect(form).to_be_hidden()
    expect(page.locator(".list-table a.row-link").first).to_have_text(shown[0])
    text = Path(saved.value.path()).read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Name"] for row in rows][: len(shown)] == shown
    assert f"{len(rows):,}" == total.get_attribute("data-total")

    page.get_by_role("link", name="Export", exact=True).click()
    form.get_by_role("link", name="Earlier exports").click()
    expect(page.get_by_role("heading", name="No files at the moment")).to_be_visible()


def test_only_those_that_are_ticked(people: People) -> None:
    page = people.staff()
    page.goto(f"/w/{SLUG}/leads?stage=open&sort=-value")
    names = page.locator(".list-table a.row-link")
    shown = names.all_inner_texts()
    boxes = page.locator("[data-bulk-pick]")
    boxes.nth(2).check()
    boxes.nth(0).check()
    bar = page.locator("#bulk")
    bar.locator("summary", has_text="Export").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as saved:
        bar.get_by_role("button", name="CSV").press("Enter")
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
    assert [row["Name"] for row in rows] == [shown[0], shown[2]]
    expect(boxes.nth(2)).to_be_checked()
