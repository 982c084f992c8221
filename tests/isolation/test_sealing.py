"""What is sealed opens in its own place alone, and equal people in two workspaces look nothing alike."""

import itertools

import pytest
from sqlalchemy import select, text

from app.contacts.models import Contact
from app.core import access_keys, keyring
from app.core.crypto import CipherError, UnknownKey
from app.extensions import db
from app.leads.models import SearchToken
from tests.support.leads import make_lead

SAME = {"name": "Hannah Cole", "email": "hannah.cole@example.com", "phone": "07700 900318", "postcode": "BA5 2QJ"}


@pytest.fixture
def twins(world) -> tuple[Contact, Contact]:
    """The same person as a customer of both workspaces."""
    contacts = []
    for owner in (world.alice, world.mallory):
        with owner.acting() as actor:
            contacts.append(make_lead(actor, **SAME).contact)
    return contacts[0], contacts[1]


def test_equal_people_give_different_tokens_and_keys(world, twins) -> None:
    seen = []
    for owner, contact in zip((world.alice, world.mallory), twins, strict=True):
        with owner.acting():
            seen.append({*db.session.scalars(select(SearchToken.token)), contact.email_key, contact.phone_key})
    assert len(seen[0]) > 10
    assert seen[0] & seen[1] == set()


def test_equal_words_are_sealed_differently_each_time(world) -> None:
    row = world.workspace_id
    assert len({keyring.cipher().seal("Hannah", "contacts", "name_sealed", row) for _ in range(20)}) == 20


def test_a_value_moved_to_another_row_column_or_workspace_does_not_open(world, twins) -> None:
    """Every sealed column of contacts with every other one, here and there."""
    columns = ("name_sealed", "email_sealed", "phone_sealed", "phone_as_given_sealed")
    with world.alice.acting() as actor:
        neighbour = make_lead(actor, name="Ivy Reed", email="ivy@example.com").contact
    places = []
    for owner, contact in ((world.alice, twins[0]), (world.alice, neighbour), (world.mallory, twins[1])):
        with owner.acting():
            places += [(owner, contact.id, column, getattr(contact, column)) for column in columns]
    for there, here in itertools.permutations(places, 2):
        with here[0].acting(), pytest.raises(CipherError):
            keyring.cipher().open(there[3], "contacts", here[2], here[1])


def test_a_swap_in_the_database_is_noticed_by_the_page(world, alice, twins) -> None:
    with world.alice.acting() as actor:
        neighbour = make_lead(actor, name="Ivy Reed", email="ivy@example.com")
    db.session.execute(
        text("update contacts set name_sealed = (select name_sealed from contacts where id = :a) where id = :b"),
        {"a": twins[0].id, "b": neighbour.contact_id},
    )
    answer = alice.get(f"/w/wells/leads/{neighbour.id}", hx=True)
    assert answer.status_code == 500
    assert "Hannah" not in answer.text


def test_a_flipped_bit_is_noticed(world, twins) -> None:
    blob = bytearray(twins[0].name_sealed)
    for position in range(len(blob)):
        changed = bytes(blob[:position]) + bytes([blob[position] ^ 1]) + bytes(blob[position + 1 :])
        with pytest.raises((CipherError, UnknownKey)):
            keyring.cipher().open(changed, "contacts", "name_sealed", twins[0].id)


def test_an_unknown_key_number_is_an_error_and_no_blank(world, twins) -> None:
    twins[0].name_sealed = b"\x01" + (99).to_bytes(4, "big") + twins[0].name_sealed[5:]
    with pytest.raises(UnknownKey):
        _ = twins[0].name


def test_the_keys_of_a_workspace_are_of_no_use_in_another(world) -> None:
    with world.mallory.acting():
        keyring.cipher()
    db.session.execute(text("select 1"))
    wrapped = db.session.scalars(select(keyring.WorkspaceKey.wrapped)).all()
    assert len(wrapped) == 2  # row-level security shows the keys of one's own alone
    keyring.forget_keys()
    db.session.execute(text("update workspace_keys set wrapped = :other where purpose = 'data'"), {"other": wrapped[1]})
    with pytest.raises(CipherError):
        keyring.cipher()


def test_keys_that_find_a_workspace_are_kept_hashed(world, form_key, database) -> None:
    hashes = {bytes(each) for each in db.session.scalars(select(access_keys.AccessKey.key_hash))}
    assert access_keys.keyed_hash("form", form_key) in hashes
    assert access_keys.keyed_hash("slug", "wells") in hashes
    assert all(form_key.encode() not in each for each in hashes)
    assert access_keys.find("slug", form_key) is None  # a key opens nothing of another kind
