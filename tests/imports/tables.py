"""Rows as they stand in a Notion table."""

HEADER = [
    "Name", "Status", "Squeegee Status", "Reference number", "Email", "Mobile", "Address", "Services", "Agreed prices",
    "Frequency", "Created time", "Notes",
]  # fmt: skip
ANN = [
    "Mrs Ann Pike", "Quote sent", "Not Processed", "417", "ann@example.com", "07700 900123",
    "12 Mill Lane, Wells, Somerset BA5 2QJ", "Windows and conservatory roof, first clean £48", "£24.50",
    "every 8 weeks on Friday", "03/11/25", "Rang twice.",
]  # fmt: skip
BOB = [
    "Bob Fox", "Won", "Processed", "418", "", "01632 960001", "3 High Street\nWells BA5 2QA", "Gutter clearing £80", "",
    "", "2025-11-04", "",
]  # fmt: skip
