"""Mail over real SMTP: what arrives, what the server may say, and what we do about it."""

from dataclasses import replace

from app.activities.models import Activity
from app.core.outbox import MAX_ATTEMPTS
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.messaging import services, transports
from app.messaging.transports.smtp import SmtpTransport

TO = "hannah.cole@example.com"


def own_server(config, **changes):
    """The transport of an installation set up otherwise."""
    return SmtpTransport(transports.installed_smtp(replace(config, **changes)), allow_private=True)


def test_a_mail_arrives_once_with_text_html_and_headers(write, run_outbox, mailbox, state_of, attempts_of, lead):
    message = write(
        subject="Your windows – Tuesday", body="Hello Hannah,\n\nwe come on Tuesday.\n.\nA dot.\n\n£24 & up"
    )
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert mail["subject"] == "Your windows – Tuesday"
    assert mail["text"].replace("\r\n", "\n").strip() == message.body
    assert "<p" in mail["html"] and "£24 &amp; up" in mail["html"]
    assert mail["message_id"] == f"<{message.id}@example.com>"
    assert mail["headers"]["From"] == "Wells Window Cleaning <desk@example.com>"
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert state_of(message) == ("sent", None)
    assert attempts_of(message) == ["accepted"]
    assert db.session.get(Lead, (lead.workspace_id, lead.id)).last_contact_method == "email"


def test_what_a_person_wrote_is_marked_as_theirs(world, write, run_outbox, mailbox, lead):
    write(created_by=world.bob.user_id, actor=Actor("person", world.bob.user_id, "Bob Baker"))
    run_outbox()
    [mail] = mailbox.mails(TO)
    assert "Auto-Submitted" not in mail["headers"]
    line = db.session.query(Activity).filter_by(lead_id=lead.id, kind="email").one()
    assert (line.event, line.actor_id, line.body) == ("message.sent", world.bob.user_id, "Your windows")


def test_one_connection_serves_several_mails(write, run_outbox, mailbox):
    transport = transports.email_transport()
    assert isinstance(transport, SmtpTransport)
    write(body="one")
    run_outbox()
    first = transport._idle[-1]._open[0]
    write(body="two")
    run_outbox()
    assert len(transport._idle) == 1 and transport._idle[0]._open == [first]
    assert len(mailbox.mails(TO)) == 2


def test_a_server_that_hung_up_meanwhile_is_called_again(write, run_outbox, mailbox):
    write(body="one")
    run_outbox()
    transports.email_transport()._idle[-1]._open[0].sock.close()
    write(body="two")
    run_outbox()
    assert [mail["text"].strip() for mail in mailbox.mails(TO)] == ["two", "one"]


def test_a_no_for_now_is_tried_again_later(write, run_outbox, make_due, mailbox, state_of, attempts_of, work_of):
    mailbox.switch(smtp={"refuse_451": {"times": 2}})
    message = write()
    run_outbox()
    assert state_of(message) == ("queued", None)
    assert work_of(message.id) == [("ready", 1)]
    for _ in range(2):
        make_due("message.send")
        run_outbox()
    assert attempts_of(message) == ["not_sent", "not_sent", "accepted"]
    assert state_of(message) == ("sent", None)
    assert len(mailbox.mails(TO)) == 1


def test_a_no_for_now_that_never_ends_becomes_a_failure_for_a_person(
    write, run_outbox, make_due, mailbox, state_of, work_of
):
    mailbox.switch(smtp={"refuse_451": True})
    message = write()
    for _ in range(MAX_ATTEMPTS):
        make_due("message.send")
        run_outbox()
    assert state_of(message) == ("failed", "smtp_451")
    assert work_of(message.id) == [("done", MAX_ATTEMPTS)]


def test_a_no_for_good_fails_at_once_and_can_be_tried_again_by_hand(
    world, write, run_outbox, mailbox, state_of, attempts_of
):
    mailbox.switch(smtp={"refuse_550": True})
    message = write()
    run_outbox()
    assert state_of(message) == ("failed", "smtp_550")
    mailbox.switch(smtp={"refuse_550": False})
    services.retry(message.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    assert attempts_of(message) == ["refused", "accepted"]
    assert state_of(message) == ("sent", None)


def test_no_server_at_all_is_tried_again(app, write, run_outbox, mailbox, state_of, config, monkeypatch):
    from app.embedded.ports import free_port

    monkeypatch.setitem(app.extensions, "email_transport", own_server(config, smtp_port=free_port()))
    message = write()
    run_outbox()
    assert state_of(message) == ("queued", None)
    assert mailbox.mails(TO) == []


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(
    app, write, run_outbox, mailbox, attempts_of, config, monkeypatch
):
    monkeypatch.setitem(app.extensions, "email_transport", own_server(config, smtp_starttls=True))
    message = write()
    run_outbox()
    assert attempts_of(message) == ["not_sent"]
    assert mailbox.mails(TO) == []


def test_without_a_server_set_up_nothing_looks_sent(app, write, run_outbox, state_of, config, monkeypatch):
    monkeypatch.delitem(app.extensions, "email_transport", raising=False)
    monkeypatch.setitem(app.extensions, "config", replace(config, smtp_host=""))
    message = write()
    run_outbox()
    assert state_of(message) == ("failed", "not_set_up")
    del app.extensions["email_transport"]


def test_nobody_who_opted_out_is_written_to(write, run_outbox, mailbox, state_of):
    message = write()
    services.suppress("email", "Hannah.Cole@Example.com", "asked")
    db.session.commit()
    run_outbox()
    assert state_of(message) == ("refused", "opted_out")
    assert mailbox.mails(TO) == []
    services.allow_again("email", TO)
    services.retry(message.id, Actor("person"))
    db.session.commit()
    run_outbox()
    assert state_of(message) == ("sent", None)


def test_advertising_needs_consent_by_that_channel(write, run_outbox, mailbox, state_of, lead):
    from app.contacts.models import Consent

    message = write(purpose="marketing")
    run_outbox()
    assert state_of(message) == ("refused", "no_consent")
    for granted, expected in ((True, "sent"), (False, "refused")):
        db.session.add(
            Consent(
                contact_id=lead.contact_id, channel="email", purpose="marketing", granted=granted, wording="x",
                source="form",
            )
        )  # fmt: skip
        db.session.commit()
        message = write(purpose="marketing")
        run_outbox()
        assert state_of(message)[0] == expected


def test_an_address_that_is_none_is_refused(write, run_outbox, state_of):
    message = write(recipient="not an address")
    run_outbox()
    assert state_of(message) == ("refused", "bad_address")


def test_line_breaks_never_reach_a_header(write, run_outbox, mailbox, world, state_of):
    from app.workspaces.queries import current_workspace

    message = write(subject="Hello\r\nBcc: mallory@example.com")
    current_workspace().name = "Wells\r\nBcc: mallory@example.com"
    db.session.commit()
    run_outbox()
    assert state_of(message) == ("failed", "bad_header")
    assert mailbox.mails() == []


def test_a_message_taken_back_before_it_left_is_never_sent(world, write, run_outbox, mailbox, state_of, work_of):
    from datetime import timedelta

    message = write(hold=timedelta(seconds=10))
    services.unsend(message.id, world.alice.actor)
    db.session.commit()
    assert work_of(message.id) == [("cancelled", 0)]
    run_outbox()
    assert state_of(message) == ("cancelled", None)
    assert mailbox.mails(TO) == []
