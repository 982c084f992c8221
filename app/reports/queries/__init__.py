"""Figures of the follow-ups: by step, by template, by person, and how soon people were answered. One file a report."""

from app.reports.queries.answers import answers_report
from app.reports.queries.people import people_report
from app.reports.queries.steps import steps_report
from app.reports.queries.tables import Cell, Column, Report
from app.reports.queries.templates import templates_report

__all__ = [
    "Cell", "Column", "Report", "answers_report", "people_report", "steps_report", "templates_report",
]  # fmt: skip
