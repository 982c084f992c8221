"""The booking-confirmed message of the Squeegee simulator."""

import base64
import hashlib
import hmac
import json
import time

from simulators.squeegee.confirmation import sign
from tests.simulators.far_end import FarEnd

SECRET = "whsec_c2lsbC1kZW1vLXNlY3JldC0wMTIzNDU2Nzg5"


def test_a_confirmation_is_signed_by_standard_webhooks(squeegee) -> None:
    customer = squeegee.new_customer()
    job = squeegee.post(f"/customers/{customer}/jobs", squeegee.job).json()["data"]
    sill = FarEnd()
    wanted = {
        "reference": "SWC-2026-0417",
        "first_service_date": "2026-12-10",
        "url": sill.url,
        "secret": SECRET,
    }
    answer = squeegee.door("/_confirm", wanted).json()
    path, headers, body = sill.wait_for(1)[0]
    sill.stop()
    assert (answer["success"], answer["webhook_id"], path) == (True, headers["webhook-id"], "/hook?of=sill")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert json.loads(body) == {
        "type": "booking.confirmed",
        "data": {
            "reference": "SWC-2026-0417",
            "customer_id": customer,
            "job_id": job,
            "first_service_date": "2026-12-10",
        },
    }


def test_the_signature_is_that_of_the_published_example() -> None:
    """The example of the Standard Webhooks specification 1.0.0."""
    body = b'{"event_type":"ping","data":{"success":true}}'
    signed = sign("whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121, body)
    assert signed == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_a_customer_without_a_job_cannot_be_confirmed(squeegee) -> None:
    customer = squeegee.new_customer()
    assert squeegee.door("/_confirm", {"customer_id": customer, "url": "http://127.0.0.1:1/"}).status == 409
