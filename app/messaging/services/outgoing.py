"""A message as its transport is handed it, with everything read beforehand: while the provider takes its time no
transaction is open.
"""

import re

from sqlalchemy import literal, select
from sqlalchemy.orm import aliased

from app.core.keyring import cipher
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message
from app.messaging.ports.email import OutgoingEmail
from app.messaging.ports.sms import OutgoingSms
from app.messaging.services.answer_addresses import answer_address
from app.messaging.services.letters import with_way_out
from app.messaging.services.providers import provider_for
from app.messaging.services.statuses import status_url
from app.messaging.services.tracking import tracked
from app.messaging.services.unsubscribing import carries_way_out, unsubscribe_url
from app.workspaces.queries import current_workspace

#: How many mails of a thread are named to the receiving mail program: it needs one that it knows.
_LONGEST_THREAD = 8
_MAIL_ID = re.compile(r"<[!-;=?A-~]{1,180}@[!-;=?A-~]{1,60}>")


def outgoing_sms(message: Message) -> OutgoingSms:
    """A text, ready to leave."""
    key = f"{message.id}/{message.provider_id}" if message.provider_id else str(message.id)
    return OutgoingSms(message.id, key, message.recipient, message.body, status_url(message.id))


def outgoing_email(message: Message) -> OutgoingEmail:
    """A mail, ready to leave."""
    workspace, text, html = current_workspace(), message.body, message.html or ""
    way_out = unsubscribe_url(message) if carries_way_out(message) else None
    if workspace.tracks_opens and message.lead_id:
        html = tracked(message, html)
    if way_out and message.purpose == "marketing":
        text, html = with_way_out(text, html, way_out)
    return OutgoingEmail(
        message_id=message.id, sender_name=workspace.name, reply_to=_reply_to(message, workspace.reply_email),
        recipient=message.recipient, subject=message.subject or "", text=text, html=html,
        automatic=message.created_by is None, unsubscribe_url=way_out, answers=thread_of(message),
    )  # fmt: skip


def thread_of(message: Message) -> tuple[str, ...]:
    """The Message-IDs of the mails that this one answers, the oldest first, the answered one last (RFC 5322, 3.6.4)."""
    if message.answers_id is None or message.channel != "email":
        return ()
    seal, here = cipher(), current_workspace_id()
    columns = (Message.id, Message.direction, Message.provider_id, Message.mail_id_sealed, Message.answers_id)
    first = select(*columns, literal(1).label("step")).where(
        Message.workspace_id == here, Message.id == message.answers_id, Message.channel == "email"
    )
    thread = first.cte("thread", recursive=True)
    before = aliased(Message)
    older = [getattr(before, column.key) for column in columns]
    thread = thread.union_all(
        select(*older, thread.c.step + 1)
        .join(thread, before.id == thread.c.answers_id)
        .where(before.workspace_id == here, before.channel == "email", thread.c.step < _LONGEST_THREAD)
    )
    found = []
    for row in db.session.execute(select(thread).order_by(thread.c.step.desc())):
        mail_id = row.provider_id
        if row.direction == "in":
            mail_id = seal.open(row.mail_id_sealed, "messages", "mail_id_sealed", row.id)
        if mail_id and _is_mail_id(mail_id):
            found.append(mail_id)
    return tuple(found)


def _reply_to(message: Message, office: str) -> str:
    """The workspace's mailbox, by an address that names the message if it takes one; else what the office has set."""
    inbox = provider_for("inbox")
    if inbox is None or not inbox.address:
        return office
    return answer_address(message.id, inbox.address) if inbox.takes_plus and message.lead_id else inbox.address


def _is_mail_id(text: str) -> bool:
    """What came with a stranger's mail goes into a header of ours only if it is in the form of one."""
    return _MAIL_ID.fullmatch(text) is not None
