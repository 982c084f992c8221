"""A lead that is held by its transaction is read once for it, and only by those who may see it."""

import pytest

from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.tenancy import acting_in, current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.leads.services import get_lead


def held(statements) -> int:
    return sum("FOR NO KEY UPDATE" in each for each in statements)


def test_a_lead_is_held_once_a_transaction(make_lead, count_sql) -> None:
    lead_id = make_lead().id
    for _ in range(2):
        with count_sql() as statements, transaction():
            assert get_lead(lead_id, lock=True) is get_lead(lead_id, lock=True)
        assert held(statements) == 1


def test_what_a_savepoint_held_is_held_anew_once_it_is_undone(make_lead, count_sql) -> None:
    lead_id = make_lead().id
    db.session.commit()
    with count_sql() as statements:
        savepoint = db.session.begin_nested()
        get_lead(lead_id, lock=True)
        savepoint.rollback()
        get_lead(lead_id, lock=True)
    assert held(statements) == 2


def test_who_may_not_see_a_lead_is_not_given_it_because_another_held_it(make_lead, world) -> None:
    lead_id = make_lead(owner_id=world.alice.user_id).id
    db.session.commit()
    lead = get_lead(lead_id, lock=True)
    with acting_in(current_workspace_id(), user_id=world.bob.user_id, sees="own"), pytest.raises(NotFound):
        get_lead(lead_id, lock=True)
    assert get_lead(lead_id, lock=True) is lead
    with pytest.raises(NotFound):
        get_lead(new_id(), lock=True)
