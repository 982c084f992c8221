"""What the demo's customers and we wrote to each other, as data. One of each kind that the inbox tells apart."""

from typing import NamedTuple


class Line(NamedTuple):
    """One message: from the customer (`in`), their machine (`auto`) or us (`out`), how many hours ago, its words."""

    direction: str
    hours: float
    channel: str
    text: str


class Exchange(NamedTuple):
    """What was written with a lead of a stage, and how it stands now: open, read, mine, snoozed or done."""

    stage: str
    lines: tuple[Line, ...]
    ends: str = "open"


QUOTED = (
    "\n\nOn Monday at 09:10, Somerset Window Cleaning <office@example.com> wrote:\n\n> Your quote is ready.\n"
    "> You can look at it and answer here."
)
EXCHANGES = (
    Exchange("quote_sent", (
        Line("in", 0.4, "sms", "Yes please, go ahead. Thank you"),
    )),
    Exchange("quote_sent", (
        Line("in", 1.6, "email", "Hello,\n\nThank you for the quote. Yes please, but could you leave out the "
             "conservatory for now? We are having the roof replaced in the spring.\n\nKind regards" + QUOTED),
    )),
    Exchange("new", (
        Line("in", 2.2, "sms", "Hi, do you also do the gutters? And roughly when could you come?"),
    )),
    Exchange("quote_sent", (
        Line("in", 5.1, "email", "Morning. Does the price include the two Velux windows at the back, and is there "
             "anything extra for the first clean?" + QUOTED),
        Line("out", 4.2, "email", "Good morning,\n\nIt does, both of them. The first clean costs the same as the "
             "others, as your windows are in good order."),
        Line("in", 3.3, "email", "That is good to know, thank you. I will speak to my husband tonight and let you "
             "know." + QUOTED),
    ), "mine"),
    Exchange("negotiating", (
        Line("in", 27, "sms", "That is more than our last chap charged. Would you do it for 2 pounds less?"),
        Line("out", 25.5, "sms", "Hello, we can if we come on the same day as to number 12, next door but one. "
             "Shall I put you down?"),
        Line("in", 23, "sms", "OK that would work. Can you text me the evening before?"),
        Line("out", 22.6, "sms", "We always do. I will send you the new quote today."),
    ), "mine"),
    Exchange("hot_lead", (
        Line("in", 20, "email", "Hi, we are away until the end of the month. Could you get in touch then? We do want "
             "to go ahead."),
        Line("out", 19, "email", "Of course. I will write again when you are back. Have a good time!"),
    ), "snoozed"),
    Exchange("quote_requested", (
        Line("out", 46, "sms", "Hello from Somerset Window Cleaning. Is the side gate open in the mornings?"),
        Line("in", 44, "sms", "It is bolted but my neighbour at 9 has the key, she is in most days"),
        Line("out", 43.5, "sms", "Perfect, thank you."),
    ), "done"),
    Exchange("follow_up_1", (
        Line("auto", 30, "email", "I am out of the office until Monday and will answer your message when I am back."),
    ), "read"),
    Exchange("declined", (
        Line("in", 70, "sms", "No thanks, we found somebody closer to us. Sorry!"),
        Line("out", 69, "sms", "Thank you for telling us. If that changes, you know where we are."),
    ), "done"),
    Exchange("contacted", (
        Line("in", 7.5, "sms", "Not sure yet, will have a think"),
    )),
    Exchange("booking_confirmed", (
        Line("in", 49, "email", "Just a quick note to say how pleased we are. The windows have never looked so "
             "good!\n\nSee you in eight weeks."),
        Line("out", 47, "email", "That is lovely to hear, thank you. I have passed it on to Carol."),
    ), "done"),
    Exchange("follow_up_2", (
        Line("in", 12, "email", "Sorry for the silence, things have been hectic here. Could you send me the quote once "
             "more? I think it went to the wrong folder."),
    ), "read"),
)  # fmt: skip


class Stranger(NamedTuple):
    """What came from somebody Sill does not know, and waits to be placed."""

    channel: str
    sender: str
    name: str | None
    subject: str | None
    text: str
    hours: float


STRANGERS = (
    Stranger(
        "email", "wendy.farthing@example.com", "Wendy Farthing", "Your leaflet",
        "Hello, we had your leaflet through the door in Wookey. Could you tell me what you would charge for a cottage "
        "with three bedrooms, every eight weeks? There are sash windows at the front.\n\nWendy Farthing", 0.9,
    ),
    Stranger("sms", "+447700900777", None, None, "Hi its Steve, can you do mine on the same day as my mums pls", 3.7),
)  # fmt: skip
