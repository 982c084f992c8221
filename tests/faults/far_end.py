"""A Squeegee beside an installation, and what its own database says in the end."""

import ssl
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from app.embedded.ports import free_port
from tests.faults.site import Site
from tests.support.simulators import SQUEEGEE_TOKEN, FarEnd

#: A trial may follow the opening, or another trial, after this many seconds at the earliest.
_LEAST_WAIT = 55.0
#: Seconds within which the request of a call arrives; a machine under load takes its time.
_LONGEST_CALL = 20.0
SPANS = """
    select extract(epoch from at)::float8, action from audit_entries
     where action in ('squeegee.silent', 'squeegee.answers', 'squeegee.trial_asked') order by at, id
"""
CALLS = "select extract(epoch from begun_at)::float8 from transfer_calls order by begun_at"
STANDS = """
    select l.number, t.state, t.error, t.customer_id, t.job_id
      from transfers t join leads l on l.workspace_id = t.workspace_id and l.id = t.lead_id
"""


class TlsSqueegee(FarEnd):
    """The simulator with a second door over TLS, whose certificate those trust who are given `environ`."""

    def __init__(self, folder: Path) -> None:
        port, self.tls_port = free_port(), free_port()
        super().__init__(
            "simulators.squeegee", f"http://127.0.0.1:{port}", "--port", str(port), "--tls-port", str(self.tls_port),
            "--data", str(folder), "--token", SQUEEGEE_TOKEN, "--read-back",
        )  # fmt: skip
        self.token = SQUEEGEE_TOKEN
        self.secure_url = f"https://127.0.0.1:{self.tls_port}"
        self.environ = {"SSL_CERT_FILE": str(folder / "certificate.pem")}
        assert ssl.create_default_context(cafile=self.environ["SSL_CERT_FILE"])

    def state(self) -> dict[str, Any]:
        """All it holds and every request it saw."""
        from app.core import http

        return http.request("GET", f"{self.url}/_state", allow_private=True, max_bytes=10**8, timeout=60).json()


def judge(site: Site, far_end: FarEnd, numbers: set[str]) -> tuple[Counter[str], list[str]]:
    """How many leads ended in which state, and what is wrong: a lead that is there twice, or not as its transfer says.

    The far end's own database is asked what there is, not Sill's.
    """
    held, stands = far_end.state()["by_reference"], {row[0]: row[1:] for row in site.sql(STANDS)}
    states, wrong = Counter(), []
    for number in sorted(numbers):
        state, error, customer_id, job_id = stands.get(number, ("no transfer", None, None, None))
        there = held.get(number, {"customers": [], "jobs": []})
        customers, jobs = there["customers"], there["jobs"]
        states[state] += 1
        if len(customers) > 1 or len(jobs) > 1:
            wrong.append(f"{number} is there twice: {len(customers)} customers, {len(jobs)} jobs")
        elif state == "success" and (customers, jobs) != ([customer_id], [job_id]):
            wrong.append(f"{number} should be there and is not, or not so")
        elif state in ("failed", "partial") and (bool(customers) != bool(customer_id) or jobs):
            wrong.append(f"{number} is there although its transfer says {state}, {error}")
        elif state not in ("success", "failed", "partial", "uncertain"):
            wrong.append(f"{number} is lost: {state}, {error}")
    return states, wrong


def calls_while_open(site: Site) -> tuple[int, int, int]:
    """How often the circuit was open, how many trials went meanwhile, and how many calls that were none.

    One call is a trial a minute after the opening or the trial before it, or after somebody asked for one.
    """
    spans = asked = trials = others = 0
    free_from: float | None = None
    happened = [(at, action) for at, action in site.sql(SPANS)] + [(at, "call") for (at,) in site.sql(CALLS)]
    for at, action in sorted(happened):
        if action == "squeegee.silent" and free_from is None:
            spans, free_from = spans + 1, at + _LEAST_WAIT
        elif action == "squeegee.answers":
            free_from, asked = None, 0
        elif action == "squeegee.trial_asked":
            asked += 1
        elif action == "call" and free_from is not None:
            if asked:
                asked, trials = asked - 1, trials + 1
            elif at >= free_from:
                trials += 1
            else:
                others += 1
            free_from = max(free_from, at + _LEAST_WAIT)
    return spans, trials, others


def requests_while_open(site: Site, far_end: FarEnd) -> int:
    """Requests that Squeegee saw while the circuit was open and that no call explains: begun before, or a trial.

    A call explains one request that comes within the time that a call may take.
    """
    seen = [datetime.fromisoformat(each["at"]).timestamp() for each in far_end.state()["requests"]]
    happened = [(at, action) for at, action in site.sql(SPANS)] + [(at, "call") for (at,) in site.sql(CALLS)]
    waiting: list[float] = []
    is_open, strays = False, 0
    for at, action in sorted([*happened, *((at, "request") for at in seen)]):
        if action == "call":
            waiting.append(at)
        elif action == "request":
            waiting = [each for each in waiting if at - each <= _LONGEST_CALL]
            strays += is_open and not waiting
            waiting = waiting[1:]
        else:
            is_open = action != "squeegee.answers"
    return strays
