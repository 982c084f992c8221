"""The fields by which leads can be narrowed: one line each, with its name in addresses, its words and its column.

Kinds: `pick` one or several of known keys, `amount` pounds, `count` whole numbers, `moment` and `day` points in time in
the workspace's own days, `text` a word given exactly, `area` postcode areas, districts and sectors, `flag` yes or no,
`words` what is searched for (sealed).
"""

from dataclasses import dataclass, field
from typing import Any

from app.leads.models import EXTRAS, Lead
from app.leads.words import CHOICE_WORDS, DECLINE_WORDS, EXTRA_WORDS, METHOD_WORDS, PRIORITY_WORDS

#: Keys that come from tables: ids, read by `filter_choices`.
FROM_TABLES = ("stage", "owner", "source", "tag", "import")
_CONTACT_METHODS = {key: word for key, word in METHOD_WORDS.items() if key != "any"}


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Something to narrow by; one instance each. `none` is the word for leads without it, "" when every lead has it."""

    key: str
    label: str
    kind: str
    column: Any = None
    group: str = "Lead"
    choices: dict[str, str] = field(default_factory=dict)
    none: str = ""
    #: Words that stand for points in time: "late" is sensible for what is planned only.
    ahead: bool = False
    #: What a column that can't be NULL holds while nothing is known.
    blank: int | None = None
    #: Whether a pick reads other words too: what older views and addresses say, and what came from elsewhere.
    takes_others: bool = False

    def key_of(self, words: str) -> str:
        """The key of the choice that is called so, else the words themselves."""
        return next((key for key, named in self.choices.items() if named.casefold() == words.casefold()), words)


_EVERY = (
    Field("words", "Name, phone, email or place", "words"),
    Field("stage", "Stage", "pick", Lead.stage_id, choices={"open": "Any open stage", "final": "Any final stage"}),
    Field("owner", "Owner", "pick", Lead.owner_id, choices={"me": "Me"}, none="Nobody"),
    Field("priority", "Priority", "pick", Lead.priority, choices=PRIORITY_WORDS),
    Field("tag", "Tag", "pick", choices={}, none="No tag"),
    Field("starred", "Starred by me", "flag"),
    Field("number", "Number", "text", Lead.number),
    Field("due", "Next act", "moment", Lead.next_act_at, "Time", none="Nothing planned", ahead=True),
    Field("created", "Came in", "moment", Lead.created_at, "Time"),
    Field("contacted", "Last contact", "moment", Lead.last_contact_at, "Time", none="Never"),
    Field("first-contact", "First contact", "moment", Lead.first_contact_at, "Time", none="Never"),
    Field("answered", "Answered in, working minutes", "count", Lead.first_contact_minutes, "Time", none="Not yet"),
    Field("method", "Last contact by", "pick", Lead.last_contact_method, "Time", _CONTACT_METHODS, "Never"),
    Field("activity", "Last activity", "moment", Lead.last_activity_at, "Time"),
    Field("moved", "In its stage since", "moment", Lead.stage_entered_at, "Time"),
    Field("chased", "Times chased", "count", Lead.follow_up_count, "Time"),
    Field("close", "Expected close", "day", Lead.expected_close, "Time", none="Not set", ahead=True),
    Field("returns", "Returns on", "day", Lead.returns_on, "Time", none="Not set", ahead=True),
    Field("value", "Value a year", "amount", Lead.annual_minor, "Worth", none="None", blank=0),
    Field("month", "Value a month", "amount", Lead.monthly_minor, "Worth", none="None", blank=0),
    Field("price", "Price a visit", "amount", Lead.price_minor, "Worth", none="Not priced"),
    Field("valid", "Quote valid until", "day", Lead.quote_valid_until, "Worth", none="No date", ahead=True),
    Field("quality", "Quality", "count", Lead.quality_score, "Worth", none="Not set"),
    Field("chance", "Chance of winning, %", "count", Lead.conversion_percent, "Worth", none="Not set"),
    Field("satisfaction", "Satisfaction", "count", Lead.satisfaction_score, "Worth", none="Not set"),
    Field("reason", "Reason for declining", "pick", Lead.decline_reason, "Worth", DECLINE_WORDS, "None given",
          takes_others=True),
    Field("area", "Area", "area", Lead.district, "House and work", none="No postcode"),
    Field("house", "House", "pick", Lead.property_type, "House and work", CHOICE_WORDS["property_type"], "Not known"),
    Field("bedrooms", "Bedrooms", "pick", Lead.bedrooms, "House and work", CHOICE_WORDS["bedrooms"], "Not known"),
    Field("service", "Service", "pick", Lead.service, "House and work", CHOICE_WORDS["service"]),
    Field("frequency", "How often", "pick", Lead.frequency, "House and work", CHOICE_WORDS["frequency"], "Not known"),
    Field("extra", "Extras", "pick", group="House and work", choices={key: EXTRA_WORDS[key] for key in EXTRAS},
          none="No extras"),
    Field("source", "Source", "pick", Lead.source_id, "Where it came from"),
    Field("import", "From the import of", "pick", group="Where it came from"),
    Field("referrer", "Referrer", "text", Lead.referrer, "Where it came from", none="None"),
    Field("campaign", "Campaign", "text", Lead.utm_campaign, "Where it came from", none="None"),
    Field("medium", "Campaign medium", "text", Lead.utm_medium, "Where it came from", none="None"),
    Field("campaign-source", "Campaign source", "text", Lead.utm_source, "Where it came from", none="None"),
    Field("landing", "Landing page", "text", Lead.landing_page, "Where it came from", none="None"),
    Field("transferred", "Handed over", "moment", Lead.transferred_at, "Squeegee", none="Not yet"),
    Field("booked", "Booking confirmed", "moment", Lead.booking_confirmed_at, "Squeegee", none="Not yet"),
    Field("first-visit", "First visit", "day", Lead.first_service_date, "Squeegee", none="Not set", ahead=True),
)  # fmt: skip
FIELDS: dict[str, Field] = {each.key: each for each in _EVERY}
#: Other names that addresses may use.
ALIASES = {"district": "area", "sector": "area", "text": "words"}
