"""Settings, read from the environment once and checked there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from app.core.crypto import MasterKeys
from app.core.driver import connect
from app.environment import (
    LAST_PORT,
    ROOT,
    ConfigError,
    envbool,
    envfolder,
    envint,
    envsecret,
    envstr,
    far_url,
    given_environ,
    mail_address,
    mail_host,
    path_for_folder,
    postgres_url,
    process_environ,
    public_url,
    redis_url,
)

__all__ = ["ROOT", "Config", "ConfigError", "load_config", "given_environ", "process_environ"]

ENVIRONMENTS = ("development", "demo", "test", "production")
DEAREST = 4 * 1024 * 1024  # KiB that one password may take to check
LARGEST_FORM = 1024 * 1024  # bytes
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MOST_PROCESSES = 1000  # of web
SHORTEST_SECRET = 32  # characters: 128 bits even if somebody writes hexadecimal (ASVS 5.0.0-11.5.1)


def _secret() -> Any:
    return field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting, checked. Secrets are left out of its repr."""

    env: str
    var_dir: Path
    public_url: str
    database_url: str = _secret()
    migration_database_url: str = _secret()
    redis_url: str = _secret()
    secret_key: str = _secret()
    master_keys: str = _secret()
    index_pepper: str = _secret()
    smtp_host: str
    smtp_port: int
    smtp_username: str
    smtp_password: str = _secret()
    smtp_starttls: bool
    smtp_from: str
    smtp_honours_message_id: bool
    mails_per_domain_per_minute: int
    twilio_account_sid: str
    twilio_auth_token: str = _secret()
    twilio_from: str
    twilio_api_base: str
    twilio_honours_idempotency: bool
    squeegee_simulator_url: str
    allow_private_outbound: bool
    metrics_token: str = _secret()
    trusted_proxies: int
    form_sendings_per_minute: int
    argon2_memory_kib: int
    argon2_passes: int
    argon2_lanes: int
    log_level: str
    db_pool_size: int
    max_upload_mib: int
    file_store: str
    files_dir: Path
    s3_endpoint: str
    s3_region: str
    s3_bucket: str
    s3_access_key_id: str
    s3_secret_access_key: str = _secret()
    prometheus_multiproc_dir: str

    @property
    def is_production(self) -> bool:
        """Whether real customers' data is at stake."""
        return self.env == "production"

    @property
    def is_secure(self) -> bool:
        """Whether people reach Sill by https, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    def as_flask_settings(self) -> dict[str, Any]:
        """Return what goes into `app.config`: settings that are no secret, and what extensions look for."""
        settings = {item.name.upper(): getattr(self, item.name) for item in fields(self) if item.repr}
        return settings | {
            "TESTING": self.env == "test",
            "SECRET_KEY": self.secret_key,
            "METRICS_TOKEN": self.metrics_token,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "MIGRATION_DATABASE_URL": self.migration_database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self.engine_options(),
            "RATELIMIT_STORAGE_URI": self.redis_url,
            "SESSION_COOKIE_NAME": "__Host-sill" if self.is_secure else "sill",
            "SESSION_COOKIE_SECURE": self.is_secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            # Signed when it changes, not for every answer: it outlives the sign-in, which ends after 30 days anyway.
            "SESSION_REFRESH_EACH_REQUEST": False,
            "PREFERRED_URL_SCHEME": urlsplit(self.public_url).scheme,
            "MAX_CONTENT_LENGTH": LARGEST_FORM,  # what takes files says so itself: core/uploads.py
            # A page lies open on the office screen all day; the token lives as long as the session.
            "WTF_CSRF_TIME_LIMIT": None,
        }

    def engine_options(self) -> dict[str, Any]:
        """Return SQLAlchemy's options; parameters, which are customers' data, stay out of errors."""
        return {
            "pool_size": self.db_pool_size,
            "max_overflow": self.db_pool_size,
            "pool_timeout": 30,  # a burst of enquiries queues for the connections rather than being turned away
            "pool_recycle": 1800,
            "hide_parameters": True,
            "creator": partial(connect, self.database_url, connect_timeout=5, application_name="sill"),
        }

    def _checked(self) -> Self:
        """Return itself. Raises ConfigError for settings that do not go together."""
        if self.smtp_host and not self.smtp_from:
            raise ConfigError(
                "SMTP_FROM is not set. Set the address that mail is sent from, as SMTP_HOST is set."
            )
        for name in ("auth_token", "from"):
            if self.twilio_account_sid and not getattr(self, f"twilio_{name}"):
                raise ConfigError(f"TWILIO_{name.upper()} is not set. Set it, as TWILIO_ACCOUNT_SID is set.")
        for name in ("secret_key", "index_pepper"):
            if len(getattr(self, name)) < SHORTEST_SECRET:
                raise ConfigError(f"{name.upper()} must have at least {SHORTEST_SECRET} random characters.")
        try:
            MasterKeys.parse(self.master_keys)
        except ValueError as error:
            raise ConfigError(f"MASTER_KEYS must be 1:<base64 of 32 bytes>. {error}") from None
        if self.argon2_memory_kib < 8 * self.argon2_lanes:
            raise ConfigError("ARGON2_MEMORY_KIB must be 8 for each of ARGON2_LANES, or more.")
        if self.log_level not in LOG_LEVELS:
            raise ConfigError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
        if self.file_store not in ("disk", "s3"):
            raise ConfigError("FILE_STORE must be disk or s3.")
        for name in ("endpoint", "bucket", "access_key_id", "secret_access_key") if self.file_store == "s3" else ():
            if not getattr(self, f"s3_{name}"):
                raise ConfigError(f"S3_{name.upper()} is not set. Set it, as FILE_STORE is s3.")
        if self.is_production and not self.is_secure:
            raise ConfigError("PUBLIC_URL must begin with https:// in production.")
        if self.is_production and (self.allow_private_outbound or self.squeegee_simulator_url):
            raise ConfigError(
                "ALLOW_PRIVATE_OUTBOUND and SQUEEGEE_SIMULATOR_URL are for the demo: unset them."
            )
        if self.file_store == "disk":
            path_for_folder(self.files_dir, "FILES_DIR")
        return self


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings in `environ`, by default those of the process, `.env` and a running `bin/run`.

    Outside production, secrets that are missing are made once and kept under var/. Raises ConfigError.
    """
    if environ is None:
        environ = process_environ()
    env = envstr(environ, "SILL_ENV", "production")
    if env not in ENVIRONMENTS:
        raise ConfigError(f"SILL_ENV must be one of {', '.join(ENVIRONMENTS)}.")
    var_dir = Path(envstr(environ, "SILL_VAR_DIR", str(ROOT / "var"))).absolute()
    if env != "production":
        from app.local_secrets import local_secrets

        environ = {**environ, **local_secrets(var_dir, environ)}
    database_url = postgres_url(envsecret(environ, "DATABASE_URL"))
    migrations = envsecret(environ, "MIGRATION_DATABASE_URL", database_url)
    # gunicorn reads it before its settings: what is no number is refused here, by the release and `bin/run`.
    envint(environ, "WEB_CONCURRENCY", 2, least=1, most=MOST_PROCESSES)
    starttls = envbool(environ, "SMTP_STARTTLS", env == "production")
    return Config(
        env=env,
        var_dir=var_dir,
        public_url=public_url(envstr(environ, "PUBLIC_URL", None if env == "production" else "http://127.0.0.1:8000")),
        database_url=database_url,
        migration_database_url=postgres_url(migrations, "MIGRATION_DATABASE_URL"),
        redis_url=redis_url(envsecret(environ, "REDIS_URL")),
        secret_key=envsecret(environ, "SECRET_KEY"),
        master_keys=envsecret(environ, "MASTER_KEYS"),
        index_pepper=envsecret(environ, "INDEX_PEPPER"),
        smtp_host=mail_host(envstr(environ, "SMTP_HOST", ""), "SMTP_HOST"),
        smtp_port=envint(environ, "SMTP_PORT", 587 if starttls else 25, least=1, most=LAST_PORT),
        smtp_username=envsecret(environ, "SMTP_USERNAME", ""),
        smtp_password=envsecret(environ, "SMTP_PASSWORD", ""),
        smtp_starttls=starttls,
        smtp_from=mail_address(envstr(environ, "SMTP_FROM", ""), "SMTP_FROM"),
        smtp_honours_message_id=envbool(environ, "SMTP_HONOURS_MESSAGE_ID"),
        mails_per_domain_per_minute=envint(environ, "MAILS_PER_DOMAIN_PER_MINUTE", 600, least=6),
        twilio_account_sid=envstr(environ, "TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token=envsecret(environ, "TWILIO_AUTH_TOKEN", ""),
        twilio_from=envstr(environ, "TWILIO_FROM", ""),
        twilio_api_base=far_url(
            envstr(environ, "TWILIO_API_BASE", "https://api.twilio.com"), "TWILIO_API_BASE", may_have_path=True
        ),
        twilio_honours_idempotency=envbool(environ, "TWILIO_HONOURS_IDEMPOTENCY"),
        squeegee_simulator_url=far_url(envstr(environ, "SQUEEGEE_SIMULATOR_URL", ""), "SQUEEGEE_SIMULATOR_URL"),
        allow_private_outbound=envbool(environ, "ALLOW_PRIVATE_OUTBOUND"),
        metrics_token=envsecret(environ, "METRICS_TOKEN", ""),
        trusted_proxies=envint(environ, "TRUSTED_PROXIES", 0),
        form_sendings_per_minute=envint(environ, "FORM_SENDINGS_PER_MINUTE", 600, least=1),
        # 64 MiB, 3 passes, 1 lane; the tests take the least that Argon2 allows.
        argon2_memory_kib=envint(environ, "ARGON2_MEMORY_KIB", 8 if env == "test" else 65536, least=8, most=DEAREST),
        argon2_passes=envint(environ, "ARGON2_PASSES", 1 if env == "test" else 3, least=1, most=1000),
        argon2_lanes=envint(environ, "ARGON2_LANES", 1, least=1, most=64),
        log_level=envstr(environ, "LOG_LEVEL", "INFO").upper(),
        db_pool_size=envint(environ, "DB_POOL_SIZE", 10, least=1),
        max_upload_mib=envint(environ, "MAX_UPLOAD_MIB", 20, least=1),
        file_store=envstr(environ, "FILE_STORE", "disk"),
        files_dir=Path(envstr(environ, "FILES_DIR", str(var_dir / "files"))).absolute(),
        s3_endpoint=far_url(envstr(environ, "S3_ENDPOINT", ""), "S3_ENDPOINT"),
        s3_region=envstr(environ, "S3_REGION", "us-east-1"),
        s3_bucket=envstr(environ, "S3_BUCKET", ""),
        s3_access_key_id=envstr(environ, "S3_ACCESS_KEY_ID", ""),
        s3_secret_access_key=envsecret(environ, "S3_SECRET_ACCESS_KEY", ""),
        prometheus_multiproc_dir=envfolder(environ, "PROMETHEUS_MULTIPROC_DIR"),
    )._checked()
