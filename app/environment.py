"""Reading one environment variable.

Any secret may also come from a file: NAME_FILE holds its path, as container platforms mount them. A setting
that is missing or wrong raises ConfigError, whose message names the variable and says what to put there; a
secret's value never stands in it.
"""

import os
from collections.abc import Mapping
from pathlib import Path


class ConfigError(RuntimeError):
    """A setting is missing or wrong; the message names the variable and what to do."""


def envstr(environ: Mapping[str, str], name: str, default: str | None = None) -> str:
    """Return a text setting, trimmed. Raises ConfigError if it is unset and has no default."""
    value = environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ConfigError(f"{name} is not set. Set it in the environment; README.md lists the settings.")
    return default


def envsecret(environ: Mapping[str, str], name: str, default: str | None = None) -> str:
    """Return a setting that may also lie in the file NAME_FILE names. Raises ConfigError as `envstr` does."""
    path = environ.get(f"{name}_FILE", "").strip()
    if not path:
        return envstr(environ, name, default)
    if environ.get(name, "").strip():
        raise ConfigError(f"{name} and {name}_FILE are both set. Keep one.")
    try:
        value = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}_FILE names a file that cannot be read ({type(error).__name__}).") from None
    if not value:
        raise ConfigError(f"{name}_FILE names an empty file. Put the value into it.")
    return value


def envint(environ: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    """Return a whole number. Raises ConfigError if it is none or below `least`."""
    value = envstr(environ, name, str(default))
    if not value.isascii() or not value.isdecimal() or int(value) < least:
        raise ConfigError(f"{name} must be a whole number from {least} up.")
    return int(value)


def envbool(environ: Mapping[str, str], name: str, default: bool = False) -> bool:
    """Return a switch: 1, true, yes, on or 0, false, no, off. Raises ConfigError for anything else."""
    value = envstr(environ, name, "1" if default else "0").lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ConfigError(f"{name} must be 1 or 0.")


def envfolder(environ: Mapping[str, str], name: str) -> str:
    """Return the path of a folder, empty if unset. Raises ConfigError unless it is there and may be written to."""
    path = envstr(environ, name, "")
    if path and not (Path(path).is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK)):
        raise ConfigError(f"{name} must be a folder that is there and may be written to. Make it, or unset {name}.")
    return path


def postgres_url(url: str, name: str = "DATABASE_URL") -> str:
    """Return a PostgreSQL URL as SQLAlchemy wants it for psycopg. Raises ConfigError for another database."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigError(f"{name} must be a PostgreSQL URL: postgresql://user:password@host/database.")
    return f"postgresql+psycopg://{rest}"
