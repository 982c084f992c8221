"""What every template can use, and StrictUndefined: a missing value is an error, not a blank."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined, Template
from markupsafe import Markup

from app.core import marks
from app.core.clock import utcnow
from app.core.fragments import dom_id, fragment, topic
from app.core.human_time import humanise_due, humanise_past, long_date
from app.core.money import format_money
from app.core.security import csp_nonce
from app.core.uploads import largest_file


class OurTemplate(Template):
    """A template whose macros are made once.

    At each import Jinja compares the globals of both templates, to make the macros anew should they differ: ours never
    do, and ten imports on a page took longer than its menu.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Set up the Jinja environment."""
    env = app.jinja_env
    env.template_class = OurTemplate
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    app.config["TEMPLATES_AUTO_RELOAD"] = app.debug
    env.globals.update(
        csp_nonce=csp_nonce, static=static_url, csrf_token=generate_csrf, dom_id=dom_id, topic=topic,
        url_for=page_url, fragment=fragment, largest_file=largest_file, icon_mark=icon, stage_hue=marks.hue,
        stage_dot_mark=marks.stage_dot, stage_badge_mark=marks.stage_badge,
        made_at=lambda: g.began,
        current_workspace=lambda: g.get("workspace"), current_viewer=lambda: g.get("viewer"),
    )  # fmt: skip
    env.filters.update(money=money, pounds=pounds, due=due, past=past, longdate=long_date, exact=exact)


def page_url(endpoint: str, **values: Any) -> str:
    """Flask's url_for, for which werkzeug's builder is asked once where an address holds nothing but ids: menus have
    thirty such addresses and a lead fifty.
    """
    workspace = g.get("workspace")
    ids = {name: value for name, value in values.items() if type(value) is UUID}
    rest = {name: value for name, value in values.items() if name not in ids}
    if workspace is None or (rest and rest != {"slug": workspace.slug}):
        return url_for(endpoint, **values)
    pattern = _pattern(workspace.slug, request.root_path, endpoint, tuple(ids))
    return pattern % ids if ids else pattern


def static_url(path: str) -> str:
    """The address of a static file with the mark of its content, so that it may be kept for a year."""
    if current_app.debug:
        return url_for("static", filename=path, v=_digest.__wrapped__(current_app.static_folder or "", path))
    # Fifty icons a page: werkzeug's builder would take longer over them than the database over the page.
    return _static(current_app.static_url_path, current_app.static_folder or "", path)


def icon(name: str, label: str | None = None, **more: str) -> Markup:
    """An icon by its name in the sprite; templates give its classes as `class`."""
    return marks.icon_mark(static_url("vendor/icons.svg"), name, label, more.get("class", ""))


def money(minor: int | None, currency: str = "GBP") -> str:
    """Such as £24 or £24.50; a dash for nothing."""
    return "–" if minor is None else format_money(minor, currency)


def pounds(minor: int, currency: str = "GBP") -> str:
    """An amount a year or in total, rounded to whole pounds: nobody plans by the pence of a year."""
    return format_money((minor + 50) // 100 * 100, currency)


def due(at: datetime, now: datetime | None = None) -> tuple[str, str]:
    """When something is due in words, with its tone (bad, warn, plain)."""
    return humanise_due(at, now or utcnow(), _zone())


def past(at: datetime, now: datetime | None = None) -> str:
    """When something happened in words."""
    return humanise_past(at, now or utcnow(), _zone())


def exact(at: datetime | date | None) -> str:
    """The exact local time, for titles."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        return at.astimezone(_zone()).strftime("%a %-d %b %Y, %H:%M")
    return at.strftime("%a %-d %b %Y")


def _zone() -> ZoneInfo:
    workspace = g.get("workspace")
    return ZoneInfo(workspace.time_zone if workspace else "Europe/London")


@lru_cache(maxsize=4096)
def _pattern(slug: str, prefix: str, endpoint: str, names: tuple[str, ...]) -> str:
    """An address in which ids are still to be filled in, %(name)s for each; without any the address itself."""
    marks = {name: uuid4() for name in names}
    url = url_for(endpoint, **marks)  # core/web.py fills in the slug
    if marks:
        url = url.replace("%", "%%")
    for name, mark in marks.items():
        url = url.replace(str(mark), f"%({name})s")
    return url


@lru_cache(maxsize=512)
def _static(prefix: str | None, folder: str, path: str) -> str:
    return f"{prefix}/{quote(path)}?v={_digest(folder, path)}"


@lru_cache(maxsize=512)
def _digest(folder: str, path: str) -> str:
    return hashlib.sha256(Path(folder, path).read_bytes()).hexdigest()[:12]
