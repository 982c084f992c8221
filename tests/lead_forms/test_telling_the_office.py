"""An enquiry is mailed to the address in the settings: nobody may be at a desk."""

from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from app.extensions import db
from app.workspaces.models import Workspace
from tests.lead_forms.conftest import leads
from tests.support.simulators import Mailbox
from tests.support.work import run_outbox

OFFICE = "office@example.com"
Send = Callable[..., TestResponse]


def _goes_to(workspace: Workspace, address: str) -> None:
    workspace.notification_email = address
    db.session.commit()


def test_it_says_who_asks_for_what_and_how_to_reach_them(send: Send, workspace: Workspace, mailbox: Mailbox) -> None:
    _goes_to(workspace, OFFICE)
    assert send().status_code == 303
    (lead,) = leads()
    run_outbox()
    (mail,) = mailbox.mails(OFFICE)
    assert mail["subject"] == "New enquiry from Wells"
    for told in ("Hannah Cole", "8-weekly", "3-bed semi", "4 Mill Lane", "BA5 2QJ", "07700 900318", "The porch too"):
        assert told in mail["text"], told
    assert f"/w/wells/leads/{lead.id}" in mail["text"] and "/w/wells/settings" in mail["text"]


def test_nobody_is_mailed_where_no_address_is_named(send: Send, workspace: Workspace, mailbox: Mailbox) -> None:
    _goes_to(workspace, "")
    assert send().status_code == 303
    run_outbox()
    assert len(mailbox.mails()) == len(mailbox.mails("Hannah.Cole@example.com")) == 1


def test_what_one_of_us_takes_down_is_no_news(
    workspace: Workspace, make_lead: Callable[..., Any], mailbox: Mailbox
) -> None:
    _goes_to(workspace, OFFICE)
    make_lead()
    run_outbox()
    assert mailbox.mails(OFFICE) == []


def test_a_lead_in_the_bin_is_not_mailed(send: Send, workspace: Workspace, mailbox: Mailbox) -> None:
    _goes_to(workspace, OFFICE)
    send()
    (lead,) = leads()
    lead.shelf = "bin"
    db.session.commit()
    run_outbox()
    assert mailbox.mails(OFFICE) == []
