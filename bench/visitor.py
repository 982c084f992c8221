"""Somebody who is signed in and measures."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from app.bench.services import PASSWORD, PEOPLE, email_of
from bench.place import HOST


class Visitor:
    """A signed-in browser, reduced to its cookie and the token of its pages."""

    def __init__(self, port: int, slug: str, name: str = PEOPLE[0]) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        token = self._token(self.get("/login"))
        body = urlencode({"email": email_of(slug, name), "password": PASSWORD, "csrf_token": token})
        status, _ = self._send("POST", "/login", body)
        if status != 303:
            raise RuntimeError(f"Signing in was answered {status}.")
        self.board = self.get(f"/w/{slug}/leads/board")
        self.token = self._token(self.board)

    def get(self, path: str) -> str:
        """A page's HTML. Raises RuntimeError for any answer but 200."""
        status, text = self._send("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} was answered {status}.")
        return text

    def request(self, method: str, path: str, body: dict[str, str] | None = None, **headers: str) -> str:
        """A whole request as it goes over the wire, with this visitor's cookie and token."""
        sent = urlencode(body) if body is not None else ""
        lines = {"Host": HOST, "User-Agent": "bench", "Cookie": self.cookie(), **headers}
        if body is not None:
            lines |= {"X-CSRFToken": self.token, "Content-Type": "application/x-www-form-urlencoded"}
            lines["Content-Length"] = str(len(sent))
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n{sent}"

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Host": HOST, "Cookie": self.cookie(), "X-Forwarded-For": "10.255.255.1"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def cookie(self) -> str:
        """The header that signs its requests in."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @staticmethod
    def _token(page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"|"X-CSRFToken": "([^"]+)"', page)
        if found is None:
            raise RuntimeError("The page has no token.")
        return found[1] or found[2]
