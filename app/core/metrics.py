"""Figures for Prometheus on a path of their own, behind a token."""

import hmac
import time
from collections.abc import Iterator, Mapping

import structlog
from flask import Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.live import hub
from app.core.refusals import facts_of
from app.core.transactions import transaction
from app.extensions import db, limiter

log = structlog.get_logger(__name__)
REQUESTS = Counter("sill_requests_total", "Answers by route and status", ["route", "method", "status"])
SECONDS = Histogram(
    "sill_request_seconds", "Time to answer", ["route"], buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
)
#: All others are anybody's invention: each would stay as a figure of its own, for ever.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: The states that `outbox_depth()` counts.
_UNDONE = ("ready", "leased", "dead")
_DEPTH = text("select state, items from outbox_depth()")


class Looked(Collector):
    """Figures that are looked up for one answer and kept nowhere.

    A Gauge would be written to the folder that the processes share, as the figure of the process that was asked, and
    read from there ever after: work that was dead once would stay so.
    """

    def __init__(self, depth: Mapping[str, int] | None, streams: int) -> None:
        self._depth, self._streams = depth, streams

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every family once, and every state, also one in which nothing is: or nobody would see that it has ended."""
        if self._depth is not None:
            items = GaugeMetricFamily("sill_outbox_items", "Work by state", labels=["state"])
            for state in _UNDONE:
                items.add_metric([state], self._depth.get(state, 0))
            yield items
        yield GaugeMetricFamily("sill_open_streams", "Open pages in this process", value=self._streams)


def init_app(app: Flask) -> None:
    """Count each answer and mount /metrics."""
    app.after_request(_count)
    app.add_url_rule("/metrics", "metrics", limiter.exempt(_metrics))


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "(none)"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(route, method, response.status_code).inc()
    if "started" in g:
        SECONDS.labels(route).observe(time.perf_counter() - g.started)
    return response


def _metrics() -> Response:
    """All processes' figures. Without a configured token, or with a wrong one, the path does not exist."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        abort(404)
    registry = CollectorRegistry()
    if current_app.config["PROMETHEUS_MULTIPROC_DIR"]:
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    registry.register(Looked(_depth(), hub.count()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _depth() -> dict[str, int] | None:
    """How much work there is by state; None while the database can't be asked, when the rest is wanted too."""
    try:
        with transaction():
            return {row["state"]: row["items"] for row in db.session.execute(_DEPTH).mappings()}
    except SQLAlchemyError as error:
        log.warning("work_not_counted", **facts_of(error))
        return None
