"""What can be done with follow-ups and sequences. One file a concern; this page lists them."""

from app.followups.services.carrying_out import carry_out
from app.followups.services.counting import uncount
from app.followups.services.dating import Dated, dates_of
from app.followups.services.editing import save_steps
from app.followups.services.ending import cancel_planned, stop, stop_chase
from app.followups.services.enrolling import enrol, enrol_by_rule
from app.followups.services.finishing import finish_follow_up, skip
from app.followups.services.following_tags import merge_tag, rename_tag, unmerge_tag
from app.followups.services.moving_on import move_to_version
from app.followups.services.next_act import refresh_next_act, refresh_next_acts
from app.followups.services.opting_out import end_unwanted
from app.followups.services.pausing import pause, pause_chase, resume, resume_when_due
from app.followups.services.planning import plan_for_stage, plan_task, started_by
from app.followups.services.postponing import call_off, postpone, reopen
from app.followups.services.questions import ask_again, plan_answer, settle_answered
from app.followups.services.reacting import end_chase
from app.followups.services.resting import go_on, rest
from app.followups.services.restoring import restore_planned
from app.followups.services.returning import plan_return
from app.followups.services.setting_out import add_default_sequences

__all__ = [
    "Dated", "add_default_sequences", "ask_again", "call_off", "cancel_planned", "carry_out", "dates_of",
    "end_chase", "end_unwanted", "enrol", "enrol_by_rule", "finish_follow_up", "go_on", "merge_tag",
    "move_to_version", "pause", "pause_chase", "plan_answer", "plan_for_stage", "plan_return", "plan_task",
    "postpone", "refresh_next_act", "refresh_next_acts", "rename_tag", "reopen", "rest", "restore_planned",
    "resume", "resume_when_due", "save_steps", "settle_answered", "skip", "started_by", "stop", "stop_chase",
    "uncount", "unmerge_tag",
]  # fmt: skip
