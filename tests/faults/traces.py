"""Looking for planted values in everything that an installation leaves behind, however they may be written."""

import base64
import json
import os
import subprocess
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

import redis

from app.embedded.postgres import DATABASE, SUPERUSER, server_binaries
from tests.faults.site import Site

_BEGINNING = 9  # characters: enough to be no chance, and three whole groups of base64


def ways_to_write(value: str) -> set[bytes]:
    """The value raw, base64 at each of three offsets, hex, JSON-escaped, URL-quoted and in UTF-16."""
    raw = value.encode()
    ways = {raw, raw.hex().encode(), raw.hex().upper().encode(), json.dumps(value)[1:-1].encode()}
    ways |= {quote(value).encode(), quote_plus(value).encode()}
    for encoding in ("utf-16-le", "utf-16-be"):
        wide = value.encode(encoding)
        ways |= {wide, wide.hex().encode()}
    for offset in range(3):
        # What stands before and after shifts the letters, so only those of whole groups inside are sure.
        start = -(-offset * 4 // 3) if offset else 0
        whole = base64.b64encode(b"\0" * offset + raw)
        inner = whole[start + (1 if offset else 0) : (len(raw) + offset) // 3 * 4]
        ways |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return ways


def found_in(haystack: bytes, values: Iterable[str]) -> list[str]:
    """The values that stand in the haystack in any way of writing.

    Values that begin alike are looked for by their beginning first: where that is nowhere, none of them is anywhere.
    """
    alike = defaultdict(list)
    for value in values:
        alike[value[:_BEGINNING]].append(value)
    return [
        value
        for beginning, group in alike.items()
        if any(way in haystack for way in ways_to_write(beginning))
        for value in group
        if any(way in haystack for way in ways_to_write(value))
    ]


def database_dump(site: Site) -> bytes:
    """A full pg_dump; sealed columns and tokens are in it as hex."""
    command = [
        str(server_binaries() / "pg_dump"), "--host", "127.0.0.1", "--port", str(site.postgres.port),
        "--username", SUPERUSER, DATABASE,
    ]  # fmt: skip
    environ = os.environ | {"PGPASSWORD": site.postgres.passwords[SUPERUSER]}
    return subprocess.run(command, env=environ, capture_output=True, check=True).stdout


def write_ahead_log(site: Site) -> bytes:
    """What PostgreSQL wrote first of every change."""
    return b"".join(file.read_bytes() for file in sorted((site.postgres.data_dir / "pg_wal").glob("0*")))


def redis_contents(site: Site) -> bytes:
    """Every key with its value; RQ's compressed jobs are unpacked."""
    with site.redis_client() as client:
        return b"\n".join(part for key in client.scan_iter(count=1000) for part in _parts(client, key))


def logs(site: Site) -> bytes:
    """What all processes and servers wrote, those that were killed included."""
    files = [*(site.folder / "log").iterdir(), site.postgres.log, site.redis.log]
    return b"\n".join(file.read_bytes() for file in files)


def _parts(client: redis.Redis, key: bytes) -> Iterator[bytes]:
    yield key
    kind = client.type(key)
    values = {
        b"string": lambda: [client.get(key)],
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"stream": lambda: [part for _, entry in client.xrange(key) for pair in entry.items() for part in pair],
        b"none": list,  # gone since it was listed
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
    }[kind]()
    for value in values:
        yield value or b""
        try:
            yield zlib.decompress(value)
        except (zlib.error, TypeError):
            continue
