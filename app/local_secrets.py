"""The secrets of a machine that is nobody's production: made once and kept in var/secrets.json."""

import base64
import fcntl
import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from app.environment import ConfigError

# MASTER_KEYS is a list of numbered keys; see MasterKeys.
MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "INDEX_PEPPER": lambda: secrets.token_urlsafe(48),
    "MASTER_KEYS": lambda: "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
}


def local_secrets(var_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that `environ` does not set, made at the first call and the same ever after.

    Web, worker and scheduler may ask at the same moment: one makes them, under a lock.
    """
    missing = [name for name in MAKERS if not environ.get(name) and not environ.get(f"{name}_FILE")]
    if not missing:
        return {}
    from app.embedded.processes import write_private

    var_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
    file = var_dir / "secrets.json"
    with (var_dir / "secrets.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _kept(file)
        made = {name: MAKERS[name]() for name in missing if name not in kept}
        if made:
            write_private(file, json.dumps(kept | made, indent=2))
    return {name: (kept | made)[name] for name in missing}


def _kept(file: Path) -> dict[str, str]:
    """The secrets of before. Raises ConfigError for a damaged file: with new ones nothing that is sealed would open."""
    try:
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    except ValueError:
        raise ConfigError(
            f"{file} is damaged, and holds the keys of the data beside it: put a copy of it there, or move"
            f" {file.parent} away to begin anew."
        ) from None
    return kept
