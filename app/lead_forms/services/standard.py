"""The questions that come with Sill, in words and order of the form as it comes. Their answers are normalised."""

from dataclasses import dataclass

from app.lead_forms.services import questions


@dataclass(frozen=True, slots=True)
class StandardQuestion:
    """Words, whether an answer is needed, and the (value, words) to choose from; () for what is typed or sent."""

    label: str
    hint: str = ""
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def _choices(words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(words.items())


STANDARD_QUESTIONS = {
    "postcode": StandardQuestion("Postcode", "So that we know whether we come your way", True),
    "property_type": StandardQuestion("What kind of place is it?", "", True, _choices(questions.PROPERTY_CHOICES)),
    #: Never asked of business premises.
    "bedrooms": StandardQuestion(
        "How many bedrooms?", "Not needed for business premises", True, _choices(questions.BEDROOM_CHOICES)
    ),
    "service": StandardQuestion("What shall we clean?", "", True, _choices(questions.SERVICE_CHOICES)),
    #: Needs an answer for the services that are usually repeated (questions.REGULAR_SERVICES) only.
    "frequency": StandardQuestion(
        "How often shall we come?", "", True,
        tuple((key, words) for key, (words, _) in questions.FREQUENCY_CHOICES.items()),
    ),
    "extras": StandardQuestion(
        "Anything else while we are there?", "Tick what applies, or nothing at all", False,
        _choices(questions.EXTRA_CHOICES),
    ),
    "wishes": StandardQuestion("Anything we should know?"),
    "access_facts": StandardQuestion(
        "How do we get to them?", "Tick what applies, or nothing at all", False, _choices(questions.ACCESS_CHOICES)
    ),
    "access_notes": StandardQuestion(
        "Getting to the windows", "The code of a gate, where to park, anything out of reach"
    ),
    "preferred_method": StandardQuestion(
        "How shall we get in touch?", "", False, _choices(questions.METHOD_CHOICES)
    ),
    "preferred_time": StandardQuestion("When suits you best?", "", False, _choices(questions.TIME_CHOICES)),
    "name": StandardQuestion("Your name", "", True),
    "phone": StandardQuestion("Phone"),
    "email": StandardQuestion("Email", "A phone number or an email address is enough"),
    "address_line1": StandardQuestion("House number and street"),
    "town": StandardQuestion("Town or village"),
    "photos": StandardQuestion("Photos of front and back", "They often save us a visit before we can give a price"),
    "marketing": StandardQuestion("News and offers"),
}  # fmt: skip

#: The form as it comes: heading and questions of each step.
STANDARD_STEPS = (
    ("Where are the windows?", ("postcode",)),
    ("What kind of place is it?", ("property_type", "bedrooms")),
    ("How often shall we come?", ("service", "frequency")),
    ("Anything else while we are there?", ("extras", "wishes")),
    ("How do we get to them?", ("access_facts", "access_notes", "preferred_method", "preferred_time")),
    ("How do we reach you?", ("name", "phone", "email", "address_line1", "town")),
    ("Ready to send", ("marketing",)),
)

#: No form does without them.
ALWAYS_ASKED = ("postcode", "service", "name")
#: One of these at least.
REACHED_BY = ("phone", "email")
