"""Settings: what is missing or wrong is named, secrets are not told."""

import re
import stat
from pathlib import Path

import pytest

from app.config import ROOT, ConfigError, load_config, process_environ
from app.environment import written

SECRET = "a-secret-of-more-than-thirty-two-characters"
PRODUCTION = {
    "SILL_ENV": "production",
    "DATABASE_URL": "postgres://sill:hunter2@db.example.com/sill",
    "REDIS_URL": "rediss://:hunter2@redis.example.com:6379/0",
    "PUBLIC_URL": "https://sill.example.com/",
    "SECRET_KEY": SECRET,
    "INDEX_PEPPER": SECRET[::-1],
    "MASTER_KEYS": "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}
SENDER = {"SMTP_FROM": "desk@example.com"}


def test_without_a_name_the_environment_is_production_and_takes_what_it_is_given() -> None:
    config = load_config({name: value for name, value in PRODUCTION.items() if name != "SILL_ENV"})
    assert config.is_production
    assert config.public_url == "https://sill.example.com"
    assert config.database_url == "postgresql+psycopg://sill:hunter2@db.example.com/sill"
    assert config.migration_database_url == config.database_url
    assert config.smtp_starttls
    settings = config.as_flask_settings()
    assert settings["SESSION_COOKIE_NAME"] == "__Host-sill"
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SQLALCHEMY_ENGINE_OPTIONS"]["hide_parameters"] is True


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"SILL_ENV"}))
def test_production_refuses_to_start_without_a_needed_setting_and_names_it(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is not set"):
        load_config(PRODUCTION | {name: " "})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SILL_ENV", "staging"),
        ("DATABASE_URL", "mysql://sill:hunter2@db/sill"),
        ("REDIS_URL", "http://hunter2"),
        ("PUBLIC_URL", "http://sill.example.com"),
        ("PUBLIC_URL", "https://sill.example.com/app"),
        ("SECRET_KEY", "hunter2"),
        ("INDEX_PEPPER", "hunter2"),
        ("TRUSTED_PROXIES", "-1"),
        ("DB_POOL_SIZE", "0"),
        ("SMTP_PORT", "hunter2"),
        ("SMTP_STARTTLS", "hunter2"),
        ("LOG_LEVEL", "hunter2"),
        ("ALLOW_PRIVATE_OUTBOUND", "1"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "postgresql://sill:hunter2@db:84x0/sill"),
        ("DATABASE_URL", "postgresql://sill:hunter2@db:99999/sill"),
        ("DATABASE_URL", "postgresql://sill:hunter2@db@db/sill"),
        ("DATABASE_URL", "postgresql://sill:hunter2#x@db/sill"),
        ("MIGRATION_DATABASE_URL", "postgresql://sill:hunter2@[::1/sill"),
        ("REDIS_URL", "redis://:hunter2@redis:84x9/0"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "https://jane:hunter2@sill.example.com"),
        ("PUBLIC_URL", "https://sill.example.com:99999999"),
        ("PUBLIC_URL", "https://sill.example.com/#hunter2"),
        ("DATABASE_URL", "postgresql://sill:50%hunter2@db/sill"),
        ("DATABASE_URL", "postgresql://sill:hunter2 x@db/sill"),
        ("MIGRATION_DATABASE_URL", "postgresql://sill:hunter2@db/sill?pool=hunter2"),
        ("REDIS_URL", "redis://:hunter2@redis/hunter2"),
        ("REDIS_URL", "redis://:hunter2@redis/0?pool=hunter2"),
        ("REDIS_URL", "redis://:hunter2@redis/0?socket_timeout=hunter2"),
        ("REDIS_URL", "rediss://:hunter2@redis/0?ssl_cert_reqs=hunter2"),
        ("PUBLIC_URL", "https://sill.example.com?"),
        ("PUBLIC_URL", "https://sill.exam ple.com"),
        ("PUBLIC_URL", "https://*.example.com"),
        ("PUBLIC_URL", "https://sill.example.com\\hunter2"),
        ("SMTP_HOST", "smtp://hunter2"),
        ("SMTP_HOST", "mail.example.com:587"),
        ("SMTP_FROM", "hunter2"),
        ("SMTP_FROM", "Sill <hunter2@example.com>"),
        ("SMTP_FROM", "hunter2@example.com, desk@example.com"),
        ("SMTP_FROM", "hunter2@example.com."),
        ("TWILIO_API_BASE", "api.twilio.com"),
        ("TWILIO_API_BASE", "https://jane:hunter2@api.twilio.com"),
        ("S3_ENDPOINT", "s3.hunter2.com"),
        ("S3_ENDPOINT", "https://s3.example.com/hunter2"),
        ("S3_ENDPOINT", "https://"),
        ("ARGON2_LANES", "9000"),
        ("ARGON2_MEMORY_KIB", "99999999999"),
        ("MASTER_KEYS", "hunter2"),
        ("MASTER_KEYS", "1:hunter2"),
        ("MASTER_KEYS", "1:AAAA,1:AAAA"),
        ("SMTP_PORT", "99999"),
        ("SMTP_PORT", "9" * 5000),
        ("FILES_DIR", "/proc/hunter2"),
        ("FILES_DIR", __file__),
        ("FILES_DIR", f"{__file__}/files"),
        ("PROMETHEUS_MULTIPROC_DIR", "/nowhere/hunter2"),
        ("PROMETHEUS_MULTIPROC_DIR", __file__),
        ("WEB_CONCURRENCY", "hunter2"),
        ("WEB_CONCURRENCY", "99999999"),
        ("WEB_CONCURRENCY", "0"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_never_repeated(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as refusal:
        load_config(PRODUCTION | SENDER | {name: value})
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://sill:50%25hunter2@db/sill?sslmode=require&connect_timeout=3"),
        ("DATABASE_URL", "postgresql:///sill?host=/var/run/postgresql"),
        ("REDIS_URL", "rediss://user:hunter2@redis:6380/3?ssl_cert_reqs=none"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("PUBLIC_URL", "https://[2001:db8::1]:8443/"),
        ("PUBLIC_URL", "https://sill-1.glanz-und-tücher.example"),
        ("SMTP_HOST", "2001:db8::1"),
        ("SMTP_HOST", "mail_out.internal"),
        ("SMTP_FROM", "no-reply+sill@localhost"),
        ("TWILIO_API_BASE", "http://127.0.0.1:8025/twilio/"),
        ("S3_ENDPOINT", "http://minio:9000/"),
    ],
)
def test_what_is_unusual_but_right_is_taken(name: str, value: str) -> None:
    config = load_config(PRODUCTION | SENDER | {name: value})
    assert value.removeprefix("postgresql").rstrip("/") in getattr(config, name.lower())


def test_each_lane_of_a_hash_needs_memory() -> None:
    with pytest.raises(ConfigError, match="ARGON2_MEMORY_KIB must be 8 for each of ARGON2_LANES"):
        load_config(PRODUCTION | {"ARGON2_MEMORY_KIB": "8", "ARGON2_LANES": "4"})


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"SMTP_HOST": "mail.example.com"}, "SMTP_FROM"), ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_AUTH_TOKEN")],
)
def test_half_a_provider_is_refused(given: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        load_config(PRODUCTION | given)


def test_a_secret_may_come_from_a_file_but_not_from_two_places(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    by_file = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert load_config(by_file | {"SECRET_KEY_FILE": str(file)}).secret_key == SECRET
    with pytest.raises(ConfigError, match="both set"):
        load_config(PRODUCTION | {"SECRET_KEY_FILE": str(file)})
    with pytest.raises(ConfigError, match="SECRET_KEY_FILE"):
        load_config(by_file | {"SECRET_KEY_FILE": str(tmp_path / "nowhere")})


def test_outside_production_missing_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    environ = {
        "SILL_ENV": "demo",
        "SILL_VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": "postgresql://db/sill",
        "REDIS_URL": "redis://redis",
    }
    first, second = load_config(environ), load_config(environ)
    assert (first.secret_key, first.master_keys) == (second.secret_key, second.master_keys)
    assert load_config(environ | {"SECRET_KEY": SECRET}).secret_key == SECRET
    assert stat.S_IMODE((tmp_path / "var" / "secrets.json").stat().st_mode) == 0o600


def test_secrets_stay_out_of_repr_and_of_flask_settings_that_pages_print() -> None:
    config = load_config(PRODUCTION | {"SMTP_HOST": "mail", "SMTP_FROM": "a@example.com", "SMTP_PASSWORD": "pw-x"})
    assert "hunter2" not in repr(config)
    assert SECRET not in repr(config)
    assert "pw-x" not in repr(config)
    assert "pw-x" not in repr(config.as_flask_settings())


def test_what_bin_run_writes_down_is_read_as_it_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "it's \\ 100 % \"ü\" $HOME #1"
    folder.mkdir()
    settings = {"FILES_DIR": str(folder), "SMTP_PASSWORD": "'\\'", "REDIS_URL": "redis://:50%25@h/0"}
    (folder / "run.env").write_text(written(settings))
    monkeypatch.setenv("SILL_ENV", "demo")
    monkeypatch.setenv("SILL_VAR_DIR", str(folder))
    for name in settings:
        monkeypatch.delenv(name, raising=False)
    found = process_environ()
    assert {name: found.get(name) for name in settings} == settings


def test_each_setting_stands_in_the_docs() -> None:
    read = "".join((ROOT / name).read_text() for name in ("app/config.py", "gunicorn.conf.py"))
    names = set(re.findall(r'env(?:str|int|bool|secret|folder)\(environ, "([A-Z][A-Z0-9_]+)"', read))
    names |= set(re.findall(r"os\.environ\.get\(['\"]([A-Z][A-Z0-9_]+)", read))
    told = "".join((ROOT / name).read_text() for name in ("README.md", "docs/operations.md"))
    assert len(names) > 30
    assert {name for name in names if f"`{name}`" not in told} == set()
