"""A worker that dies, a provider that hangs up: nothing is lost, and nothing is sent twice behind anyone's back."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from app.core import outbox
from app.core.errors import Conflict
from app.extensions import db
from app.messaging import services, transports

TO = "hannah.cole@example.com"


class Death(BaseException):
    """The process is gone: nothing after this line runs."""


class Dying:
    """A transport in whose hands the worker dies, before or after the provider took the message."""

    def __init__(self, real, *, after: bool) -> None:
        self.real, self.after, self.deaths = real, after, 1
        self.name, self.honours_our_id = real.name, real.honours_our_id
        self.reaches_real_phones = getattr(real, "reaches_real_phones", False)

    def send(self, outgoing):
        if self.deaths:
            self.deaths -= 1
            if self.after:
                self.real.send(outgoing)
            raise Death
        return self.real.send(outgoing)


@pytest.fixture
def dying(app, monkeypatch):
    """`dying("email", after=True, honours=False)`: the next hand-over kills the worker."""

    def make(channel="email", *, after, honours):
        real = transports.email_transport() if channel == "email" else transports.sms_transport()
        transport = Dying(real, after=after)
        transport.honours_our_id = honours
        monkeypatch.setitem(app.extensions, f"{channel}_transport", transport)
        return transport

    return make


def die_and_come_back(run_outbox):
    """Run until the worker dies, let its lease run out, and let another worker take over."""
    with suppress(Death):
        run_outbox()
    db.session.rollback()
    db.session.execute(
        text("update outbox set lease_until = clock_timestamp() - interval '1 second' where state = 'leased'")
    )
    db.session.commit()
    run_outbox()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_where_our_id_is_honoured_a_crash_costs_nothing(
    dying, write, run_outbox, mailbox, state_of, attempts_of, after, channel
):
    dying(channel, after=after, honours=True)
    message = write(channel)
    die_and_come_back(run_outbox)
    assert state_of(message)[0] == "sent"
    assert attempts_of(message) == ["unclear", "accepted"]
    assert len(mailbox.messages()["mail" if channel == "email" else "sms"]) == 1


@pytest.mark.parametrize("after", [False, True])
def test_where_it_is_not_a_crash_waits_for_a_person(
    world, dying, write, run_outbox, mailbox, state_of, attempts_of, after
):
    dying(after=after, honours=False)
    message = write()
    die_and_come_back(run_outbox)
    assert state_of(message) == ("uncertain", "broken_off")
    assert len(mailbox.mails(TO)) == int(after)
    services.settle_uncertain(message.id, world.alice.actor, was_sent=after)
    db.session.commit()
    run_outbox()
    assert state_of(message)[0] == "sent"
    assert len(mailbox.mails(TO)) == 1
    assert attempts_of(message) == (["unclear"] if after else ["unclear", "accepted"])
    with pytest.raises(Conflict):
        services.settle_uncertain(message.id, world.alice.actor, was_sent=True)


def test_what_must_arrive_is_sent_again_when_unsure(dying, write, run_outbox, mailbox, state_of):
    mailbox.switch(smtp={"ignore_message_id": True})
    dying(after=True, honours=False)
    message = write(resend_when_unsure=True)
    die_and_come_back(run_outbox)
    assert state_of(message)[0] == "sent"
    assert len(mailbox.mails(TO)) == 2


@pytest.mark.parametrize("switch", ["cut_before", "cut_after"])
def test_a_server_that_hangs_up_after_the_last_dot_is_asked_again_with_the_same_id(
    write, run_outbox, make_due, mailbox, state_of, attempts_of, switch
):
    mailbox.switch(smtp={switch: {"times": 1}})
    message = write()
    run_outbox()
    assert attempts_of(message) == ["unclear"]
    make_due("message.send")
    run_outbox()
    assert state_of(message)[0] == "sent"
    assert len(mailbox.mails(TO)) == 1


@pytest.mark.parametrize("switch", ["cut_before", "cut_after"])
def test_without_honour_a_hung_up_hand_over_is_uncertain(
    app, write, run_outbox, mailbox, state_of, monkeypatch, switch
):
    monkeypatch.setattr(transports.sms_transport(), "honours_our_id", False)
    mailbox.switch(twilio={switch: {"times": 1}})
    message = write("sms")
    run_outbox()
    assert state_of(message) == ("uncertain", "twilio_no_answer")
    assert len(mailbox.texts()) == int(switch == "cut_after")


def test_an_uncertain_message_is_not_sent_to_somebody_who_opted_out_meanwhile(
    dying, write, run_outbox, mailbox, state_of
):
    dying(after=True, honours=True)
    message = write()
    with suppress(Death):
        run_outbox()
    db.session.rollback()
    services.suppress("email", TO, "asked")
    db.session.commit()
    die_and_come_back(run_outbox)
    assert state_of(message) == ("uncertain", "broken_off")


def test_a_worker_that_lost_its_lease_keeps_nothing_of_its_result(dying, write, run_outbox, state_of, monkeypatch):
    transport = transports.email_transport()
    seen = {}

    def slow(outgoing):
        seen["accepted"] = type(transport).send(transport, outgoing)
        db.session.execute(text("update outbox set lease_token = lease_token + 1"))
        db.session.commit()
        return seen["accepted"]

    monkeypatch.setattr(transport, "send", slow)
    message = write()
    with suppress(AssertionError):
        outbox.run(message.workspace_id, db.session.scalar(text("select id from outbox limit 1").columns()))
    assert seen["accepted"].provider_id
    assert state_of(message)[0] == "sending"


def test_a_message_that_is_leaving_cannot_be_taken_back(world, write, run_outbox, monkeypatch, state_of):
    transport = transports.email_transport()
    refusals = []

    def watched(outgoing):
        with pytest.raises(Conflict) as caught:
            services.unsend(outgoing.message_id, world.alice.actor)
        refusals.append(caught.value.message)
        db.session.rollback()
        return type(transport).send(transport, outgoing)

    monkeypatch.setattr(transport, "send", watched)
    message = write()
    run_outbox()
    assert refusals and state_of(message)[0] == "sent"


def test_no_transaction_is_open_while_the_provider_takes_its_time(write, run_outbox, monkeypatch):
    transport = transports.email_transport()
    open_ones = []

    def watched(outgoing):
        open_ones.append(db.session().in_transaction())
        return type(transport).send(transport, outgoing)

    monkeypatch.setattr(transport, "send", watched)
    write()
    run_outbox()
    assert open_ones == [False]


def test_work_on_a_message_that_was_erased_ends_quietly(write, run_outbox, work_of):
    message = write()
    db.session.delete(message)
    db.session.commit()
    run_outbox()
    assert work_of(message.id) == [("done", 1)]
