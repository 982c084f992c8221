"""What the partner API accepts, field by field.

There is no public documentation: required and refused fields follow what other people's working code sends.
"""

from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

INTERVALS = (4, 6, 8, 12)  # weeks
NAMES = (
    "Window cleaning",
    "Window cleaning inside",
    "Conservatory",
    "Conservatory roof",
    "Extension",
    "Gutter clearing",
    "Fascia, soffit and gutter",
    "Solar panels",
)
# The same ids on every machine, so that a demo's mapping survives a reset.
SERVICES = {str(uuid5(NAMESPACE_URL, f"squeegee-simulator/{name}")): name for name in NAMES}

CUSTOMER_FIELDS = {"name", "email", "phone", "address", "reference"}
QUOTE_FIELDS = {
    "services",
    "price",
    "notes",
    "tags",
    "frequencyType",
    "frequencyInterval",
    "firstAppointment",
}
FIELDS = {"customer": CUSTOMER_FIELDS, "quote": QUOTE_FIELDS, "job": QUOTE_FIELDS | {"date"}}
REQUIRED = {
    "customer": {"name", "address"},
    "quote": {"services", "price", "notes", "frequencyType", "firstAppointment"},
    "job": {"date", "services", "price", "notes", "tags", "frequencyType"},
}


def problems(step: str, payload: Any) -> list[str]:
    """Everything wrong with a payload for a step (customer, job, quote), in words; empty when accepted."""
    if not isinstance(payload, dict):
        return ["the body must be a JSON object"]
    found = [f"{name} is required" for name in sorted(REQUIRED[step] - set(payload))]
    found += [f"{name} is not accepted here" for name in sorted(set(payload) - FIELDS[step])]
    return found + (_customer_problems(payload) if step == "customer" else _work_problems(payload))


def _customer_problems(payload: dict[str, Any]) -> list[str]:
    found = []
    for name in ("name", "email", "phone", "reference"):
        if name in payload and not isinstance(payload[name], str):
            found.append(f"{name} must be text")
    if isinstance(payload.get("name"), str) and not payload["name"].strip():
        found.append("name must not be blank")
    if isinstance(payload.get("email"), str) and payload["email"] and "@" not in payload["email"]:
        found.append("email is not an email address")
    if "address" in payload:
        address = payload["address"]
        if not isinstance(address, dict) or set(address) != {"text"} or not isinstance(address["text"], str):
            found.append('address must be {"text": "..."}')
        elif not address["text"].strip():
            found.append("address.text must not be blank")
    return found


def _work_problems(payload: dict[str, Any]) -> list[str]:
    found = []
    if "date" in payload and not _is_date(payload["date"]):
        found.append("date must be YYYY-MM-DD")
    if "services" in payload:
        found += _service_problems(payload["services"])
    price = payload.get("price", 0)
    if isinstance(price, bool) or not isinstance(price, int | float) or price < 0:
        found.append("price must be a number of pounds, 0 or more")
    if not isinstance(payload.get("notes", ""), str):
        found.append("notes must be text")
    if not _are_tags(payload.get("tags", [])):
        found.append("tags must be text or a list of texts")
    if "firstAppointment" in payload:
        found += _appointment_problems(payload["firstAppointment"])
    return found + _frequency_problems(payload)


def _frequency_problems(payload: dict[str, Any]) -> list[str]:
    kind = payload.get("frequencyType")
    if kind == "adhoc" and "frequencyInterval" in payload:
        return ["frequencyInterval is left out when frequencyType is adhoc"]
    interval = payload.get("frequencyInterval")
    if kind == "weeks" and (isinstance(interval, bool) or interval not in INTERVALS):
        return ["frequencyInterval must be 4, 6, 8 or 12"]
    if "frequencyType" in payload and kind not in ("weeks", "adhoc"):
        return ["frequencyType must be weeks or adhoc"]
    return []


def _service_problems(services: Any) -> list[str]:
    if not isinstance(services, list) or not services:
        return ["services must be a list of at least one service id"]
    return [
        f"services: {_shown(each)} is not a service of this account"
        for each in services
        if not _is_service(each)
    ]


def _appointment_problems(appointment: Any) -> list[str]:
    if not isinstance(appointment, dict) or set(appointment) - {"tags", "initialDate"}:
        return ["firstAppointment takes tags and initialDate"]
    found = [] if _are_tags(appointment.get("tags", [])) else ["firstAppointment.tags must be text or texts"]
    if not _is_date(appointment.get("initialDate")):
        found.append("firstAppointment.initialDate must be YYYY-MM-DD")
    return found


def _are_tags(tags: Any) -> bool:
    return isinstance(tags, str) or (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags))


def _is_date(value: Any) -> bool:
    try:
        # fromisoformat alone also takes 20261208 and week dates.
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _shown(value: Any) -> str:
    try:
        return str(UUID(value))
    except (ValueError, AttributeError, TypeError):
        return "a value that is no uuid"


def _is_service(value: Any) -> bool:
    return isinstance(value, str) and value in SERVICES
