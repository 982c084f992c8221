"""Figures for Prometheus on a path of their own, behind a token."""

import hmac
import time

from flask import Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text

from app.core.live import hub
from app.core.transactions import transaction
from app.extensions import db, limiter

REQUESTS = Counter("sill_requests_total", "Answers by route and status", ["route", "method", "status"])
SECONDS = Histogram(
    "sill_request_seconds", "Time to answer", ["route"], buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
)


def init_app(app: Flask) -> None:
    """Count each answer and mount /metrics."""
    app.after_request(_count)
    app.add_url_rule("/metrics", "metrics", limiter.exempt(_metrics))


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "(none)"
    REQUESTS.labels(route, request.method, response.status_code).inc()
    if "started" in g:
        SECONDS.labels(route).observe(time.perf_counter() - g.started)
    return response


def _metrics() -> Response:
    """All processes' figures. Without a configured token, or with a wrong one, the path does not exist."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)
    registry = CollectorRegistry()
    if current_app.config["PROMETHEUS_MULTIPROC_DIR"]:
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    depth = Gauge("sill_outbox_items", "Work by state", ["state"], registry=registry)
    Gauge("sill_open_streams", "Open pages in this process", registry=registry).set(hub.count())
    with transaction():
        for state, number in db.session.execute(text("select state, items from outbox_depth()")):
            depth.labels(state).set(number)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
