"""The addresses that axe does not look at, and why: whoever adds a page finds it missing here or on the walk."""

import re
import subprocess
import sys

from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from app.config import ROOT

#: What stands within a page that is walked, and alone only where no script runs.
PARTS = """
    activities.people activities.timeline bulk_acts.bar files.photo_asking files.show followups.lead_sequences
    followups.planned imports.of_lead leads.around leads.beside leads.column leads.count leads.fact leads.farewell
    leads.more_facts leads.rail leads.retired_stages leads.similar leads.star_of leads.tags leads.totals
    messaging.conversation_of_lead messaging.conversation_people messaging.message messaging.message_row my_day.chosen
    notifications.bell notifications.follow notifications.latest price_book.earlier quotes.panel quotes.slots
    squeegee.lately squeegee.news squeegee.panel squeegee.silent workspaces.sidebar
"""
#: What is fetched by pages, kept as a file, read by machines, or leads on to somewhere else.
FILES = """
    exports.download files.content files.thumb health.healthz health.readyz imports.example imports.problems
    lead_forms.embed lead_forms.logo lead_forms.preview lead_forms.qr_code lead_forms.theme live.events
    messaging.followed messaging.opened metrics quotes.answered_at quotes.customer_pdf quotes.held_file quotes.pdf
    quotes.preview quotes.visit_file reports.follow_ups_csv squeegee.batch_file squeegee.batch_report static
"""
#: What needs something that the demo lacks, and is looked at where a journey makes it or nowhere.
ELSEWHERE = """
    accounts.accept_invitation bulk_acts.show files.photos_page followups.change_form leads.edit_view
    messaging.way_out reconciliation.columns squeegee.batch
"""
NOT_WALKED = frozenset(f"{PARTS} {FILES} {ELSEWHERE}".split())


def routes(environ: dict[str, str]) -> Map:
    """Every address that can be opened, as the running product has it."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "routes"]
    told = subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True, timeout=120)
    lines = [re.split(r" {2,}", line.strip()) for line in told.stdout.splitlines()[2:]]
    return Map([Rule(rule, endpoint=name) for name, methods, rule in lines if "GET" in methods])


def reached(found: Map, paths: set[str]) -> set[str]:
    """What answers under the paths."""
    there = found.bind("")
    names = set()
    for path in paths:
        try:
            names.add(there.match(path)[0])
        except NotFound:
            continue
    return names
