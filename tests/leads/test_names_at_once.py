"""Of two people who give one name at the same moment the second is told, or gets what the first has made."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid
from app.core.holding import hold_list
from app.extensions import db
from app.leads.models import Tag
from app.leads.services import tag_named
from app.leads.services.merging_tags import merge_tags
from app.leads.services.tag_list import add_to_list, change_tag
from app.leads.services.tagging import TAGS
from app.rounds.models import Round
from app.rounds.services import RoundFacts, add_round, change_round
from tests.support.meanwhile import meanwhile
from tests.support.world import World

pytestmark = pytest.mark.commits


def a_round(name: str) -> RoundFacts:
    return RoundFacts(name, ["BA5"], date(2026, 11, 24), 4, 8)


def told_of(app: Flask, world: World, first: Callable[[], Any], second: Callable[[], Any]) -> Exception | None:
    first()
    db.session.flush()  # and not committed yet
    return meanwhile(app, world, second, "the second waits for the first")


def test_a_round_of_that_name_is_there_already(app: Flask, world: World) -> None:
    actor = world.alice.actor
    told = told_of(app, world, lambda: add_round(a_round("Wells"), actor), lambda: add_round(a_round("wells"), actor))
    assert isinstance(told, Invalid) and "of this name already" in told.errors["name"]
    assert db.session.scalars(select(Round.name)).all() == ["Wells"]


def test_a_round_is_renamed_to_what_another_is_called_now(app: Flask, world: World) -> None:
    actor = world.alice.actor
    round_id = add_round(a_round("Street"), actor).id
    db.session.commit()
    told = told_of(
        app, world, lambda: add_round(a_round("Wells"), actor),
        lambda: change_round(round_id, a_round("Wells"), 1, actor),
    )  # fmt: skip
    assert isinstance(told, Invalid)
    assert set(db.session.scalars(select(Round.name))) == {"Street", "Wells"}


def test_a_tag_in_other_letters_is_the_same_tag(app: Flask, world: World) -> None:
    actor = world.alice.actor
    told = told_of(app, world, lambda: tag_named("Shop front", actor), lambda: tag_named("SHOP FRONT", actor))
    assert told is None
    assert db.session.scalars(select(Tag.name)).all() == ["Shop front"]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_tag_of_that_name_is_there_already(app: Flask, world: World, is_new: bool) -> None:
    actor = world.alice.actor
    tag_id = add_to_list("Trade", "red", actor).id
    db.session.commit()
    second = (
        (lambda: add_to_list("shop front", "blue", actor))
        if is_new
        else (lambda: change_tag(tag_id, "Shop front", "blue", 2, actor))
    )
    told = told_of(app, world, lambda: add_to_list("Shop front", "green", actor), second)
    assert isinstance(told, Invalid) and "of this name already" in told.errors["name"]
    assert dict(map(tuple, db.session.execute(select(Tag.name, Tag.colour)))) == {"Trade": "red", "Shop front": "green"}


def test_who_merges_tags_waits_for_who_merges_them_the_other_way_round(app: Flask, world: World) -> None:
    actor = world.alice.actor
    one, two = add_to_list("Trade", "red", actor), add_to_list("Shop", "blue", actor)
    ids = (one.id, two.id)
    db.session.commit()
    # Each would hold one of the two tags and wait for the other: they take turns before they hold any.
    assert told_of(app, world, lambda: hold_list(TAGS), lambda: merge_tags(ids[0], ids[1], 2, actor)) is None
    assert db.session.scalars(select(Tag.name)).all() == ["Shop"]
    told = told_of(app, world, lambda: hold_list(TAGS), lambda: merge_tags(ids[1], ids[0], 2, actor))
    assert isinstance(told, Invalid) and "another tag" in told.errors["into"]
