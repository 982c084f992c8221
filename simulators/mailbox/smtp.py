"""The customers' mail server: real SMTP on loopback, with faults that can be switched on."""

import asyncio
import threading
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from simulators.mailbox.store import Store
from simulators.switches import Switchboard

LARGEST = 10_000_000  # bytes of one mail
SWITCHES: dict[str, tuple[str, float | None]] = {
    "slow": ("Slow, seconds", 5),
    "refuse_451": ("Refuse for now, 451", None),
    "refuse_550": ("Refuse for good, 550", None),
    "cut_before": ("Cut before accepting", None),
    "cut_after": ("Accept, then cut", None),
    "ignore_message_id": ("Store repeats too", None),
}


class MailServer:
    """Runs the SMTP server in a thread of its own."""

    def __init__(self, store: Store, switches: Switchboard) -> None:
        self._handler = _Handler(store, switches)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None

    def start(self, port: int) -> int:
        """Listen on 127.0.0.1; returns the port (0 takes a free one). Raises OSError when it is taken."""
        listening = self._loop.create_server(self._session, "127.0.0.1", port)
        self._server = self._loop.run_until_complete(listening)
        threading.Thread(target=self._loop.run_forever, daemon=True, name="smtp").start()
        return self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _session(self) -> SMTP:
        return SMTP(
            self._handler,
            hostname="mailbox.example.com",
            ident="Mailbox",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            loop=self._loop,
            # Any name and password will do, as the port answers this machine only.
            authenticator=lambda *_: AuthResult(success=True),
            auth_require_tls=False,
        )


class _Handler:
    def __init__(self, store: Store, switches: Switchboard) -> None:
        self.store, self.switches = store, switches

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.switches.take("refuse_550", to=address):
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        to = envelope.rcpt_tos[0]
        if slow := self.switches.take("slow", to=to):
            await asyncio.sleep(slow.value or 0)
        if self.switches.take("cut_before", to=to):
            return _cut(server)
        if self.switches.take("refuse_451", to=to):
            return "451 4.3.0 Not now, try again later"
        self._keep(envelope)
        return _cut(server) if self.switches.take("cut_after", to=to) else "250 2.0.0 OK, kept"

    def _keep(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        found = message_from_bytes(raw, policy=policy.compat32).get("Message-ID")
        message_id = str(found).strip() if found else None
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            again = bool(message_id and self.switches.take("ignore_message_id", to=recipient))
            self.store.deliver_mail(message_id, envelope.mail_from or "", recipient.lower(), raw, again)


def _cut(server: SMTP) -> str:
    """Close the connection at once; the reply that the protocol makes us return goes nowhere."""
    if server.transport:
        server.transport.abort()
    return "421 4.3.0 Cut"
