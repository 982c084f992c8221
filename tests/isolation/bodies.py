"""What a person would send to each address that takes a form. A new form fails the tests until it is here."""

from datetime import timedelta

from app.core.clock import bank_holiday, utcnow
from app.squeegee.services.sections import digest

NOWHERE = "http://127.0.0.1:9"
TOMORROW = (utcnow() + timedelta(days=1)).date().isoformat()
#: The next day that is no bank holiday.
WORKDAY = next(
    day.isoformat()
    for day in ((utcnow() + timedelta(days=ahead)).date() for ahead in range(1, 30))
    if bank_holiday(day) is None
)
SOON = (utcnow() + timedelta(hours=1)).isoformat()

#: endpoint -> what a person would send; `{stage}` and the like stand for ids of the person's own workspace.
BODIES: dict[str, dict[str, str]] = {
    "bulk_acts.start": {"act": "priority:high", "leads": "{lead_id}"},
    "bulk_acts.who_begins": {"act": "enrol:{sequence_id}", "leads": "{lead_id}"},
    "bulk_acts.who_gets": {"act": "message:chase_day_3", "leads": "{lead_id}"},
    "activities.add_note": {"note": "Rang twice", "note_type": "general"},
    "activities.log_call": {"outcome": "no_answer", "minutes": "2", "words": "Rang out"},
    "followups.done": {"outcome": "no_answer"},
    "followups.add_sequence": {"name": "Solar panels in March"},
    "followups.all_ways": {"act": "pause"},
    "followups.bring_back_version": {"seen": "2"},
    "followups.change_way": {"act": "pause"},
    "followups.enrol": {"sequence": "{sequence_id}"},
    "followups.save_sequence": {"seen": "2", "name": "Gutters in autumn", "starts": "hand"},
    "leads.change": {"value": "4", "was": "3"},
    "leads.add_listed_tag": {"name": "Fresh", "colour": "blue"},
    "leads.add_stage": {"name": "Site visit", "colour": "teal"},
    "leads.change_listed_tag": {"name": "Other", "colour": "blue", "version": "1"},
    "leads.change_stage": {"name": "Spoken to", "colour": "teal", "version": "1"},
    "leads.create": {"name": "Ivy Reed", "phone": "07700 900123", "source_key": "phone", "service": "window_cleaning"},
    "leads.change_view": {"name": "Late ones", "version": "1"},
    "leads.delete_listed_tag": {"version": "1"},
    "leads.filter": {"priority": "high"},
    "leads.keep_columns": {"column": "stage"},
    "leads.refill_view": {"query": "due=late"},
    "leads.save_view": {"name": "Big ones", "query": "value=100.."},
    "leads.merge_listed_tag": {"version": "1", "into": "{lead_id}"},
    "leads.move": {"to": "{stage_id}"},
    "leads.narrow_board": {"words": "Hannah", "sort": "value"},
    "leads.order_stages": {"stage": "{stage_id}", "step": "1"},
    "leads.undo_move": {},
    "leads.star": {"on": "1"},
    "leads.tag_lead": {"tag": "Corner house"},
    "lead_forms.add_form": {"name": "Shops and offices"},
    "lead_forms.bring_back_version": {"seen": "2"},
    "lead_forms.change_sites": {"seen": "2", "allowed_origins": "https://www.example.com"},
    "lead_forms.release_submission": {},
    "lead_forms.save_form": {"act": "add-step:"},
    "messaging.find_opt_out": {"address": "ivy@example.com"},
    "messaging.opt_out": {"address": "ivy@example.com"},
    "messaging.take_opt_out_back": {"way": "called"},
    "messaging.answer_conversation": {"channel": "email", "subject": "Hello", "body": "Good day"},
    "messaging.composer": {"channel": "email", "body": "Good day"},
    "messaging.find_for_arrival": {"q": "Hannah"},
    "messaging.judge": {"triage": "yes"},
    "messaging.lead_of_arrival": {"name": "Steve", "phone": "07700 900555"},
    "messaging.place_arrival": {"lead_id": "{lead_id}"},
    "messaging.snooze_conversation": {"again": "week"},
    "messaging.length": {"body": "Good day"},
    "messaging.compose": {"channel": "email", "recipient": "ivy@example.com", "subject": "Hello", "body": "Good day"},
    "messaging.settle": {"arrived": "yes"},
    "messaging.find_in_outbox": {"q": "Ivy"},
    "messaging.rewrite": {"recipient": "ivy@example.com", "subject": "Hello", "body": "Good day", "seen": "1"},
    "messaging.save_sending": {
        "email_host": "127.0.0.1",
        "email_port": "9",
        "email_security": "none",
        "email_sender": "us@example.com",
        "seen": "0",
    },
    "messaging.add_template": {"name": "Ours", "subject": "Hello", "body": "Good day"},
    "messaging.save_template": {"name": "Ours", "subject": "Hello", "body": "Good day"},
    "messaging.test_words": {"name": "Ours", "subject": "Hello", "body": "Good day"},
    "messaging.archive_template": {"away": "1"},
    "my_day.release": {"until": SOON},
    "my_day.settle": {"outcome": "no_answer week", "act": "{follow_up_id}"},
    "my_day.undo": {"act": "{follow_up_id}", "since": SOON, "upto": SOON},
    "quotes.create": {"price_8_weekly": "24", "valid_until": TOMORROW},
    "quotes.offer_time": {"other_day": WORKDAY, "starts": "10:00", "ends": "12:00"},
    "quotes.tell_times": {"channel": "email"},
    "files.ask_photos": {"channel": "email"},
    "quotes.send": {"channel": "email"},
    "price_book.save_prices": {"p-semi-3-4_weekly": "16", "seen": "{book_id}"},
    "rounds.add_closure": {"closure": "Easter", "starts_on": TOMORROW},
    "rounds.add_round": {"name": "Frome", "areas": "BA11", "first_day": TOMORROW, "every_weeks": "4", "capacity": "8"},
    "rounds.change_round": {
        "name": "Wells",
        "areas": "BA5",
        "first_day": TOMORROW,
        "every_weeks": "4",
        "capacity": "9",
        "version": "1",
    },
    "rounds.delete_round": {"version": "1"},
    "search.find": {"q": "Hannah"},
    "squeegee.book": {"first_service_date": TOMORROW},
    "squeegee.change_mapping": {"seen": digest({"service_ids": {"window_cleaning": "svc-1"}})},
    "squeegee.change_settings": {"seen": digest({"base_url": NOWHERE, "token": "PARTNER-1"}), "base_url": NOWHERE},
    "squeegee.confirm_copy": {"squeegee_id": "CUST-1", "first_service_date": TOMORROW},
    "squeegee.hand_over": {"first_service_date": TOMORROW},
    "squeegee.mark_batch": {"lead": "{lead_id}"},
    "squeegee.settle": {"found": "yes", "squeegee_id": "CUST-1"},
    "workspaces.change_role": {"role": "viewer"},
    "workspaces.invite": {"email": "new@example.com", "role": "viewer"},
}
