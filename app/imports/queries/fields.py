"""What a column of a file can be."""

from dataclasses import dataclass

from app.core.spreadsheets.reading import MOST_COLUMNS

#: As many rows as one import takes.
MOST_ROWS = 50_000

__all__ = ["FIELDS", "FIELDS_BY_KEY", "MOST_COLUMNS", "MOST_ROWS", "SEVERAL", "Field"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column may hold: its key, what people call it, where it belongs, and what a cell looks like.

    `titles` are words that columns of it are often headed by, as `suggesting` compares them.
    """

    key: str
    label: str
    group: str
    example: str
    titles: tuple[str, ...] = ()


_PERSON, _HOUSE, _WORK = "Customer", "Address", "What is wanted"
_PRICE, _PLACE, _ORIGIN = "Price", "Where it stands", "Where it came from"

FIELDS = (
    Field("name", "Name", _PERSON, "Mrs Jane Smith",
          ("name", "full name", "customer", "customer name", "client", "client name", "contact", "contact name")),
    Field("title", "Title", _PERSON, "Mrs", ("title", "salutation", "prefix")),
    Field("first_name", "First name", _PERSON, "Jane", ("first name", "first", "forename", "given name", "firstname")),
    Field("last_name", "Last name", _PERSON, "Smith",
          ("last name", "last", "surname", "family name", "lastname", "second name")),
    Field("email", "Email", _PERSON, "jane@example.com", ("email", "email address", "mail", "e mail")),
    Field("phone", "Phone", _PERSON, "01749 960123",
          ("phone", "telephone", "tel", "phone number", "number", "contact number", "landline", "home phone")),
    Field("mobile", "Mobile", _PERSON, "07700 900123",
          ("mobile", "mobile number", "mobile phone", "cell", "cell phone", "mob")),
    Field("preferred_method", "How to reach them", _PERSON, "Text message",
          ("preferred contact method", "preferred contact", "contact method", "contact preference", "best contact")),
    Field("preferred_time", "When to reach them", _PERSON, "Mornings",
          ("preferred time", "best time", "preferred contact time", "contact time", "best time to call")),
    Field("address", "Whole address", _HOUSE, "12 Mill Lane, Wells BA5 2QJ",
          ("address", "addr", "full address", "property address", "job address", "site address", "home address",
           "location")),
    Field("address_line1", "First line", _HOUSE, "12 Mill Lane",
          ("address line 1", "address 1", "street", "house", "line 1", "street address", "address1")),
    Field("address_line2", "Second line", _HOUSE, "Haybridge",
          ("address line 2", "address 2", "line 2", "village", "locality", "address2")),
    Field("town", "Town", _HOUSE, "Wells", ("town", "city", "town city", "town or city", "town village")),
    Field("postcode", "Postcode", _HOUSE, "BA5 2QJ", ("postcode", "post code", "zip", "postal code", "zip code", "pc")),
    Field("property_type", "Kind of house", _HOUSE, "Semi",
          ("property type", "house type", "type of property", "kind of house", "property", "type of house")),
    Field("bedrooms", "Bedrooms", _HOUSE, "3",
          ("bedrooms", "beds", "number of bedrooms", "no of bedrooms", "bedroom", "bed")),
    Field("access", "Access", _HOUSE, "Side gate, code 4411",
          ("access", "access notes", "access difficulty", "access issues", "gate")),
    Field("services", "Services and extras", _WORK, "Windows and conservatory roof, 8 weekly £24",
          ("services", "service", "work", "job", "work required", "services required", "what", "services and prices",
           "services prices", "agreed services", "quote details", "additional services", "extras")),
    Field("frequency", "How often", _WORK, "Every 8 weeks",
          ("frequency", "freq", "how often", "schedule", "interval", "service frequency", "rhythm",
           "cleaning frequency")),
    Field("wishes", "What they asked for", _WORK, "Please ring before nine",
          ("wishes", "message", "enquiry", "special requirements", "requirements", "comments", "request",
           "special requests", "customer notes", "additional information")),
    Field("price", "Price", _PRICE, "£24.50",
          ("price", "agreed price", "agreed prices", "quoted", "quoted price", "quote price", "amount", "value",
           "cost", "prices")),
    Field("first_price", "First clean", _PRICE, "£48",
          ("first clean", "initial price", "first price", "initial clean", "first clean price", "initial")),
    Field("stage", "Stage", _PLACE, "Quote sent", ("status", "stage", "lead status", "state", "pipeline", "progress")),
    Field("squeegee_status", "Squeegee status", _PLACE, "Not processed",
          ("squeegee status", "in squeegee", "squeegee", "added to squeegee")),
    Field("squeegee_ref", "Squeegee reference", _PLACE, "1042",
          ("cust ref", "squeegee ref", "squeegee reference", "squeegee id", "customer ref", "squeegee customer id")),
    Field("owner", "Owner", _PLACE, "Sam Seller",
          ("owner", "assigned to", "assignee", "assigned", "person", "salesperson", "handled by", "assign")),
    Field("priority", "Priority", _PLACE, "High", ("priority", "urgency", "importance")),
    Field("tags", "Tags", _PLACE, "leaflet, north round", ("tags", "tag", "labels", "label", "categories")),
    Field("notes", "Notes", _PLACE, "Will think it over", ("notes", "note", "remarks", "history", "internal notes")),
    Field("reference", "Reference", _ORIGIN, "SWC-0417",
          ("reference", "reference number", "ref", "lead number", "ref no", "quote number", "enquiry number", "id",
           "reference no", "ref number", "quote ref", "lead id", "lead ref")),
    Field("source", "Source", _ORIGIN, "Leaflet",
          ("source", "lead source", "came from", "how did you hear", "how did you hear about us", "channel", "origin")),
    Field("created_at", "Came in on", _ORIGIN, "03/11/2026",
          ("created", "date", "added", "date added", "created at", "created time", "enquiry date", "date created",
           "submitted", "received", "submission date", "date received", "created on", "timestamp", "came in on")),
    Field("updated_at", "Last changed on", _ORIGIN, "07/11/2026",
          ("last edited", "last edited time", "updated", "last updated", "modified", "last contact", "updated at")),
)  # fmt: skip
FIELDS_BY_KEY = {field.key: field for field in FIELDS}
#: Facts that several columns may hold: their cells are joined.
SEVERAL = frozenset({"services", "wishes", "notes", "tags", "access", "address", "phone"})
