"""What a file's words for stages mean is what a person chose, also where the choice was none."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_stage, stage_by_key
from app.leads.services.stages import StageFacts, add_stage
from tests.imports.test_pages import fields_of, upload, website_form
from tests.support.world import World

TEXT = "Name,Status,Phone\nHannah Cole,Won,07700 900318\nOwen Pike,Quoted,07700 900319\nIvy Reed,Purple,07700 900320\n"


def test_as_above_is_the_stage_above_and_no_guess(alice: Any, run_outbox: Any) -> None:
    at = upload(alice, TEXT).headers["Location"].removesuffix("/columns")
    alice.post(f"{at}/columns", data=fields_of(alice.get(f"{at}/columns").text))
    typed = fields_of(alice.get(f"{at}/settings").text)
    assert typed["word-0"] == str(stage_by_key("ready_for_squeegee").id)
    chosen = {"source_id": website_form(), "stage_id": str(stage_by_key("contacted").id), "word-0": ""}
    answer = alice.post(f"{at}/settings", data={**typed, **chosen, "word": ["Won", "Quoted", "Purple"]})
    assert answer.status_code == 303
    run_outbox()
    assert fields_of(alice.get(f"{at}/settings").text)["word-0"] == ""
    alice.post(f"{at}/run")
    run_outbox()
    db.session.expire_all()
    leads = {lead.contact.name: lead for lead in db.session.scalars(select(Lead))}
    stages = {name: get_stage(lead.stage_id).key for name, lead in leads.items()}
    assert stages == {"Hannah Cole": "contacted", "Owen Pike": "quote_sent", "Ivy Reed": "contacted"}
    assert "Stage: Purple" in (leads["Ivy Reed"].wishes or "")


def test_a_stage_of_one_s_own_is_known_by_its_name(alice: Any, run_outbox: Any, world: World) -> None:
    """As an export writes it, also where its words would say something else."""
    add_stage(StageFacts("Winter list"), world.alice.actor)
    add_stage(StageFacts("Quoted on the doorstep"), world.alice.actor)
    db.session.commit()
    text = TEXT.replace("Won", "Winter list").replace("Quoted", "quoted on the Doorstep")
    at = upload(alice, text).headers["Location"].removesuffix("/columns")
    alice.post(f"{at}/columns", data=fields_of(alice.get(f"{at}/columns").text))
    typed = fields_of(alice.get(f"{at}/settings").text)
    names = [get_stage(UUID(typed[word])).name for word in ("word-0", "word-1")]
    assert sorted(names) == ["Quoted on the doorstep", "Winter list"]
