"""Talks to a running Squeegee simulator as Sill and as a test do."""

from app.core import http
from tests.simulators.processes import Simulator

TOKEN = "PARTNER-0b9c2f5e-0000-4000-8000-00000000abcd"
CUSTOMER = {
    "name": "Hannah Cole",
    "email": "hannah.cole@example.com",
    "phone": "+447700900318",
    "address": {"text": "4 Mill Lane, Wedmore, BS28 4EG"},
    "reference": "SWC-2026-0417",
}


class Squeegee:
    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.url
        services = http.request("GET", f"{self.url}/_services", allow_private=True).json()
        self.services = {each["name"]: each["id"] for each in services}
        self.job = {
            "date": "2026-12-08",
            "services": [self.services["Window cleaning"]],
            "price": 24,
            "notes": "Side gate",
            "tags": ["Wells"],
            "frequencyType": "weeks",
            "frequencyInterval": 8,
            "firstAppointment": {"tags": [], "initialDate": "2026-12-08"},
        }
        self.quote = {key: value for key, value in self.job.items() if key != "date"}

    def post(self, path: str, payload: object, token: str = TOKEN) -> http.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.url}/api/v3/partner{path}"
        return http.request("POST", url, headers=headers, json=payload, allow_private=True)

    def door(self, path: str, payload: object) -> http.Response:
        return http.request("POST", self.url + path, json=payload, allow_private=True)

    def state(self) -> dict:
        return http.request("GET", f"{self.url}/_state", allow_private=True, max_bytes=10**7).json()

    def new_customer(self) -> str:
        return self.post("/customers", CUSTOMER).json()["data"]
