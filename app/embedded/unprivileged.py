"""PostgreSQL refuses to run as root. Find whom it may run as, opening no folder to anybody else."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from app.embedded.processes import EmbeddedServerError

# Both let a process through folders that are closed to it. Containers usually keep only the second.
CAPABILITIES = ("dac_read_search", "dac_override")


def prefix(data_dir: Path, binary: Path) -> list[str]:
    """Return what to put before a command so that it runs as somebody who may own a database.

    Nothing unless we are root. As root, `data_dir` is given to the account `postgres` if the machine has it,
    else to `nobody`; where a folder above it is closed to them (a clone in /root), the server keeps the one
    capability that lets it pass, and the folder stays as it was. Raises EmbeddedServerError if root may not.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and setpriv (package util-linux) is missing to run it as "
            "another: start Sill as an ordinary user, or set DATABASE_URL."
        )
    account = _account(data_dir)
    _give(data_dir, account)
    become = [setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    attempts = [become, *([*become, f"--inh-caps=+{it}", f"--ambient-caps=+{it}"] for it in CAPABILITIES)]
    for attempt in attempts:
        # What the server does first: to be executed, and to enter its folder.
        enter = [*attempt, "sh", "-c", '"$1" --version && cd "$2"', "sh", str(binary), str(data_dir)]
        if subprocess.run(enter, check=False, capture_output=True).returncode == 0:
            # Changing identity clears the parent-death signal, so setpriv sets it again after.
            return [*attempt, "--pdeathsig=INT"]
    raise EmbeddedServerError(
        f"PostgreSQL does not run as root, and the account {account.pw_name} cannot reach {data_dir}: "
        "put the clone where others may enter, start Sill as an ordinary user, or set DATABASE_URL."
    )


def _account(data_dir: Path) -> pwd.struct_passwd:
    """Return the account the data belongs to already, else the first of those that may have it."""
    owner = data_dir.stat().st_uid
    if owner != 0:
        return pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedServerError("PostgreSQL does not run as root, and there is no account postgres or nobody.")


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)
