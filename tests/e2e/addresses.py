"""Where every kind of page is, for the demo's data."""

import re
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.site import Site

FORM = {
    "postcode": "BA5 2QJ", "property_type": "semi", "bedrooms": "3", "service": "window_cleaning",
    "frequency": "8_weekly", "preferred_method": "any", "name": "Thea Thanks", "email": "thea.thanks@example.com",
}  # fmt: skip


def staff_pages(page: Page) -> dict[str, str]:
    """Path by name of each page of the desk; `page` is a signed-in member's."""
    page.goto("/w/somerset/leads/filter")
    stage = page.get_by_role("checkbox", name="Quote sent", exact=True).get_attribute("value")
    page.goto(f"/w/somerset/leads?stage={stage}")
    quoted = str(page.locator("tbody a.row-link").first.get_attribute("href"))
    page.goto("/w/somerset/squeegee/transfers")
    found = {"transfer": str(page.locator("a.row-link[href*='/transfers/']").first.get_attribute("href"))}
    page.goto("/w/somerset/squeegee")
    sheet = str(page.get_by_role("link", name="Copy sheet").first.get_attribute("href"))
    lead = sheet.removesuffix("/copy-sheet")
    found |= {"copy sheet": sheet, "ready card": f"/w/somerset/squeegee/ready/{lead.rpartition('/')[2]}?mend=offer"}
    page.goto("/w/somerset/inbox")
    found["conversation"] = str(page.locator(".talk > a").first.get_attribute("href"))
    page.goto("/w/somerset/inbox?show=arrivals")
    found["arrival"] = str(page.locator(".talk > a").first.get_attribute("href"))
    page.goto("/w/somerset/sequences")
    chase = str(page.get_by_role("link", name="Quote chase").get_attribute("href"))
    page.goto("/w/somerset/settings/forms")
    form = str(page.locator(".form-card a.row-link").first.get_attribute("href"))
    return found | import_pages(page) | pages_of_one(page, quoted) | {
        "form builder": form,
        "form sharing": f"{form}/sharing",
        "form versions": f"{form}/versions",
        "forms": "/w/somerset/settings/forms",
        "sequences": "/w/somerset/sequences",
        "sequence": chase,
        "sequence trial": f"{chase}/trial",
        "sequence under way": f"{chase}/under-way",
        "sequence versions": f"{chase}/versions",
        "sending": "/w/somerset/settings/sending",
        "hours": "/w/somerset/settings/hours",
        "opt-outs": "/w/somerset/settings/opt-outs",
        "report of steps": "/w/somerset/reports/follow-ups",
        "report of first contact": "/w/somerset/reports/follow-ups?by=answers",
        "inbox": "/w/somerset/inbox",
        "my day": "/w/somerset/my-day",
        "board": "/w/somerset/leads/board",
        "mine": "/w/somerset/leads/board?mine=1",
        "list": "/w/somerset/leads",
        "export": "/w/somerset/exports/new?query=due%3Dlate",
        "exports": "/w/somerset/exports",
        "list narrowed": f"/w/somerset/leads?stage.not={stage}&value=100..&sort=due",
        "views": "/w/somerset/leads/views",
        "search": "/w/somerset/search?q=an",
        "filter": "/w/somerset/leads/filter?query=value%3D100..",
        "columns": "/w/somerset/leads/columns",
        "new view": "/w/somerset/leads/views/new?query=due%3Dlate",
        "archive": "/w/somerset/leads/archive",
        "bin": "/w/somerset/leads/bin",
        "drawer": quoted,
        "lead ready": lead,
        "lead alone": f"{quoted}/page",
        "plan": f"{quoted}/plan",
        "new lead": "/w/somerset/leads/new",
        "new quote": f"{quoted}/quotes/new",
        "quote": quote_path(page, quoted),
        "compose": f"{quoted}/messages/new?channel=email",
        "outbox": "/w/somerset/outbox",
        "outbox sent": "/w/somerset/outbox?shelf=sent",
        "squeegee queue": "/w/somerset/squeegee",
        "squeegee settings": "/w/somerset/squeegee/settings",
        "squeegee wording": "/w/somerset/squeegee/settings/wording",
        "squeegee file": "/w/somerset/squeegee/settings/file",
        "transfers": "/w/somerset/squeegee/transfers",
        "batches": "/w/somerset/squeegee/batches",
        "new batch": "/w/somerset/squeegee/batches/new",
        "in squeegee": "/w/somerset/squeegee/reconciliation",
        "bookings": "/w/somerset/squeegee/bookings",
        "settings": "/w/somerset/settings",
        "prices": "/w/somerset/settings/prices",
        "rounds": "/w/somerset/settings/rounds",
        "stages": "/w/somerset/settings/stages",
        "tags": "/w/somerset/settings/tags",
        "audit log": "/w/somerset/settings/audit",
        "templates": "/w/somerset/settings/templates",
        "template": "/w/somerset/settings/templates/chase_day_3",
        "new text": "/w/somerset/settings/templates/new?channel=sms",
        "notifications": "/w/somerset/notifications",
        "password": "/password",
        "quarantine": "/w/somerset/quarantine",
        "not found": "/w/somerset/nothing-here",
    }


def pages_of_one(page: Page, lead: str) -> dict[str, str]:
    """The path of the page of one person, one house, one round and so on."""
    settings = "/w/somerset/settings"
    places = {
        "contact": (f"{lead}/page", "contacts"), "house": (f"{lead}/page", "houses"),
        "price list": (f"{settings}/prices", "prices"), "round": (f"{settings}/rounds", "rounds"),
        "stage": (f"{settings}/stages", "stages"), "tag": (f"{settings}/tags", "tags"),
    }  # fmt: skip
    found = {}
    for name, (place, kind) in places.items():
        page.goto(place)
        found[name] = str(page.locator(f"main a[href*='/{kind}/0']").first.get_attribute("href"))
    return found


def import_pages(page: Page) -> dict[str, str]:
    """The path of each step of an import that waits for a person."""
    page.goto("/w/somerset/imports")
    rows = b"Name,Email,Status,Van\nHannah Import,hannah.import@example.com,New,2\n,nobody@example.com,Sold,1\n"
    page.set_input_files("#f-file", {"name": "leads.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Where they came from").select_option(label="Phone call")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("Waits for you")).to_be_visible()
    path = urlsplit(page.url).path
    return {
        "imports": "/w/somerset/imports", "import columns": f"{path}/columns", "import settings": f"{path}/settings",
        "import checked": path,
    }  # fmt: skip


def quote_path(page: Page, lead_path: str) -> str:
    """The path of a lead's newest quote."""
    page.goto(lead_path)
    return str(page.locator("#drawer a[href*='/quotes/']:not([href$=new])").first.get_attribute("href"))


def customer_link(page: Page, quote: str) -> str:
    """The secret link of a quote, as staff may copy it."""
    page.goto(quote)
    return str(page.locator("[data-copy-text]").first.get_attribute("data-copy-text"))


def stranger_pages(site: Site, page: Page, link: str) -> dict[str, str]:
    """Address by name of each page that needs no account; `link` is a customer's."""
    letter = site.mail_about(FORM["email"], "SWC-") if site.mails(FORM["email"]) else None
    thanks = send_form(site, page)
    letter = letter or site.mail_about(FORM["email"], "SWC-")
    return {
        "landing": "/", "sign in": "/login", "sign up": "/signup", "form": site.form_url, "thanks": thanks,
        "forgotten password": "/password/forgotten", "link asked for": "/password/forgotten/sent",
        "new password": password_link(site, page, "bob@example.com"), "link gone": f"/password/new/{'k' * 32}",
        "quote page": link, "decline": f"{link}/decline", "question": f"{link}/question",
        "own details": f"{link}/details", "own wishes": f"{link}/contact", "own data": f"{link}/data",
        "mailbox": site.mailbox_url, "mail": f"{site.mailbox_url}/mail/{letter['number']}",
        "switches": f"{site.mailbox_url}/switches", "embedded": f"{site.mailbox_url}/embed-demo",
        "squeegee": site.squeegee_url,
    }  # fmt: skip


def password_link(site: Site, page: Page, email: str) -> str:
    """Ask for a link to a new password, and take it out of the mail."""
    page.goto("/password/forgotten")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    found = re.search(r"http\S+/password/new/\S+", site.mail_about(email, "/password/new/")["text"])
    assert found
    return found[0]


def send_form(site: Site, page: Page) -> str:
    """Send the form once without looking; returns the address of the thanks."""
    html = page.request.get(site.form_url).text()
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found
    page.wait_for_timeout(2100)  # what is quicker counts as a robot's
    return page.request.post(site.form_url, form={**FORM, "token": found[1]}).url


def quarantine_one(site: Site, page: Page) -> None:
    """Send the form as a robot would, so that something waits for a decision."""
    found = re.search(r'name="token" value="([^"]+)"', page.request.get(site.form_url).text())
    assert found
    robot = FORM | {"name": "Rob Ott", "email": f"rob.{time.time_ns()}@example.com", "homepage": "http://example.com"}
    assert page.request.post(site.form_url, form={**robot, "token": found[1]}).ok
