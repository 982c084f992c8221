"""Compression of answers where it is safe: our own static files, and pages that say so.

A page that shows a secret beside what somebody else can put into it must not be compressed (BREACH), so the desk never
is. The public form holds no cookie, no account and nothing of another person.
"""

import zlib
from functools import lru_cache

from flask import Flask, Response, g, request

from app.core.static_files import is_static

_TEXTS = ("text/css", "text/javascript", "image/svg+xml", "application/json")
_LEAST = 600  # bytes; less gains nothing
_QUICK, _SMALL = 4, 9


def compress_this() -> None:
    """Compress this one answer, which holds nothing that must stay unknown to whoever made its address."""
    g.compressed = True


def init_app(app: Flask) -> None:
    """Compress what may be, after everything else has had its word about the answer."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    is_file = is_static() and response.mimetype in _TEXTS
    if not (is_file or g.get("compressed")):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or response.headers.get("Content-Encoding") or not _may_be():
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < _LEAST:
        return response
    response.set_data(_kept(plain) if is_file else _gzip(plain, _QUICK))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same content, in other bytes
    return response


def _may_be() -> bool:
    return request.method == "GET" and "Range" not in request.headers and request.accept_encodings["gzip"] > 0


@lru_cache(maxsize=400)
def _kept(plain: bytes) -> bytes:
    return _gzip(plain, _SMALL)


def _gzip(plain: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush()
