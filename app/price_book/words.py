"""The trade's words for what the price book keeps as keys."""

#: How often work of the extras' table is charged: with every visit, once beside the visits, or not at all by the book.
CHARGED_WORDS = {"visit": "Every visit", "once": "Once", "ask": "Priced by hand"}
ROUNDING_WORDS = {
    "none": "Not rounded", "nearest_50": "To the nearest 50p", "nearest_100": "To the nearest £1",
    "up_50": "Up to the next 50p", "up_100": "Up to the next £1",
}  # fmt: skip
VAT_WORDS = {"none": "No VAT", "included": "VAT is in these prices", "added": "VAT is added to these prices"}
#: Which row of the extras' table prices a service that is asked for on its own.
SERVICE_WORK = {
    "gutter_clearing": "gutters", "fascia_soffit": "fascia", "conservatory": "conservatory", "solar_panels": "solar",
}  # fmt: skip
