"""How many SQL statements a request takes and how large its answer is, asked inside the app."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.extensions import db
from bench.place import HOST
from bench.scenes import Scene


@dataclass(frozen=True, slots=True)
class Pages:
    """The most statements and the largest answer (bytes) of a row's requests."""

    statements: int
    size: int


def replay(app: Flask, request: str) -> Any:
    """Send a request of the load through the app in this process; returns its answer."""
    head, _, body = request.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    headers["X-Forwarded-For"] = f"10.{random.randint(0, 255)}.{random.randint(0, 255)}.1"
    # Cookies come from the request alone: a client that kept its own would send them twice.
    client = app.test_client(use_cookies=False)
    return client.open(path, method=method, headers=headers, data=body.encode(), base_url=f"http://{HOST}")


@contextmanager
def heard(app: Flask) -> Iterator[list[tuple[Any, str, Any]]]:
    """The statements run meanwhile, as (cursor, text, parameters); what opens a transaction has no cursor."""
    told: list[tuple[Any, str, Any]] = []

    def begin(connection: Any) -> None:
        told.append((None, "begin", None))

    def hear(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        told.append((cursor, statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "before_cursor_execute", hear)


def count_pages(app: Flask, rows: list[Scene]) -> dict[str, Pages]:
    """Count for each row over a few of its requests, the first of them only to warm up."""
    counted = {}
    for scene in rows:
        replay(app, scene.requests[0].pop(0) if scene.once else scene.requests[0][0])
        most, largest = 0, 0
        for place in range(1, 2 if scene.writes else 6):
            request = scene.requests[0].pop(0) if scene.once else scene.requests[0][place % len(scene.requests[0])]
            with heard(app) as told:
                answer = replay(app, request)
            if answer.status_code != scene.status:
                raise RuntimeError(f"{scene.key} was answered {answer.status_code}: {answer.text[:300]}")
            most, largest = max(most, len(told)), max(largest, len(answer.data))
        counted[scene.key] = Pages(most, largest)
    return counted
