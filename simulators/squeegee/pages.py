"""The page that shows what Squeegee holds, and the doors for tests: state, switches, reset, confirm."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from simulators.serving import wants_page
from simulators.squeegee import confirmation
from simulators.squeegee.api import Desk
from simulators.squeegee.payloads import SERVICES


def desk_pages(desk: Desk) -> Blueprint:
    """`/`, `/_state`, `/_services`, `/_switches`, `/_callback`, `/_confirm` and `/_reset`."""
    pages = Blueprint("desk_pages", __name__)
    store, switches = desk.store, desk.switches

    @pages.get("/")
    def show() -> str:
        customers = [
            row | {"jobs": store.work("job", row["id"]), "quotes": store.work("quote", row["id"])}
            for row in store.customers()
        ]
        return render_template(
            "squeegee/index.html",
            customers=customers,
            requests=store.requests()[:50],
            callbacks=store.callbacks()[:50],
            services=SERVICES,
            known=switches.known,
            steps=switches.steps,
            on=switches.current(),
            callback_url=store.setting("callback_url"),
            suggested_date=datetime.now(UTC).date() + timedelta(days=7),
        )

    @pages.get("/_state")
    def state() -> Response:
        return jsonify(**store.state(), switches=switches.current())

    @pages.get("/_services")
    def services() -> Response:
        return jsonify([{"id": key, "name": name} for key, name in SERVICES.items()])

    @pages.post("/_switches")
    def change_switches() -> AnyResponse:
        try:
            switches.change(_switches_wanted())
        except (ValueError, TypeError) as error:
            abort(400, str(error))
        return redirect("/", 303) if wants_page() else jsonify(switches.current())

    @pages.post("/_callback")
    def set_callback() -> AnyResponse:
        given = _given()
        store.set_setting("callback_url", given["url"])
        store.set_setting("callback_secret", given["secret"])
        return jsonify(success=True)

    @pages.post("/_confirm")
    def confirm() -> AnyResponse:
        answer = _confirm(desk, _given())
        return redirect("/", 303) if wants_page() else jsonify(answer)

    @pages.post("/_reset")
    def reset() -> AnyResponse:
        store.reset()
        switches.change({"all": False})
        return redirect("/", 303) if wants_page() else jsonify(success=True)

    return pages


def _confirm(desk: Desk, given: dict[str, Any]) -> dict[str, Any]:
    store = desk.store
    found = store.customers() if given.get("customer_id") else store.customers(given.get("reference", ""))
    wanted = given.get("customer_id")
    customer = next((row for row in found if wanted in (None, row["id"])), None)
    if customer is None:
        abort(404, "there is no such customer")
    jobs = store.work("job", customer["id"])
    if not jobs:
        abort(409, "the customer has no job to confirm")
    url = given.get("url") or store.setting("callback_url")
    secret = given.get("secret") or store.setting("callback_secret")
    if not url or not secret:
        abort(409, "no callback address and secret are set")
    data = {
        "reference": customer["reference"],
        "customer_id": customer["id"],
        "job_id": jobs[0]["id"],
        "first_service_date": given.get("first_service_date") or jobs[0]["payload"]["date"],
    }
    try:
        webhook_id, outcome = confirmation.send(url, secret, data, given.get("webhook_id"))
    except ValueError as error:
        abort(400, str(error))
    store.add_callback(webhook_id, data, outcome)
    return {"success": outcome.startswith("2"), "webhook_id": webhook_id, "outcome": outcome, "data": data}


def _given() -> dict[str, Any]:
    return request.get_json() if request.is_json else request.form.to_dict()


def _switches_wanted() -> dict[str, Any]:
    if request.is_json:
        return request.get_json()
    form = request.form
    if form.get("off"):
        return {form["off"]: False}
    return {form["name"]: {key: form.get(key) for key in ("value", "times", "step")}}
