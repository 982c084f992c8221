"""A browser without a screen: keeps cookies, sends the CSRF token, follows nothing by itself."""

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app.core.tenancy import current_scope, enter
from app.extensions import db

HOST = "127.0.0.1"
RAW_TOKEN = "f" * 40


class Client(FlaskClient):
    """Somebody's browser. `hx=True` asks as htmx does. Unsafe methods carry the CSRF token unless `csrf=False`.

    Each request runs in an app context of its own, as in production, so that nothing of one person's request is
    left for the next one's. The test's own session commits before (a savepoint) and forgets what it had read after.
    """

    user_id: Any = None
    workspace_id: Any = None
    slug: str = ""
    email: str = ""

    def open(self, *arguments: Any, hx: bool = False, csrf: bool = True, **options: Any) -> TestResponse:
        """Make a request. Further arguments as for Flask's test client."""
        headers = dict(options.pop("headers", None) or {})
        if hx:
            headers.setdefault("HX-Request", "true")
        if csrf and options.get("method", "GET") in ("POST", "PUT", "PATCH", "DELETE"):
            headers.setdefault("X-CSRFToken", self.csrf_token())
        options.setdefault("base_url", self.application.config["PUBLIC_URL"])
        scope = current_scope()
        db.session.commit()
        try:
            with self.application.app_context():
                return super().open(*arguments, headers=headers, **options)
        finally:
            enter(scope)
            db.session.expire_all()

    def csrf_token(self) -> str:
        """A token that the next form post of this browser may carry."""
        session = self.cookie_session()
        if "csrf_token" not in session:
            session["csrf_token"] = RAW_TOKEN
            self.keep_session(session)
        signer = URLSafeTimedSerializer(self.application.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(signer.dumps(session["csrf_token"]))

    def cookie_session(self) -> dict[str, Any]:
        """What the session cookie says (empty without one)."""
        cookie = self.get_cookie(self.application.config["SESSION_COOKIE_NAME"], domain=HOST)
        return dict(self._signer().loads(cookie.value)) if cookie else {}

    def keep_session(self, session: dict[str, Any]) -> None:
        """Replace the session cookie."""
        name = self.application.config["SESSION_COOKIE_NAME"]
        self.set_cookie(name, self._signer().dumps(session), domain=HOST)

    def _signer(self) -> Any:
        signer = self.application.session_interface.get_signing_serializer(self.application)
        assert signer is not None
        return signer
