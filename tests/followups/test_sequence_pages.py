"""The pages of sequences: the list, the sheet with its small buttons, saving a version, real dates beside it."""

import re

from app.followups.queries.steps import steps_of
from app.followups.queries.ways import known_sequences


def sequence_of(key: str):
    """A sequence of the workspace by its key."""
    return next(each for each in known_sequences() if each.key == key)


def url(browser, sequence=None, part: str = "") -> str:
    """The address of the list, of a sequence, or of a part of it."""
    return f"/w/{browser.slug}/sequences" + (f"/{sequence.id}{part}" if sequence is not None else "")


def sheet_fields(browser, sequence) -> list[tuple[str, str]]:
    """Everything that the page's form would send, in the order of the page."""
    text = browser.get(url(browser, sequence)).text
    return fields_of(text[text.index('id="sheet"') : text.index("</form>", text.index('id="sheet"'))])


def fields_of(html: str) -> list[tuple[str, str]]:
    """The fields of a form in the order of the page, as a browser would send them without pressing a button."""
    found = []
    for tag in re.finditer(r"<(input|select|textarea)\b([^>]*)>", html):
        marks = dict(re.findall(r'([\w-]+)="([^"]*)"', tag[2]))
        if "name" not in marks:
            continue
        if tag[1] == "select":
            inside = html[tag.end() : html.index("</select>", tag.end())]
            chosen = re.search(r'<option value="([^"]*)" selected', inside) or re.search(r'<option value="([^"]*)"', inside)
            found.append((marks["name"], chosen[1] if chosen else ""))
        elif tag[1] == "textarea":
            found.append((marks["name"], html[tag.end() : html.index("</textarea>", tag.end())]))
        elif marks.get("type") not in ("checkbox", "radio") or re.search(r"\schecked", tag[2]):
            found.append((marks["name"], marks.get("value", "")))
    return found


def changed(fields, **values):
    """The same fields with other values for some, and further ones at the end."""
    known = {name for name, _ in fields}
    return [(name, values.get(name, value)) for name, value in fields] + [
        (name, value) for name, value in values.items() if name not in known
    ]


def sent(fields):
    """Fields as the test client takes them."""
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return data


def test_the_list_says_what_starts_each_and_its_steps_in_a_line(alice, count_sql):
    alice.get(url(alice))
    with count_sql() as statements:
        answer = alice.get(url(alice))
    text = answer.text
    assert answer.status_code == 200 and len(statements) <= 8 and len(answer.data) < 60_000
    assert "Quote chase" in text and "When a lead enters a stage" in text
    for words in ("day 3", "day 7", "day 14", "day 21"):
        assert words in text


def test_the_sheet_shows_every_step_with_its_date(alice, make_lead, count_sql):
    make_lead(name="Hannah Cole")
    chase = sequence_of("quote_chase")
    alice.get(url(alice, chase))
    with count_sql() as statements:
        answer = alice.get(url(alice, chase))
    text = answer.text
    assert answer.status_code == 200 and len(answer.data) < 60_000
    assert len(statements) <= 8, "\n\n".join(statements)
    assert "Hannah Cole" in text
    for step in steps_of(chase.steps):
        assert f'id="step-{step.key}"' in text and f'data-date-key="{step.key}"' in text
    assert re.search(r"<b class=\"num\">\w{3} \d+ \w{3}( \d{4})? \d\d:\d\d</b>", text)


def test_what_was_not_changed_makes_no_version(alice):
    chase = sequence_of("quote_chase")
    answer = alice.post(url(alice, chase), data=sent(sheet_fields(alice, chase)))
    assert answer.status_code == 303, answer.text
    assert sequence_of("quote_chase").version_no == 1
    assert sequence_of("quote_chase").steps == chase.steps


def test_every_page_of_a_sequence_opens(alice, dave, make_lead, count_sql):
    lead = make_lead(name="Hannah Cole", stage_key="quote_sent")
    chase = sequence_of("quote_chase")
    for part in ("", "/under-way", "/versions", "/trial"):
        alice.get(url(alice, chase, part))
        with count_sql() as statements:
            answer = alice.get(url(alice, chase, part))
        assert answer.status_code == 200, part
        assert len(statements) <= (12 if part == "/trial" else 8), "\n\n".join(statements)
        assert ">Save<" not in dave.get(url(dave, chase, part)).text
    assert "Hannah Cole" in alice.get(url(alice, chase, "/under-way")).text
    assert lead.number in alice.get(url(alice, chase, "/trial")).text
