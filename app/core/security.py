"""Headers on every answer, cookies, and the nonce of the content security policy."""

import secrets

from flask import Flask, Response, g, request

HSTS = "max-age=63072000; includeSubDomains"


def csp_nonce() -> str:
    """This answer's nonce; the only thing that lets a script run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def allow_framing_by(origins: list[str]) -> None:
    """Let these exact origins frame this one answer (the public form); everything else may never be framed."""
    g.frame_ancestors = origins


def allow_workers() -> None:
    """Let the scripts of this one answer run workers from our own static files (the public form's proof of work)."""
    g.workers = True


def allow_own_style() -> None:
    """Let this one answer carry its style sheet under the nonce, to be painted a round trip sooner."""
    g.own_style = True


def allow_own_frames() -> None:
    """Let this one answer hold frames of our own pages (the builder shows the form as customers see it)."""
    g.own_frames = True


def init_app(app: Flask) -> None:
    """Put the headers on every answer, errors and static files included."""
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    framed_by = g.get("frame_ancestors")
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(framed_by))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Strict-Transport-Security"] = HSTS
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    shown_elsewhere = request.endpoint in ("lead_forms.embed", "lead_forms.logo")  # websites and webmail
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shown_elsewhere else "same-origin"
    if framed_by is None:
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Referrer-Policy", "same-origin")
    else:
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(framed_by: list[str] | None) -> str:
    ancestors = " ".join(framed_by) if framed_by else "'none'"
    workers = "worker-src 'self'; " if g.get("workers") else ""
    style = f" 'nonce-{csp_nonce()}'" if g.get("own_style") else ""
    frames = "frame-src 'self'; " if g.get("own_frames") else ""
    return (
        f"default-src 'none'; script-src 'nonce-{csp_nonce()}' 'strict-dynamic'; style-src 'self'{style}; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"object-src 'none'; {workers}{frames}manifest-src 'self'; frame-ancestors {ancestors}"
    )
