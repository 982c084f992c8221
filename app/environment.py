"""Reading one environment variable.

Any secret may also come from a file: NAME_FILE holds its path, as container platforms mount them. A setting
that is missing or wrong raises ConfigError, whose message names the variable and says what to put there; a
secret's value never stands in it.
"""

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
LAST_PORT = 65535
#: How an address of the web looks, with a path or without; what its parts are is looked at afterwards.
_WEB = re.compile(r"https?://[^\s\\@?#/]+(/[^\s\\?#]*)?", re.IGNORECASE)
_HOST = re.compile(r"\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*\.?")


class ConfigError(RuntimeError):
    """A setting is missing or wrong; the message names the variable and what to do."""


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """End the process with one line and exit code 1 where a setting is missing or wrong."""
    try:
        yield
    except ConfigError as error:
        raise SystemExit(f"Sill: {error}") from None


def given_environ() -> dict[str, str]:
    """Return the environment, over `.env` in the project's folder. Raises ConfigError where that can't be read."""
    from dotenv import dotenv_values

    try:
        found = dotenv_values(ROOT / ".env")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{ROOT / '.env'} cannot be read ({type(error).__name__}). Save it as UTF-8 text.") from None
    return {name: value for name, value in found.items() if value} | dict(os.environ)


def written(settings: Mapping[str, str]) -> str:
    """Return settings as a file that `process_environ` reads: a folder's name may hold quotes and backslashes."""
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in settings.items()}
    return "".join(f"{name}='{value}'\n" for name, value in quoted.items())


def process_environ() -> dict[str, str]:
    """Return `given_environ`, over what a running `bin/run` wrote for commands in other terminals."""
    from dotenv import dotenv_values

    given = given_environ()
    if given.get("SILL_ENV") in ("production", "test"):
        return given
    running = Path(given.get("SILL_VAR_DIR") or ROOT / "var") / "run.env"
    return {name: value for name, value in dotenv_values(running, interpolate=False).items() if value} | given


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


def envint(
    environ: Mapping[str, str], name: str, default: int, least: int = 0, most: int | None = None
) -> int:  # fmt: skip
    """Return a whole number. Raises ConfigError if it is none, below `least` or above `most`."""
    value = envstr(environ, name, str(default))
    is_number = value.isascii() and value.isdecimal() and len(value) < 20
    if not is_number or int(value) < least or (most is not None and int(value) > most):
        raise ConfigError(f"{name} must be a whole number from {least} {'up' if most is None else f'to {most}'}.")
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


def path_for_folder(path: Path, name: str) -> Path:
    """Return the path of a folder that is made when it is needed. Raises ConfigError unless it is one or can be made.

    It is not made yet: a command may run as somebody else than the processes that write there.
    """
    try:
        if path.exists():
            fits = path.is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK)
        else:
            Path(mkdtemp(prefix=".sill-", dir=next(each for each in path.parents if each.exists()))).rmdir()
            fits = True
    except OSError as error:
        fits = error.errno in (errno.ENOSPC, errno.EDQUOT)  # a full disk is no reason to stay away
    if not fits:
        raise ConfigError(f"{name} must be a folder that may be written to, or that can be made.")
    return path


def postgres_url(url: str, name: str = "DATABASE_URL") -> str:
    """Return a PostgreSQL URL as SQLAlchemy wants it for psycopg. Raises ConfigError for another database."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    scheme, separator, rest = url.partition("://")
    if not separator or not rest or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigError(f"{name} must be a PostgreSQL URL: postgresql://user:password@host/database.")
    _check_server(url, name)
    try:
        conninfo_to_dict(f"postgresql://{rest}")
    except ProgrammingError:  # whose words quote the password
        raise ConfigError(
            f"{name} can't be read: a % in the password must be written %25, a space %20, and after a ? may stand only"
            " what PostgreSQL knows."
        ) from None
    return f"postgresql+psycopg://{rest}"


def redis_url(url: str) -> str:
    """Return a Redis URL. Raises ConfigError for another one."""
    from redis import ConnectionPool, RedisError

    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigError("REDIS_URL must be a Redis URL: redis://:password@host:6379/0.")
    _check_server(url, "REDIS_URL")
    try:
        ConnectionPool.from_url(url).make_connection()  # which connects to nothing yet
        number = "" if url.startswith("unix://") else urlsplit(url).path.strip("/")
        fits = not number or (number.isascii() and number.isdecimal())
    except (RedisError, TypeError, ValueError):
        fits = False
    if not fits:
        raise ConfigError(
            "REDIS_URL can't be read: after its last / may stand the number of the database, and after a ? only what"
            " Redis's client knows."
        )
    return url


def public_url(url: str) -> str:
    """Return the address people use, without a final slash. Raises ConfigError if more than host and port is in it."""
    if _has_path(url) is not False:
        raise ConfigError(
            "PUBLIC_URL must be the address people use, without a path, a user or a password: https://sill.example.com."
        )
    return url.rstrip("/")


def far_url(url: str, name: str, *, may_have_path: bool = False) -> str:
    """Return the address of a server that we ask, without a final slash; "" is none. Raises ConfigError for others."""
    has_path = _has_path(url) if url else False
    if has_path is None or (has_path and not may_have_path):
        without = "a user or a password" if may_have_path else "a path, a user or a password"
        raise ConfigError(f"{name} must begin with https:// and a host, without {without}.")
    return url.rstrip("/")


def mail_host(host: str, name: str) -> str:
    """Return the name or the number of a mail server; "" is none. Raises ConfigError where more than that is in it."""
    if host and not _is_host(host):
        raise ConfigError(f"{name} must be a server's name alone, like mail.example.com; its port is set apart.")
    return host


def mail_address(address: str, name: str) -> str:
    """Return a mail address; "" is none. Raises ConfigError for what mails can't come from."""
    from email.errors import MessageError
    from email.headerregistry import Address

    try:
        fits = not address or (address.isascii() and str(Address(addr_spec=address)) == address)
    except (MessageError, ValueError):
        fits = False
    if not fits:
        raise ConfigError(f"{name} must be an address alone, like desk@example.com, without a name beside it.")
    return address


def _has_path(url: str) -> bool | None:
    """Whether an address of the web names more than a machine; None for what is no such address."""
    url = url.rstrip("/")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return None
    if not _WEB.fullmatch(url) or not _is_host(host) or port == 0:
        return None
    return bool(parts.path)


def _is_host(text: str) -> bool:
    """Whether it is the name or the number of a machine, and no more."""
    try:
        return bool(_HOST.fullmatch(text) or IPv6Address(text))
    except AddressValueError:
        return False


def _check_server(url: str, name: str) -> None:
    """Raise ConfigError where host and port can't be told apart from the password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises for what is no port)
    except ValueError:
        raise ConfigError(f"{name} has a host or port that is none: a port is a number up to {LAST_PORT}.") from None
    if parts.fragment or parts.netloc.count("@") > 1:
        raise ConfigError(f"{name} has a password with signs that must be encoded: # as %23, @ as %40, / as %2F.")
