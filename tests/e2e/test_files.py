"""Photos and documents of a lead: added in every way, looked at with the keyboard, deleted and put back."""

import base64
import re

from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.e2e.axe import findings
from tests.e2e.browsers import People
from tests.e2e.steps import SLUG, add_lead, drawer, open_board
from tests.files.pictures import pdf, picture
from tests.support.waiting import until

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def photo(name: str, side: int) -> FilePayload:
    """A photo of its own."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture(size=(side, 480))}


def gallery(page: Page, lead_id: str) -> Locator:
    """The lead's photos and files, in its drawer."""
    open_board(page, f"leads/{lead_id}")
    section = drawer(page).locator("[data-files]")
    section.scroll_into_view_if_needed()
    expect(section.locator("[data-files-body] .skeleton")).to_have_count(0)
    return section


def give(page: Page, how: str, name: str, content: bytes) -> None:
    """Drop a file on the page, or paste it."""
    page.evaluate(
        """([how, name, encoded]) => {
          const bytes = Uint8Array.from(atob(encoded), (it) => it.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type: "image/png" }));
          const target = document.activeElement ?? document.body;
          const options = { bubbles: true, cancelable: true };
          const paste = new ClipboardEvent("paste", { ...options, clipboardData: data });
          if (how === "paste") return target.dispatchEvent(paste);
          for (const type of ["dragenter", "dragover", "drop"]) {
            document.body.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: data }));
          }
        }""",
        [how, name, base64.b64encode(content).decode()],
    )


def test_photos_come_in_every_way_and_others_see_them(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff()
    lead_id = add_lead(page, "Phil Photo")
    mine = gallery(page, lead_id)
    theirs = gallery(people.staff(who="bob"), lead_id)
    note = drawer(page).locator("textarea[name=note]")
    note.fill("The conservatory is")

    files: list[FilePayload] = [photo("front.jpg", 640), photo("back.jpg", 630)]
    files.append({"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": SVG})
    files.append({"name": "old quote.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    mine.locator("[data-pick][multiple]").set_input_files(files)
    expect(mine.locator("[data-shot]")).to_have_count(2)
    expect(mine.locator(".papers")).to_contain_text("old quote.pdf")
    expect(mine.locator(".upload")).to_have_count(1)
    expect(mine.locator(".upload")).to_contain_text("can hold scripts")
    mine.get_by_role("button", name="Dismiss").click()
    expect(mine.locator(".upload")).to_have_count(0)

    mine.locator("[data-pick][multiple]").set_input_files(
        {"name": "fake.jpg", "mimeType": "image/jpeg", "buffer": b"Gate code is green"}
    )
    expect(page.locator("#toasts")).to_contain_text("1 file added. fake.jpg holds text, kept as fake.txt.")

    give(page, "drop", "dropped.png", picture("PNG", size=(200, 200)))
    expect(mine.locator("[data-shot]")).to_have_count(3)
    give(page, "paste", "image.png", picture("PNG", size=(210, 200)))
    expect(mine.locator("[data-shot]")).to_have_count(4)
    expect(theirs.locator("[data-shot]")).to_have_count(4)
    expect(theirs.locator("[data-shot] img").first).to_have_js_property("naturalWidth", 288)
    expect(note).to_have_value("The conservatory is")
    expect(drawer(page).get_by_text("4 photos and 2 documents added", exact=True)).to_be_visible()


def test_photos_are_looked_at_with_the_keyboard_deleted_and_put_back(people: People) -> None:
    page = people.staff()
    section = gallery(page, add_lead(page, "Vera Viewer"))
    section.locator("[data-pick][multiple]").set_input_files([photo(f"{side}.jpg", side) for side in (600, 610, 620)])
    shots = section.locator("[data-shot]")
    expect(shots).to_have_count(3)
    names = shots.evaluate_all("all => all.map(it => it.dataset.name)")

    shots.first.focus()
    page.keyboard.press("Enter")
    viewer = section.locator("dialog")
    expect(viewer.locator("[data-viewer-name]")).to_have_text(names[0])
    expect(viewer.locator("img")).to_have_js_property("complete", True)
    assert findings(page) == []
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[data-viewer-count]")).to_have_text("2 of 3")
    page.keyboard.press("z")
    expect(viewer.locator("[data-viewer-stage]")).to_contain_class("actual")
    page.keyboard.press("z")
    page.keyboard.press("Delete")
    expect(viewer.locator("[data-viewer-count]")).to_have_text("2 of 2")
    expect(viewer.locator("[data-viewer-name]")).to_have_text(names[2])
    viewer.get_by_role("button", name="Undo").click()
    expect(viewer.locator("[data-viewer-name]")).to_have_text(names[1])
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(shots).to_have_count(3)
    expect(shots.first).to_be_focused()
    expect(drawer(page).locator(".title")).to_be_visible()


def test_on_a_phone_the_camera_is_a_thumb_away_and_a_swipe_turns_the_page(people: People) -> None:
    page = people.staff("phone")
    held: list[Route] = []
    page.route(re.compile("/files-?[^/]*[.]js"), lambda route: held.append(route))
    section = gallery(page, add_lead(page, "Cam Phone"))
    camera = section.locator("[data-pick][capture=environment]")
    expect(section.get_by_text("Take photo")).to_be_visible()
    camera.set_input_files(photo("one.jpg", 600))
    until(page, lambda: held, "the script asked for")
    held[0].continue_()  # what was taken counts, although the script came later
    expect(section.locator("[data-shot]")).to_have_count(1)
    camera.set_input_files(photo("two.jpg", 610))
    expect(section.locator("[data-shot]")).to_have_count(2)
    assert findings(page) == []
    section.locator("[data-shot]").first.tap()
    count = section.locator("[data-viewer-count]")
    expect(count).to_have_text("1 of 2")
    page.evaluate(
        """() => {
          const stage = document.querySelector("dialog[open] [data-viewer-stage]");
          const at = (type, x) => stage.dispatchEvent(
            new PointerEvent(type, { bubbles: true, pointerType: "touch", clientX: x, clientY: 400 }));
          at("pointerdown", 300);
          at("pointerup", 100);
        }"""
    )
    expect(count).to_have_text("2 of 2")


def test_a_file_opened_by_itself_runs_nothing(people: People) -> None:
    people.expect_complaint("inline style")  # the browser's own, around a picture, which the sandbox refuses as well
    page = people.staff()
    lead_id = add_lead(page, "Sandy Box")
    section = gallery(page, lead_id)
    section.locator("[data-pick][multiple]").set_input_files([photo("front.jpg", 640)])
    address = section.locator("[data-shot]").first.get_attribute("href")
    assert address and address.startswith(f"/w/{SLUG}/files/")
    page.goto(address)
    assert page.evaluate("self.origin") == "null"
    assert page.evaluate("document.images.length") == 1
