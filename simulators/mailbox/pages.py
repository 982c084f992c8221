"""The mailbox to read in a browser, and the doors for tests: state, messages, switches, reset, reply."""

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from simulators.mailbox import answers, callbacks
from simulators.mailbox.reading import linked, read
from simulators.mailbox.segments import segments
from simulators.mailbox.store import Store
from simulators.serving import wants_page
from simulators.switches import Switchboard

SHOWN = 200  # entries in the list
# The HTML part is foreign: no scripts, no forms; links open outside the sandbox.
HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data: http: https:; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)
ACCOUNT = "ACdemo0000000000000000000000000000"


@dataclass(frozen=True)
class Outside:
    """Where Sill is: its public form, where customers' replies go, and the token that signs them.

    `hooks` is a file that Sill writes its addresses into once it knows them: {"texts": url, "mails": url}.
    """

    form_url: str
    reply_url: str | None
    auth_token: str | None
    hooks: Path | None = None

    def hook(self, name: str) -> str | None:
        """One of the addresses in that file, None as long as it is not there."""
        try:
            return str(json.loads(self.hooks.read_text())[name]) if self.hooks else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


def reading_pages(store: Store) -> Blueprint:
    """`/`, `/mail/<number>` with its parts, `/sms/<number>`."""
    pages = Blueprint("reading_pages", __name__)

    @pages.get("/")
    def index() -> str:
        return render_template("mailbox/empty.html", entries=_entries(store), chosen=None)

    @pages.get("/mail/<int:number>")
    def mail(number: int) -> str:
        letter = read(_mail_or_404(store, number))
        return render_template(
            "mailbox/mail.html",
            entries=_entries(store),
            chosen=f"mail-{number}",
            letter=letter,
            answers=store.answers(number),
            kinds=answers.KINDS,
        )

    @pages.get("/mail/<int:number>/html")
    def mail_html(number: int) -> Response:
        html = read(_mail_or_404(store, number)).html
        # A base target sends every link to a new window: inside the frame it would stay in the sandbox.
        response = Response(f'<!doctype html><base target="_blank">{html}', mimetype="text/html")
        response.headers["Content-Security-Policy"] = HTML_POLICY
        return response

    @pages.get("/mail/<int:number>/source")
    def mail_source(number: int) -> Response:
        return Response(_mail_or_404(store, number)["raw"], mimetype="text/plain")

    @pages.get("/sms/<number>")
    def sms(number: str) -> str:
        texts = store.conversation(number)
        if not texts:
            abort(404, "there is no SMS of this number")
        return render_template(
            "mailbox/sms.html", entries=_entries(store), chosen=f"sms-{number}", texts=texts, number=number
        )

    pages.add_app_template_filter(linked, "linked")
    return pages


def control_pages(store: Store, boards: dict[str, Switchboard], outside: Outside) -> Blueprint:
    """`/switches`, `/embed-demo` and the doors for tests, which begin with an underscore."""
    pages = Blueprint("control_pages", __name__)

    @pages.get("/switches")
    def switches() -> str:
        return render_template("mailbox/switches.html", boards=boards, state=store.state())

    @pages.get("/embed-demo")
    def embed_demo() -> Response:
        # Somebody else's website: it has no policy of its own, so the script tag is tried as in the wild.
        response = Response(render_template("mailbox/embed-demo.html", form_url=outside.form_url))
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    @pages.get("/_state")
    def state() -> Response:
        return jsonify(**store.state(), switches={name: board.current() for name, board in boards.items()})

    @pages.get("/_messages")
    def messages() -> Response:
        to = request.args.get("to", "")
        mails = [read(row).as_data() for row in store.mails(SHOWN, to.lower())]
        return jsonify(mail=mails, sms=store.texts(SHOWN, to))

    @pages.post("/_switches")
    def change_switches() -> AnyResponse:
        try:
            for name, wanted in _switches_wanted().items():
                boards[name].change(wanted)
        except KeyError:
            abort(400, f"name one of: {', '.join(boards)}")
        except (ValueError, TypeError, AttributeError) as error:
            abort(400, str(error))
        on = {name: board.current() for name, board in boards.items()}
        return redirect("/switches", 303) if wants_page() else jsonify(on)

    @pages.post("/_reset")
    def reset() -> AnyResponse:
        store.reset()
        for board in boards.values():
            board.change({"all": False})
        return redirect("/", 303) if wants_page() else jsonify(success=True)

    @pages.post("/_inbound")
    def inbound() -> AnyResponse:
        given = request.get_json() if request.is_json else request.form.to_dict()
        outcome = _reply(store, outside, given)
        back = f"/sms/{given['from'].lstrip('+')}"
        return redirect(back, 303) if wants_page() else jsonify(success=outcome.startswith("2"), outcome=outcome)

    @pages.post("/_answer")
    def answer() -> AnyResponse:
        given = request.get_json() if request.is_json else request.form.to_dict()
        number, kind, body = int(given["mail"]), given.get("kind", "answer"), given.get("body", "").strip()
        try:
            mail = answers.write(_mail_or_404(store, number), kind, body)
        except ValueError:
            abort(400, f"kind is one of: {', '.join(answers.KINDS)}")
        outcome = answers.send(given.get("url") or outside.hook("mails"), mail)
        store.add_answer(number, kind, body, outcome)
        return (
            redirect(f"/mail/{number}", 303)
            if wants_page()
            else jsonify(success=outcome.startswith("2"), outcome=outcome)
        )

    return pages


def _reply(store: Store, outside: Outside, given: dict[str, Any]) -> str:
    url = given.get("url") or outside.reply_url or outside.hook("texts")
    text = {
        "sid": given.get("sid") or f"SM{uuid4().hex}",
        "account": given.get("account") or ACCOUNT,
        "sender": given["from"],
        "recipient": given["to"],
        "body": given["body"],
        "segments": segments(given["body"]),
        "direction": "inbound",
        "status": "received",
        "error_code": None,
        "key": None,
    }
    kept = store.text(text["sid"]) or store.deliver_text(text)[0]
    if not url or not outside.auth_token:
        return "kept; no address for replies, or no token, is set"
    outcome = callbacks.reply(kept, url, outside.auth_token)
    store.add_callback(kept["sid"], "received", outcome)
    return outcome


def _mail_or_404(store: Store, number: int) -> dict[str, Any]:
    return store.mail(number) or abort(404, "there is no such mail")


def _entries(store: Store) -> list[dict[str, Any]]:
    """Mails and SMS conversations together, newest first, as the list shows them."""
    entries: list[dict[str, Any]] = []
    numbers: set[str] = set()
    for letter in map(read, store.mails(SHOWN)):
        start = " ".join(letter.text.split())[:120]
        entry = {"key": f"mail-{letter.number}", "href": f"/mail/{letter.number}", "kind": "Email"}
        entries.append(entry | {"at": letter.at, "who": letter.recipient, "title": letter.subject, "start": start})
    for text in store.texts(SHOWN):
        who = text["recipient"] if text["direction"] == "outbound-api" else text["sender"]
        number = who.lstrip("+")
        if number in numbers:
            continue
        numbers.add(number)
        title = "SMS" if text["direction"] == "outbound-api" else "SMS from the customer"
        entry = {"key": f"sms-{number}", "href": f"/sms/{number}", "kind": "SMS"}
        entries.append(entry | {"at": text["at"], "who": who, "title": title, "start": text["body"][:120]})
    return list(islice(sorted(entries, key=lambda entry: entry["at"], reverse=True), SHOWN))


def _switches_wanted() -> dict[str, Any]:
    if request.is_json:
        return request.get_json()
    form = request.form
    if form.get("off"):
        return {form["board"]: {form["off"]: False}}
    return {form["board"]: {form["name"]: {key: form.get(key) for key in ("value", "times", "to")}}}
