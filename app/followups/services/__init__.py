"""What can be done with follow-ups. One file a concern; this page lists them."""

from app.followups.services.carrying_out import carry_out
from app.followups.services.finishing import finish_follow_up, skip
from app.followups.services.planning import cancel_planned, plan_for_stage, plan_task, refresh_next_act
from app.followups.services.postponing import call_off, postpone, reopen
from app.followups.services.resting import go_on, refresh_next_acts, rest
from app.followups.services.returning import plan_return, restore_planned

__all__ = [
    "call_off", "cancel_planned", "carry_out", "finish_follow_up", "go_on", "plan_for_stage", "plan_return",
    "plan_task", "postpone", "refresh_next_act", "refresh_next_acts", "reopen", "rest", "restore_planned", "skip",
]  # fmt: skip
