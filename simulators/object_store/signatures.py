"""Checking AWS Signature Version 4 from the receiving side, on the raw request, with no code of the sender's."""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from flask import Request

_SKEW = timedelta(minutes=15)
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/s3/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*"
    r"Signature=([0-9a-f]{64})"
)


def fault(request: Request, body: bytes, key_id: str, secret: str) -> str | None:
    """S3's code for what is wrong with a request's signature; None when it is right."""
    found = _HEADER.fullmatch(request.headers.get("Authorization", ""))
    if not found:
        return "AccessDenied"
    given_id, day, region, names, signature = found.groups()
    if given_id != key_id:
        return "InvalidAccessKeyId"
    stamp = request.headers.get("X-Amz-Date", "")
    try:
        sent = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return "AccessDenied"
    if abs(datetime.now(UTC) - sent) > _SKEW or not stamp.startswith(day):
        return "RequestTimeTooSkewed"
    digest = request.headers.get("X-Amz-Content-Sha256", "")
    if digest != hashlib.sha256(body).hexdigest():
        return "XAmzContentSHA256Mismatch"
    if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names.split(";")):
        return "AccessDenied"
    path, _, query = request.environ["RAW_URI"].partition("?")
    lines = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in names.split(";")]
    ordered = "&".join(sorted(part if "=" in part else f"{part}=" for part in query.split("&") if part))
    canonical = "\n".join([request.method, path, ordered, *lines, "", names, digest]).encode()
    scope = f"{day}/{region}/s3/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
    key = ("AWS4" + secret).encode()
    for part in (day, region, "s3", "aws4_request", to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return None if hmac.compare_digest(key.hex(), signature) else "SignatureDoesNotMatch"
