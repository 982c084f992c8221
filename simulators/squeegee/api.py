"""Partner API v3: customers, jobs and quotes, with the faults that are switched on."""

import hmac
import json
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulators.serving import Cut
from simulators.squeegee.payloads import problems
from simulators.squeegee.store import Store
from simulators.switches import Switchboard

STEPS = ("customer", "job", "quote")
SWITCHES: dict[str, tuple[str, float | None]] = {
    "slow": ("Slow, seconds", 5),
    "status_500": ("Error 500", None),
    "status_429": ("Too many requests, retry after seconds", 5),
    "success_false": ("200 with success false", None),
    "cut_before": ("Cut before accepting", None),
    "cut_after": ("Accept, then cut", None),
    "garbage_json": ("Accept, then answer garbage", None),
    "wrong_token": ("Refuse the token", None),
    "wrong_certificate": ("Show a certificate that nobody trusts (over TLS)", None),
}


class Refusal(Exception):
    """The request is not accepted. `status` None: the connection is cut instead of an answer."""

    def __init__(self, status: int | None, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.retry_after = status, message, retry_after


class Desk:
    """Takes one request after the other: faults first, then token and payload, then the store."""

    def __init__(self, store: Store, switches: Switchboard, token: str) -> None:
        self.store, self.switches, self.token = store, switches, token

    def take(self, step: str, customer_id: str | None = None) -> Response:
        """Answer the present request for a step. Raises Cut when the connection is to be closed."""
        body = request.get_data(as_text=True)
        number = self.store.begin_request(request.method, request.path, step, body)
        try:
            self._hinder(step)
            record_id = self._accept(step, customer_id, body)
        except Refusal as refusal:
            self.store.end_request(number, refusal.status, refusal.message, accepted=False)
            return self._refuse(refusal)
        if self.switches.take("cut_after", step):
            self.store.end_request(number, None, "accepted, then the connection was cut", accepted=True)
            raise Cut
        if self.switches.take("garbage_json", step):
            self.store.end_request(number, 200, "accepted, then answered garbage", accepted=True)
            return Response('{"success": true, "data": ', mimetype="application/json")
        self.store.end_request(number, 200, "accepted", accepted=True)
        return jsonify(success=True, data=record_id)

    def check_token(self) -> None:
        """Raises Refusal unless the request carries the partner token."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise Refusal(401, "the token is not valid")

    def _hinder(self, step: str) -> None:
        if slow := self.switches.take("slow", step):
            time.sleep(slow.value or 0)
        if self.switches.take("cut_before", step):
            raise Refusal(None, "the connection was cut before accepting")
        if self.switches.take("status_500", step):
            raise Refusal(500, "something went wrong")
        if limit := self.switches.take("status_429", step):
            raise Refusal(429, "too many requests", int(limit.value or 0))
        if self.switches.take("wrong_token", step):
            raise Refusal(401, "the token is not valid")
        if self.switches.take("success_false", step):
            raise Refusal(200, "the request could not be processed")

    def _accept(self, step: str, customer_id: str | None, body: str) -> str:
        self.check_token()
        if customer_id and not self.store.has_customer(customer_id):
            raise Refusal(404, "there is no such customer")
        if not request.is_json:
            raise Refusal(415, "the body must be JSON")
        try:
            payload: Any = json.loads(body)
        except ValueError:
            raise Refusal(400, "the body is not JSON") from None
        if found := problems(step, payload):
            raise Refusal(400, "; ".join(found))
        return (
            self.store.add_work(step, customer_id, payload)
            if customer_id
            else self.store.add_customer(payload)
        )

    @staticmethod
    def _refuse(refusal: Refusal) -> Response:
        if refusal.status is None:
            raise Cut
        response = jsonify(success=False, message=refusal.message)
        response.status_code = refusal.status
        if refusal.retry_after is not None:
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response


def partner_api(desk: Desk, read_back: bool) -> Blueprint:
    """The routes below /api/v3/partner. `read_back` adds a lookup that the real one may not have."""
    api = Blueprint("partner_api", __name__, url_prefix="/api/v3/partner")

    @api.post("/customers")
    def create_customer() -> Response:
        return desk.take("customer")

    @api.post("/customers/<customer_id>/jobs")
    def create_job(customer_id: str) -> Response:
        return desk.take("job", customer_id)

    @api.post("/customers/<customer_id>/quote")
    def create_quote(customer_id: str) -> Response:
        return desk.take("quote", customer_id)

    if read_back:
        _add_reading(api, desk)
    return api


def _add_reading(api: Blueprint, desk: Desk) -> None:
    @api.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        return desk._refuse(refusal)

    @api.get("/customers")
    def find_customers() -> Response:
        desk.check_token()
        found = desk.store.customers(request.args.get("reference", ""))
        return jsonify(success=True, data=[{"id": row["id"], **row["payload"]} for row in found])

    @api.get("/customers/<customer_id>/jobs")
    def find_jobs(customer_id: str) -> Response:
        desk.check_token()
        found = desk.store.work("job", customer_id)
        return jsonify(success=True, data=[{"id": row["id"], **row["payload"]} for row in found])
