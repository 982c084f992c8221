"""Who reacts to what, all of it: domain events on the left, what follows in the same transaction on the right.

Below it, who does the work that is left for later.
"""

from collections.abc import Mapping

from app.accounts import jobs as account_jobs
from app.accounts import services as accounts
from app.alerts import jobs as alert_jobs
from app.alerts import services as alerts
from app.appointments import services as appointments
from app.audit.services import record_event
from app.bulk_acts import jobs as bulk_jobs
from app.bulk_acts import services as bulk_acts
from app.core.events import EVERY, Reaction
from app.core.outbox import Handler, HandlerOfMany
from app.exports import jobs as export_jobs
from app.files import jobs as file_jobs
from app.followups import jobs as followup_jobs
from app.followups import services as followups
from app.imports import jobs as import_jobs
from app.imports import services as imports
from app.lead_forms import services as lead_forms
from app.leads import jobs as leads_jobs
from app.leads import services as leads
from app.live.services import tell_pages
from app.messaging import jobs as messaging_jobs
from app.messaging import services as messaging
from app.messaging.jobs import releasing as releasing_job
from app.messaging.jobs import waking as waking_job
from app.messaging.services import conversations, forgetting, inbox_reading, outliving, parting, releasing
from app.my_day import services as my_day
from app.notifications import jobs as notification_jobs
from app.notifications import services as notifications
from app.quotes import jobs as quote_jobs
from app.quotes import services as quotes
from app.reconciliation import jobs as reconciliation_jobs
from app.reconciliation import services as reconciliation
from app.squeegee import jobs as squeegee_jobs
from app.squeegee import services as squeegee

REACTIONS: Mapping[str, tuple[Reaction, ...]] = {
    EVERY: (record_event, tell_pages, my_day.tell_my_days),
    "lead.created": (followups.plan_for_stage, alerts.plan_enquiry_mail, notifications.tell_worth),
    "lead.assigned": (notifications.tell_new_owner, conversations.follow_owner),
    "lead.fact_changed": (
        conversations.follow_owner,
        notifications.tell_new_owner,
        notifications.tell_worth,
        notifications.tell_details,
    ),
    "leads.deleted": (
        lead_forms.forget_answers,
        imports.forget_rows,
        reconciliation.forget_leads,
        outliving.outlive_leads,
        forgetting.forget_calls,
        alerts.forget_mails,
    ),
    "leads.import_undone": (reconciliation.forget_leads, alerts.forget_mails),
    "leads.shelved": (followups.rest, messaging.stop_shelved),
    "leads.unshelved": (followups.go_on,),
    "lead.stage_changed": (
        followups.cancel_planned,
        followups.plan_for_stage,
        followups.plan_return,
        notifications.plan_ringing,
        followups.restore_planned,
        followups.enrol_by_rule,
        messaging.stop_unsent,
        alerts.tell_ready,
    ),
    "member.deactivated": (releasing.plan_releasing, appointments.free_visits, parting.stop_members_mails),
    "member.role_changed": (releasing.plan_releasing, appointments.free_visits),
    "note.added": (notifications.tell_mentioned, notifications.tell_corrected),
    "quote.sent": (leads.advance_to_quote_sent, notifications.tell_worth),
    "quote.accepted": (
        followups.end_chase,
        leads.bring_back,
        leads.advance_to_ready,
        messaging.stop_answered,
        quotes.stop_expiring,
        notifications.tell_worth,
        notifications.tell_answer,
    ),
    "quote.declined": (
        followups.end_chase,
        leads.move_to_declined,
        messaging.stop_answered,
        quotes.stop_expiring,
        notifications.tell_answer,
    ),
    "quote.expiring": (notifications.tell_ending, alerts.mail_expiring),
    "quote.expired": (notifications.tell_ending, followups.enrol_by_rule),
    "quote.question_asked": (followups.end_chase, notifications.tell_question),
    "appointment.booked": (followups.end_chase, notifications.tell_slot_taken),
    "appointment.no_show": (followups.enrol_by_rule,),
    "lead.tagged": (followups.enrol_by_rule,),
    "tag.changed": (followups.rename_tag,),
    "tag.merged": (followups.merge_tag,),
    "tag.unmerged": (followups.unmerge_tag,),
    "lead.return_set": (followups.plan_return, notifications.plan_ringing),
    "lead.return_due": (followups.enrol_by_rule,),
    "reply.received": (followups.end_chase, notifications.tell_reply),
    "call.missed": (notifications.tell_missed_call,),
    "message.queued": (followups.settle_answered,),
    "message.unsent": (followups.uncount, followups.ask_again, bulk_acts.uncount, conversations.wait_again),
    "message.bounced": (notifications.tell_bounced,),
    "provider.failed": (notifications.tell_provider_failed,),
    "provider.changed": (inbox_reading.begin_reading,),
    "arrival.waiting": (notifications.tell_arrival,),
    "contact.opted_out": (followups.end_chase, notifications.tell_wishes),
    "contact.wishes_changed": (
        followups.end_unwanted,
        notifications.tell_wishes,
    ),
    "transfer.succeeded": (leads.advance_to_transferred,),
    "transfer.failed": (alerts.tell_transfer_stopped,),
    "transfer.partial": (alerts.tell_transfer_stopped,),
    "transfer.uncertain": (alerts.tell_transfer_stopped,),
    "squeegee.silent": (alerts.tell_squeegee_silent,),
    "squeegee.settings_changed": (squeegee.let_one_try,),
    "booking.differs": (notifications.tell_booking_differs,),
    "booking.confirmed": (followups.end_chase, leads.advance_to_booking_confirmed),
}

WORK: Mapping[str, Handler] = {
    accounts.MAIL: account_jobs.mail_link,
    accounts.TELL: account_jobs.tell_of_change,
    alerts.LOOK: alert_jobs.look,
    alerts.DIGEST: alert_jobs.send_digests,
    alerts.READY: alert_jobs.mail_ready,
    alerts.ENQUIRY: alert_jobs.mail_enquiry,
    export_jobs.FORGET: export_jobs.forget,
    export_jobs.WORK: export_jobs.work,
    "file.erase": file_jobs.erase,
    bulk_jobs.RUN: bulk_jobs.run,
    "follow_up.due": followup_jobs.carry_out,
    "enrolment.resume": followup_jobs.resume,
    import_jobs.FORGET: import_jobs.forget,
    import_jobs.WORK: import_jobs.work,
    leads_jobs.EMPTY: leads_jobs.empty_bin,
    leads_jobs.MOVE_ON: leads_jobs.move_leads_on,
    notification_jobs.RETURN: notification_jobs.ring_return,
    releasing.RELEASE: releasing_job.release,
    waking_job.WAKE: waking_job.wake_up,
    inbox_reading.READ: messaging_jobs.read_inbox,
    messaging.TAKE_BACK: messaging_jobs.take_back,
    quote_jobs.EXPIRE: quote_jobs.expire,
    quote_jobs.REMIND: quote_jobs.remind,
    reconciliation_jobs.RUN: reconciliation_jobs.run,
    reconciliation_jobs.NIGHTLY: reconciliation_jobs.compare_nightly,
    squeegee.CONFIRM: squeegee_jobs.confirm_batch,
    "transfer.run": squeegee_jobs.run_transfer,
}

#: Work that is cheaper done many pieces at once; each is settled by itself.
WORK_IN_BATCHES: Mapping[str, HandlerOfMany] = {
    "message.send": messaging_jobs.send_all,
}
