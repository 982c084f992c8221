"""What every template can use, and StrictUndefined: a missing value is an error, not a blank."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, StrictUndefined, Template
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner, escape

from app.core import marks
from app.core.clock import utcnow
from app.core.fragments import dom_id, fragment, topic
from app.core.human_time import humanise_due, humanise_past, long_date
from app.core.money import format_money
from app.core.security import csp_nonce
from app.core.uploads import largest_file


class OurTemplate(Template):
    """A template that Jinja puts together with less ado.

    Its macros are made once: at each import Jinja compares the globals of both templates, to make the macros anew
    should they differ; ours never do, and ten imports on a page took longer than its menu. What it escapes is a plain
    str, of which a page has a thousand: they are joined at once. And as part of another it is one piece of text, which
    need not be handed up piece by piece through all that include it.
    """

    @classmethod
    def _from_namespace(cls, environment: Environment, namespace: Any, globals: Any) -> "OurTemplate":
        made = super()._from_namespace(environment, namespace, globals)
        namespace["escape"] = _escaped
        pieces = made.root_render_func

        def whole(context: Context) -> Iterator[str]:
            yield "".join(pieces(context))

        made.root_render_func = whole
        return made

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def _escaped(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    return value if kind is Markup else str(value) if kind is int or kind is UUID else escape(value)


def init_app(app: Flask) -> None:
    """Set up the Jinja environment."""
    env = app.jinja_env
    env.template_class = OurTemplate
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    app.config["TEMPLATES_AUTO_RELOAD"] = app.debug
    static_url = app.extensions["static_files"].address
    env.globals.update(
        csp_nonce=csp_nonce, static=static_url, csrf_token=csrf_token, dom_id=dom_id, topic=topic,
        url_for=page_url, fragment=fragment, largest_file=largest_file, icon_mark=_icons(static_url),
        stage_hue=marks.hue, stage_dot_mark=marks.stage_dot, stage_badge_mark=marks.stage_badge,
        made_at=lambda: g.began,
        current_workspace=lambda: g.get("workspace"), current_viewer=lambda: g.get("viewer"),
    )  # fmt: skip
    env.filters.update(money=money, pounds=pounds, due=due, past=past, longdate=long_date, exact=exact)


def page_url(endpoint: str, **values: Any) -> str:
    """Flask's url_for, for which werkzeug's builder is asked once where an address holds nothing but ids: menus have
    thirty such addresses and a lead fifty.
    """
    workspace = g.get("workspace")
    if workspace is None:
        return url_for(endpoint, **values)
    if values.get("slug") == workspace.slug:
        del values["slug"]
    for value in values.values():
        if type(value) is not UUID:
            return url_for(endpoint, **values)
    pattern = _pattern(workspace.slug, request.root_path, endpoint, tuple(values))
    return pattern % values if values else pattern


def csrf_token() -> str:
    """The token against forged requests, made once a page however many forms it has."""
    token = g.get("csrf_of_page")
    if token is None:
        token = g.csrf_of_page = generate_csrf()
    return token


def _icons(static_url: Callable[[str], str]) -> Callable[..., Markup]:
    """Gives an icon by its name in the sprite; templates give its classes as `class`."""

    def icon(name: str, label: str | None = None, **more: str) -> Markup:
        return marks.icon_mark(static_url("vendor/icons.svg"), name, label, more.get("class", ""))

    return icon


def money(minor: int | None, currency: str = "GBP") -> str:
    """Such as £24 or £24.50; a dash for nothing."""
    return "–" if minor is None else format_money(minor, currency)


def pounds(minor: int, currency: str = "GBP") -> str:
    """An amount a year or in total, rounded to whole pounds: nobody plans by the pence of a year."""
    return format_money((minor + 50) // 100 * 100, currency)


def due(at: datetime, now: datetime | None = None, *, by_hour: bool = False) -> tuple[str, str]:
    """When something is due in words, to the hour if asked, with its tone (bad, warn, plain)."""
    return humanise_due(at, now or utcnow(), _zone(), by_hour=by_hour)


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
