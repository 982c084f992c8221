"""The one list of what is on the web, in dependency order."""

from flask import Flask


def register(app: Flask) -> None:
    """Register each feature's blueprint. Imported here, so that importing a model never pulls in the views."""
    from app.accounts.views import bp as accounts
    from app.activities.views import bp as activities
    from app.alerts.views import bp as alerts
    from app.appointments import models  # noqa: F401 - no pages of its own; what crews see hangs on its table
    from app.audit.views import bp as audit
    from app.bulk_acts.views import bp as bulk_acts
    from app.contacts.views import bp as contacts
    from app.exports.views import bp as exports
    from app.files.views import bp as files
    from app.followups.views import bp as followups
    from app.imports.views import bp as imports
    from app.lead_forms.views import bp as lead_forms
    from app.leads.views import bp as leads
    from app.live.views import bp as live
    from app.messaging.views import bp as messaging
    from app.my_day.views import bp as my_day
    from app.notifications.views import bp as notifications
    from app.price_book.views import bp as price_book
    from app.quotes.views import bp as quotes
    from app.reconciliation.views import bp as reconciliation
    from app.reports.views import bp as reports
    from app.rounds.views import bp as rounds
    from app.search.views import bp as search
    from app.squeegee.views import bp as squeegee
    from app.workspaces.queries import load_place
    from app.workspaces.services import enter_with_session
    from app.workspaces.views import bp as workspaces

    # How core/web.py finds out who may enter a workspace.
    app.extensions["load_place"] = load_place
    app.extensions["enter_with_session"] = enter_with_session

    for blueprint in (
        accounts, workspaces, live, leads, contacts, bulk_acts, imports, exports, files, search, activities,
        followups, messaging, lead_forms, price_book, quotes, rounds, squeegee, reconciliation, my_day, notifications,
        alerts, reports, audit,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
