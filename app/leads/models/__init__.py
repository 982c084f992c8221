"""Leads and the pipeline they travel. One file a part; this page lists the tables."""

from app.leads.models.lead import (
    EXTRAS,
    FREQUENCIES,
    PRIORITIES,
    SERVICES,
    Lead,
    LeadNumberCounter,
    LeadSource,
    SearchToken,
)
from app.leads.models.pipeline import NOBODY, Pipeline, Stage, StageChange, StageCounter

__all__ = [
    "EXTRAS", "FREQUENCIES", "NOBODY", "PRIORITIES", "SERVICES", "Lead", "LeadNumberCounter", "LeadSource", "Pipeline",
    "SearchToken", "Stage", "StageChange", "StageCounter",
]  # fmt: skip
