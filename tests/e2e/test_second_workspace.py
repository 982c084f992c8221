"""A second firm signs up and finds nothing of the first, by any address."""

import re

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.steps import add_lead


def test_a_second_workspace_sees_nothing_of_the_first(people: People) -> None:
    people.expect_complaint("404|422")
    staff = people.staff()
    lead_id = add_lead(staff, "Sid Secret")
    page = people.stranger("desktop")
    page.goto("/signup")
    page.get_by_label("Name of your business").fill("Mendip Panes")
    page.get_by_label("Your name").fill("Ruth Vale")
    page.get_by_label("Email address").fill("ruth.vale@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make the workspace").click()
    expect(page.locator(".error").first).to_be_visible()
    expect(page.get_by_label("Name of your business")).to_have_value("Mendip Panes")
    page.get_by_label("Password").fill("four quiet ladders lean")
    page.get_by_role("button", name="Make the workspace").click()
    page.wait_for_url(re.compile(r"/w/[a-z-]+/"))
    found = re.search(r"/w/([a-z-]+)/", page.url)
    assert found and found[1] != "somerset"
    slug = found[1]
    page.goto(f"/w/{slug}/leads/board")
    expect(page.locator("section.column, .rail .slot")).to_have_count(14)
    expect(page.locator(".lead")).to_have_count(0)
    for path in (
        "somerset/leads/board", "somerset/leads", f"somerset/leads/{lead_id}", f"{slug}/leads/{lead_id}",
        f"{slug}/leads/{lead_id}/copy-sheet", f"{slug}/leads/{lead_id}/quotes/new", "somerset/outbox",
        "somerset/squeegee", "somerset/settings", "somerset/stream",
    ):  # fmt: skip
        answer = page.request.get(f"/w/{path}")
        assert answer.status == 404, path
        assert "Sid Secret" not in answer.text()
    page.goto(f"/w/{slug}/leads/{lead_id}")
    expect(page.get_by_text("Sid Secret")).to_have_count(0)
