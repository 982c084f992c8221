"""Which sequences chase nobody: those with nothing in them but tasks of ours."""

from sqlalchemy import ColumnElement, and_, exists, not_

from app.followups.models import Enrolment, Sequence, SequenceVersion
from app.followups.queries.steps import CHASES
from app.leads.models import Stage

#: Finds in the steps of a version what the customer notices (`steps.only_remind`, as the database asks it).
_CHASES = f"$.**.kind ? ({' || '.join(f'@ == {chr(34)}{kind}{chr(34)}' for kind in CHASES)})"


def only_reminds(settled: str | None = None) -> ColumnElement[bool]:
    """Whether nothing in an enrolment's version of its sequence chases the customer, and it is not of the stage that is
    `settled` (a key): what that reminds of is done.
    """
    reminds = exists().where(
        SequenceVersion.workspace_id == Enrolment.workspace_id, SequenceVersion.sequence_id == Enrolment.sequence_id,
        SequenceVersion.version_no == Enrolment.version_no, not_(SequenceVersion.steps.path_exists(_CHASES)),
    )  # fmt: skip
    if settled is None:
        return reminds
    of_stage = exists().where(
        Sequence.workspace_id == Enrolment.workspace_id, Sequence.id == Enrolment.sequence_id,
        Stage.workspace_id == Sequence.workspace_id, Stage.id == Sequence.stage_id, Stage.key == settled,
    )  # fmt: skip
    return and_(reminds, not_(of_stage))
