"""Our own static files: their addresses, and how long a browser may keep them.

An address changes with what lies behind it, so that a browser asks once and not again before that:

- a file by the mark of its content, `/static/css/dist/desk.css?v=1d5acd70`; bin/css writes them into style sheets
- a script by the mark of all scripts, `/static/js-5f0c9a12/app.js`: modules import one another by relative addresses,
  which carry a folder on and a query not
"""

import hashlib
import posixpath
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, request, send_from_directory
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.exceptions import NotFound

_SCRIPTS = "js/"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


class StaticFiles:
    """The files of one folder. Their marks are read once, or anew each time while somebody works on them."""

    def __init__(self, folder: str, root: str, keep: bool) -> None:
        self._folder, self._root, self._keep = Path(folder), root, keep
        self._marks: dict[str, str] = {}
        self._addresses: dict[str, str] = {}

    def address(self, path: str) -> str:
        """The address of the file at `path` in the folder. Raises FileNotFoundError."""
        # Fifty icons a page: werkzeug's builder would take longer over them than the database over the page.
        if path not in self._addresses or not self._keep:
            if path.startswith(_SCRIPTS):
                self._addresses[path] = f"{self._root}/js-{self._mark(path)}/{quote(path.removeprefix(_SCRIPTS))}"
            else:
                self._addresses[path] = f"{self._root}/{quote(path)}?v={self._mark(path)}"
        return self._addresses[path]

    def send(self, filename: str, mark: str | None = None) -> Response:
        """The file, to be kept for a year if its address is the one we give. While a rollout is under way, a page of
        the newer release may ask the older one, whose file must not stand at that address for a year.

        Raises NotFound, for a file's second name too (`css/../css/dist/desk.css`): marks would be kept for each.
        """
        path = _SCRIPTS + filename if mark else filename
        if posixpath.normpath(path) != path:
            raise NotFound
        response = send_from_directory(self._folder, path)
        asked = mark or request.args.get("v")
        is_lasting = asked and asked == self._mark(path)
        response.headers["Cache-Control"] = _FOR_EVER if is_lasting else _ASK_EACH_TIME
        return response

    def _mark(self, path: str) -> str:
        name = _SCRIPTS if path.startswith(_SCRIPTS) else path
        if name not in self._marks or not self._keep:
            files = sorted(Path(self._folder, name).rglob("*.js")) if name == _SCRIPTS else [self._folder / name]
            content = b"".join(file.read_bytes() for file in files)
            self._marks[name] = hashlib.sha256(content).hexdigest()[:8]
        return self._marks[name]


class _Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies. A static file neither sets one nor depends on one: it is the same for everybody."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Let the answer carry the session, unless it is a file."""
        if not is_static():
            super().save_session(app, session, response)


def is_static() -> bool:
    """Whether the request is for one of our static files."""
    return request.endpoint == "static"


def init_app(app: Flask) -> None:
    """Answer with static files, and keep what gives their addresses in `app.extensions["static_files"]`."""
    files = StaticFiles(app.static_folder or "", app.static_url_path or "", keep=not app.debug)
    app.add_url_rule(f"{app.static_url_path}/js-<string(length=8):mark>/<path:filename>", endpoint="static")
    app.view_functions["static"] = files.send
    app.session_interface = _Sessions()
    app.extensions["static_files"] = files
