"""Filling workspaces with made-up leads."""

from app.bench.services.seeding import FORMS, PASSWORD, PEOPLE, analyse, email_of, form_key, seed_workspace

__all__ = ["FORMS", "PASSWORD", "PEOPLE", "analyse", "email_of", "form_key", "seed_workspace"]
