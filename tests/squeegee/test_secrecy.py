"""The token stays where it belongs, and requests go to nobody but a Squeegee on the public internet."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.core import outbound_addresses
from app.extensions import db, redis_door
from app.squeegee import services
from app.squeegee.queries import get_account
from tests.squeegee.desk import Desk, calls, fresh

FAULTS = ("status_500", "status_429", "success_false", "cut_before", "cut_after", "garbage_json", "wrong_token")
#: Where nothing may ever be sent outside demo mode, as somebody might type it.
INSIDE = (
    "https://127.0.0.1", "https://10.0.0.7", "https://192.168.1.1", "https://[::1]", "https://[::ffff:10.0.0.7]",
    "https://169.254.169.254", "https://localhost", "https://0.0.0.0", "https://2130706433",
)  # fmt: skip


def test_the_token_is_in_no_page_log_table_or_job_after_every_fault(
    desk: Desk, ready_lead: Any, run_outbox: Callable[..., int], alice: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = []
    for fault in FAULTS:
        desk.far_end.switch(**{fault: {"times": 1}})
        transfer = desk.start(ready_lead())
        run_outbox()
        shown.append(alice.get(f"/w/{alice.slug}/transfers/{transfer.id}").text)
    shown += [alice.get(f"/w/{alice.slug}/squeegee{path}").text for path in ("", "/settings", "/transfers")]
    tables = db.session.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
    rows = [str(db.session.execute(text(f'select * from "{table}"')).all()) for table in tables]
    client = redis_door.client
    jobs = [str(client.dump(key)) + str(key) for key in client.scan_iter(count=1000)]
    out = capfd.readouterr()
    haystack = "\n".join([*shown, *rows, *jobs, out.out, out.err])
    assert "Wells Window Cleaning" in haystack  # the search itself works
    assert desk.far_end.token not in haystack
    assert desk.far_end.token.encode().hex() not in haystack
    assert desk.far_end.token not in repr(get_account()) + str(vars(get_account()))


def test_nothing_is_sent_to_our_own_network(
    desk: Desk, ready_lead: Any, run_outbox: Callable[..., int], app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ALLOW_PRIVATE_OUTBOUND", False)
    transfer = desk.start(ready_lead())
    for base_url in INSIDE:
        get_account().base_url = base_url
        db.session.commit()
        run_outbox()
        assert (fresh(transfer).state, transfer.error) == ("failed", "address_refused"), base_url
        services.retry(transfer.id, desk.actor)
        db.session.commit()
    assert set(calls(transfer)) == {("customer", "not_sent")}


def test_a_name_is_judged_by_what_it_resolves_to(
    desk: Desk, ready_lead: Any, run_outbox: Callable[..., int], app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: list[str] = []

    def resolve(*_: Any, **__: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]

    monkeypatch.setitem(app.config, "ALLOW_PRIVATE_OUTBOUND", False)
    get_account().base_url = "https://wells.sqgee.com"
    transfer = desk.start(ready_lead())
    # One bad address among good ones is enough.
    for inside in (["10.0.0.7"], ["93.184.215.14", "127.0.0.1"], ["169.254.169.254"]):
        addresses[:] = inside
        with monkeypatch.context() as patched:
            patched.setattr(outbound_addresses.socket, "getaddrinfo", resolve)
            run_outbox()
        assert (fresh(transfer).state, transfer.error) == ("failed", "address_refused"), inside
        services.retry(transfer.id, desk.actor)
        db.session.commit()
    addresses.clear()
    with monkeypatch.context() as patched:
        patched.setattr(outbound_addresses.socket, "getaddrinfo", resolve)
        run_outbox()
    assert (fresh(transfer).state, transfer.error) == ("pending", "name_unknown")
