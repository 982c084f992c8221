"""AWS Signature Version 4 for single requests, as S3 and what speaks like it want it.

Source: Signature Version 4 signing process, Amazon S3 API reference ("Authenticating Requests: Using the Authorization
Header"); tests/files/test_signing.py has its published examples.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

_SCHEME = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, its secret, and the region and service it is used in."""

    key_id: str
    secret: str
    region: str
    service: str = "s3"

    def __repr__(self) -> str:
        return f"Credentials({self.region}/{self.service})"


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A request before it is signed. `path` is plain, not escaped; `headers` beside host are signed as they are."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


def signed_headers(request: Unsigned, credentials: Credentials, now: datetime) -> dict[str, str]:
    """The request's headers with date, hash of the body and authorisation added; `now` is in UTC. Host is left out."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(request.body).hexdigest()
    own = {name.lower(): " ".join(value.split()) for name, value in request.headers.items()}
    own |= {"x-amz-date": stamp, "x-amz-content-sha256": digest}
    signed = {**own, "host": request.host}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = "\n".join([request.method, escaped(request.path), query_text(request.query), lines, names, digest])
    scope = f"{stamp[:8]}/{credentials.region}/{credentials.service}/aws4_request"
    to_sign = "\n".join([_SCHEME, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{credentials.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"Credential={credentials.key_id}/{scope}"
    return own | {"authorization": f"{_SCHEME} {credential},SignedHeaders={names},Signature={signature}"}


def escaped(path: str) -> str:
    """A path as it is sent and signed: everything but letters, digits, `-._~` and slashes in percent form."""
    return quote(path, safe="/-._~")


def query_text(query: Mapping[str, str]) -> str:
    """A query as it is sent and signed: sorted by name, each part in percent form."""
    return "&".join(f"{quote(name, safe='-._~')}={quote(query[name], safe='-._~')}" for name in sorted(query))
