"""The Flask extensions, made once and bound to the app in create_app()."""

from typing import TYPE_CHECKING

import redis
from flask import Flask
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData

from app.core import connections  # noqa: F401  (listens to every pool)
from app.core.network import believe_proxies, client_block, notice_proxies
from app.core.redis_patience import TIMEOUTS, patiently
from app.environment import MIGRATIONS

if TYPE_CHECKING:
    from app.config import Config

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

db = SQLAlchemy(metadata=MetaData(naming_convention=NAMING), session_options={"expire_on_commit": False})
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=client_block, headers_enabled=True, in_memory_fallback_enabled=True)


class RedisDoor:
    """One lazily made Redis client for the process; `client` raises until `init_app` has run."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._ear: redis.Redis | None = None

    def init_app(self, url: str) -> None:
        """Point the door at `url`. Timeouts are short: a dead Redis must not slow a page down."""
        self._client = redis.Redis.from_url(url, health_check_interval=30, **patiently())
        # Apart, since one who only listens never learns that nobody speaks.
        self._ear = redis.Redis.from_url(url, health_check_interval=30, **TIMEOUTS)

    @property
    def client(self) -> redis.Redis:
        if self._client is None:
            raise RuntimeError("Redis is not configured yet: create_app() must run first")
        return self._client

    def subscription(self) -> redis.client.PubSub:
        """A new subscription, to nothing yet. Raises RuntimeError as `client` does."""
        if self._ear is None:
            raise RuntimeError("Redis is not configured yet: create_app() must run first")
        return self._ear.pubsub()


redis_door = RedisDoor()


def init_app(app: Flask, config: "Config") -> None:
    """Bind every extension to the app, and believe as many proxies as are configured."""
    if config.trusted_proxies:
        believe_proxies(app, config.trusted_proxies)
    elif config.is_production:
        notice_proxies(app)
    db.init_app(app)
    # Alembic keeps the path in a ConfigParser, for which a single % is the beginning of a name.
    migrate.init_app(app, db, directory=str(MIGRATIONS).replace("%", "%%"))
    redis_door.init_app(config.redis_url)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = patiently()
    limiter.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
