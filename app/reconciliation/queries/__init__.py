"""What is known of Squeegee's last export. One file a screen; this page lists them."""

from app.reconciliation.queries.possible import PossibleCustomer, possible_customers

__all__ = ["PossibleCustomer", "possible_customers"]
