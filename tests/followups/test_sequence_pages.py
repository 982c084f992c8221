"""The pages of sequences: the list, the sheet with its small buttons, saving a version, real dates beside it."""

import re
from html import unescape

from werkzeug.datastructures import MultiDict

from app.core.packed import PREFIX, unpacked
from app.followups.forms.sheet import MOST_STEPS
from app.followups.queries.steps import steps_of
from app.followups.queries.ways import known_sequences
from app.messaging.queries.templates import list_templates
from app.messaging.words import TEMPLATE_USES


def sequence_of(key: str):
    """A sequence of the workspace by its key."""
    return next(each for each in known_sequences() if each.key == key)


def url(browser, sequence=None, part: str = "") -> str:
    """The address of the list, of a sequence, or of a part of it."""
    return f"/w/{browser.slug}/sequences" + (f"/{sequence.id}{part}" if sequence is not None else "")


def sheet_fields(browser, sequence) -> list[tuple[str, str]]:
    """Everything that the page's form would send once every step has been opened."""
    every = unpacked(MultiDict(closed_fields(browser, sequence)))
    return [pair for pair in every.items(multi=True) if not pair[0].startswith(PREFIX)]


def closed_fields(browser, sequence) -> list[tuple[str, str]]:
    """Everything that the page's form would send as it comes, in the order of the page."""
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
            chosen = re.search(r'<option value="([^"]*)" selected', inside) or re.search(
                r'<option value="([^"]*)"', inside
            )
            found.append((marks["name"], chosen[1] if chosen else ""))
        elif tag[1] == "textarea":
            found.append((marks["name"], html[tag.end() : html.index("</textarea>", tag.end())]))
        elif marks.get("type") not in ("checkbox", "radio") or re.search(r"\schecked", tag[2]):
            found.append((marks["name"], unescape(marks.get("value", ""))))
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
        assert f'id="step-{step.key}"' in text and f'href="#step-{step.key}"' in text
    assert re.search(r"<b class=\"num\">\w{3} \d+ \w{3}( \d{4})? \d\d:\d\d</b>", text)


def test_what_was_not_changed_makes_no_version(alice):
    chase = sequence_of("quote_chase")
    answer = alice.post(url(alice, chase), data=sent(sheet_fields(alice, chase)))
    assert answer.status_code == 303, answer.text
    assert sequence_of("quote_chase").version_no == 1
    assert sequence_of("quote_chase").steps == chase.steps


def test_a_second_copy_has_a_name_of_its_own_and_can_be_saved(alice):
    chase = sequence_of("quote_chase")
    for _ in range(2):
        answer = alice.post(url(alice, chase, "/copy"))
    copies = [each for each in known_sequences() if each.key.startswith("own_")]
    assert [each.name for each in copies] == ["Quote chase (copy)", "Quote chase (copy 2)"]
    assert answer.location.endswith(str(copies[1].id))
    fields = changed(sheet_fields(alice, copies[1]), description="For shops")
    assert alice.post(url(alice, copies[1]), data=sent(fields)).status_code == 303


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


def test_a_saved_sheet_is_the_next_version_and_leads_are_moved_knowingly(alice, make_lead):
    make_lead(name="Hannah Cole", stage_key="quote_sent")
    chase = sequence_of("quote_chase")
    fields = changed(sheet_fields(alice, chase), amount_day_3="5", title_day_3="Chase, day 5")

    assert alice.post(url(alice, chase), data=sent(fields)).status_code == 303

    saved = sequence_of("quote_chase")
    first = steps_of(saved.steps)[0]
    assert (saved.version_no, first.delay.amount, first.title) == (2, 5, "Chase, day 5")
    versions = alice.get(url(alice, chase, "/versions")).text
    assert "1 lead is under way on earlier steps" in versions

    fields = changed(sheet_fields(alice, saved), amount_day_3="6", under_way="move")
    assert alice.post(url(alice, chase), data=sent(fields)).status_code == 303
    versions = alice.get(url(alice, chase, "/versions")).text
    assert "earlier steps" not in versions and sequence_of("quote_chase").version_no == 3

    seen = sequence_of("quote_chase").version
    answer = alice.post(url(alice, chase, "/versions/1"), data={"seen": seen})
    assert answer.status_code == 303 and sequence_of("quote_chase").steps == chase.steps


def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_typed_is_lost(alice):
    chase = sequence_of("quote_chase")
    fields = changed(sheet_fields(alice, chase), amount_day_3="soon", title_day_7="", template_last="", name="")

    answer = alice.post(url(alice, chase), data=sent(fields))

    assert answer.status_code == 422
    for name in ("amount_day_3", "title_day_7", "template_last", "name"):
        assert f'id="f-{name}-error"' in answer.text
    assert 'value="soon"' in answer.text and sequence_of("quote_chase").version_no == 1


def test_someone_elses_change_is_not_overwritten(alice):
    chase = sequence_of("quote_chase")
    fields = sheet_fields(alice, chase)
    assert alice.post(url(alice, chase), data=sent(changed(fields, amount_day_3="4"))).status_code == 303
    answer = alice.post(url(alice, chase), data=sent(changed(fields, amount_day_3="9")))
    assert answer.status_code == 409 and "Someone else changed" in answer.text and 'value="9"' in answer.text
    assert steps_of(sequence_of("quote_chase").steps)[0].delay.amount == 4
    again = answer.text.partition('name="seen" value="')[2].partition('"')[0]
    mine = sent(changed(fields, amount_day_3="9", seen=again))
    assert alice.post(url(alice, chase), data=mine).status_code == 303, "as the page says: save again to keep yours"
    assert steps_of(sequence_of("quote_chase").steps)[0].delay.amount == 9


def test_the_small_buttons_rearrange_and_store_nothing(alice):
    chase = sequence_of("quote_chase")
    fields = sheet_fields(alice, chase)

    part = alice.post(url(alice, chase), data=sent([*fields, ("act", "add:.day_3:branch")]), hx=True).text
    branch = re.search(r'data-opened="(\w+)"', part)[1]
    fields = [*[each for each in fields if each[0] in ("csrf_token", "seen", "name", "starts")], *fields_of(part)]
    inside = alice.post(url(alice, chase), data=sent([*fields, ("act", f"add:yes.{branch}:task")]), hx=True).text
    rows = re.findall(r'name="row" value="([^"]+)"', inside)
    task = rows[rows.index(f"yes:{branch}") + 1].removeprefix("step:")
    assert rows.index(f"step:{branch}") == 1 and rows.index(f"no:{branch}") > rows.index(f"yes:{branch}")
    fields = [*[each for each in fields if each[0] in ("csrf_token", "seen", "name", "starts")], *fields_of(inside)]
    down = alice.post(url(alice, chase), data=sent([*fields, ("act", f"down:{task}")]), hx=True).text
    rows = re.findall(r'name="row" value="([^"]+)"', down)
    assert rows[rows.index(f"no:{branch}") + 1] == f"step:{task}"
    gone = alice.post(url(alice, chase), data=sent([*fields, ("act", f"drop:{branch}")]), hx=True).text
    assert branch not in re.findall(r'value="step:(\w+)"', gone)
    assert sequence_of("quote_chase").version_no == 1


def test_words_written_on_the_sheet_become_a_template(alice):
    chase = sequence_of("quote_chase")
    fields = changed(
        sheet_fields(alice, chase), template_day_3="written", subject_day_3="Still keen, {first_name}?",
        body_day_3="Hello {first_name}, shall we come?",
    )  # fmt: skip
    assert alice.post(url(alice, chase), data=sent(fields)).status_code == 303
    key = steps_of(sequence_of("quote_chase").steps)[0].template_key
    assert key.startswith("own")
    assert ("template_day_3", key) in sheet_fields(alice, chase)
    wrong = changed(
        sheet_fields(alice, chase), template_day_3="written", subject_day_3="Hi", body_day_3="Dear {nobody}"
    )
    answer = alice.post(url(alice, chase), data=sent(wrong))
    assert answer.status_code == 422 and 'id="f-body_day_3-error"' in answer.text


def test_dates_follow_what_is_typed_and_say_why_they_moved(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    chase = sequence_of("quote_chase")
    fields = changed(
        sheet_fields(alice, chase), amount_day_3="4", preview_lead=str(lead.id), preview_start="2026-12-21T10:00"
    )
    text = alice.post(url(alice, chase, "/dates"), data=sent(fields), hx=True).text
    assert re.search(r"Tue 29 Dec (2026 )?10:00", text) and "Christmas Day" in text  # the year only in others
    assert sequence_of("quote_chase").version_no == 1
    endless = changed(fields, amount_day_3="9" * 5000)
    assert alice.post(url(alice, chase, "/dates"), data=sent(endless), hx=True).status_code < 500
    assert alice.post(url(alice, chase), data=sent(endless)).status_code == 422


def test_a_new_one_is_empty_and_off_until_it_has_a_step(alice, bob):
    answer = alice.post(url(alice), data={"name": "Gutters in autumn"})
    found = next(each for each in known_sequences() if each.name == "Gutters in autumn")
    assert answer.status_code == 303 and answer.location.endswith(str(found.id)) and not found.is_active
    alice.post(url(alice, found, "/switch"), data={"on": "1"})
    assert not sequence_of(found.key).is_active
    fields = [*sheet_fields(alice, found), ("row", "step:a1"), ("kind_a1", "call"), ("title_a1", "Ring them"),
              ("amount_a1", "2"), ("unit_a1", "business_days"), ("counts_a1", "1")]  # fmt: skip
    assert alice.post(url(alice, found), data=sent(fields)).status_code == 303
    alice.post(url(alice, found, "/switch"), data={"on": "1"})
    assert sequence_of(found.key).is_active
    assert alice.post(url(alice), data={"name": "gutters in Autumn"}).status_code == 422
    assert bob.post(url(bob, found), data={}).status_code == 403
    emptied = [pair for pair in sheet_fields(alice, found) if pair[0] != "row" and not pair[0].endswith("_a1")]
    assert alice.post(url(alice, found), data=sent(emptied)).status_code == 303
    assert not sequence_of(found.key).is_active
    alice.post(url(alice, found, "/delete"))
    assert "Gutters in autumn" not in [each.name for each in known_sequences()]


def test_a_sheet_of_forty_steps_is_small_and_opens_step_by_step(alice, make_lead):
    make_lead(name="Hannah Cole")
    alice.post(url(alice), data={"name": "All of a year"})
    found = next(each for each in known_sequences() if each.name == "All of a year")
    typed = sheet_fields(alice, found)
    templates = {each.channel: each.key for each in list_templates() if each.key not in TEMPLATE_USES}
    for number in range(MOST_STEPS):
        key, kind = f"a1b2c3{number:02}", ("email", "sms", "call", "task")[number % 4]
        typed += [("row", f"step:{key}"), (f"kind_{key}", kind), (f"title_{key}", f"What is done, number {number}"),
                  (f"amount_{key}", "3"), (f"unit_{key}", "business_days"), (f"counts_{key}", "1")]  # fmt: skip
        typed += [(f"template_{key}", templates[kind])] if kind in templates else []
    answer = alice.post(url(alice, found), data=sent(typed))
    assert answer.status_code == 303, re.findall(r'class="error[^>]*>([^<]+)', answer.text)
    page = alice.get(url(alice, found))
    assert page.text.count('class="seq-step ') == MOST_STEPS
    assert len(page.data) <= 60_000

    closed = closed_fields(alice, found)
    assert "packed_a1b2c307" in dict(closed) and "title_a1b2c307" not in dict(closed)
    part = alice.post(url(alice, found), data=sent([*closed, ("act", "open:a1b2c307")]), hx=True)
    assert 'value="What is done, number 7"' in part.text and "seq-step" not in part.text and len(part.data) < 6_000
    without_scripts = alice.post(url(alice, found), data=sent([*closed, ("act", "open:a1b2c307")])).text
    assert 'name="title_a1b2c307"' in without_scripts and 'name="title_a1b2c308"' not in without_scripts
    menu = alice.post(url(alice, found), data=sent([*closed, ("act", "at:.a1b2c307")])).text
    assert 'value="add:.a1b2c307:call"' in menu and 'value="add:.a1b2c308:call"' not in menu
    assert alice.post(url(alice, found), data=sent(closed)).status_code == 303
    assert next(each for each in known_sequences() if each.id == found.id).version_no == 2  # as when it was saved
