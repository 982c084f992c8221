"""Changing the keys that customer data is sealed with, while everybody works: see docs/operations.md."""
