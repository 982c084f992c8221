"""Looking at words before anybody gets them: filled in for a lead or a made-up customer, and sent to oneself."""

from dataclasses import dataclass

from app.core.permissions import Actor
from app.leads.models import Lead
from app.messaging.models import Message, MessageTemplate
from app.messaging.services.composing import compose
from app.messaging.services.letters import with_way_out
from app.messaging.services.rendering import VARIABLE, VARIABLES, Rendered, TemplateFault, render_template
from app.messaging.services.wording import SAMPLE, TemplateDraft
from app.workspaces.queries import current_workspace

#: What a message brings with it when it is really sent.
_BROUGHT = frozenset({"link", "valid_until"})
#: What the button says in the mails that do not lead to a quote.
_BUTTONS = {"photos_email": "Send photos", "times_email": "Choose a time", "quote_accepted": "See what we agreed"}
_EXAMPLE_WAY_OUT = "https://example.com/stop"


@dataclass(frozen=True, slots=True)
class Trial:
    """Words filled in. `gaps`: variables that the lead has no value for, so that nothing would be sent; `made_up`:
    those that only come with what is sent.
    """

    words: Rendered
    gaps: tuple[str, ...] = ()
    made_up: tuple[str, ...] = ()


def try_words(draft: TemplateDraft, lead: Lead | None, key: str = "", *, may_answer: bool) -> Trial:
    """Fill in words that need not be good yet, for a lead, or for a made-up customer without one.

    Unless the reader may write quotes (`may_answer`), the customer's own link is a made-up one: it is the whole
    authority to answer in their place.
    """
    template = MessageTemplate(
        key=key, name=draft.name, channel=draft.channel, purpose=draft.purpose, subject=_readable(draft.subject),
        body=_readable(draft.body),
    )  # fmt: skip
    given: dict[str, str] = {} if lead is not None else _made_up_customer()
    gaps: list[str] = []
    made_up: list[str] = []
    if lead is not None and not may_answer:
        given["link"] = SAMPLE["link"]
        made_up += ["link"] if "link" in _asked(template) else []
    while True:
        try:
            words = render_template(template, lead, link_label=_BUTTONS.get(key, "See your quote"), **given)
        except TemplateFault as fault:
            is_brought = fault.variable in _BROUGHT
            (made_up if is_brought else gaps).append(fault.variable)
            given[fault.variable] = SAMPLE[fault.variable] if is_brought else f"{{{fault.variable}}}"
            continue
        return Trial(_whole(words, draft), tuple(gaps), tuple(made_up))


def send_trial(draft: TemplateDraft, lead: Lead | None, recipient: str, actor: Actor, key: str = "") -> Message:
    """Send filled-in words to their writer, to nobody else. The caller has judged them.

    The message belongs to no lead, so that it counts nowhere and leaves no trace on a timeline.
    """
    words = try_words(draft, lead, key, may_answer=True).words
    return compose(
        None, draft.channel, recipient=recipient, subject=f"Test: {words.subject}", body=words.body, html=words.html,
        created_by=actor.user_id, actor=actor,
    )  # fmt: skip


def _readable(text: str) -> str:
    """With variables that do not exist as plain text, so that the rest can be looked at."""
    return VARIABLE.sub(lambda found: found[0] if found[1] in VARIABLES else f"{{\u2060{found[0][1:]}", text)


def _asked(template: MessageTemplate) -> set[str]:
    return {name for name, _ in VARIABLE.findall(f"{template.subject}\n{template.body}")}


def _made_up_customer() -> dict[str, str]:
    ours = current_workspace()
    real = {"workspace": ours.name, "workspace_phone": ours.phone, "workspace_email": ours.reply_email}
    return SAMPLE | {name: value for name, value in real.items() if value}


def _whole(words: Rendered, draft: TemplateDraft) -> Rendered:
    """With the foot that advertising gets when it leaves."""
    if draft.purpose != "marketing" or words.html is None:
        return words
    body, html = with_way_out(words.body, words.html, _EXAMPLE_WAY_OUT)
    return Rendered(words.subject, body, html)
