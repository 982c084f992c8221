"""Cells that choose one of a few: kinds of house, bedrooms, ways and times to reach somebody, priorities, stages."""

import re

_HOUSES = (
    ("semi", r"\bsemi"), ("terraced", r"\bterrac|\bterr\b|\bcottage"), ("townhouse", r"\btown ?house"),
    ("bungalow", r"\bbung"), ("flat", r"\bflat|\bapartment|\bmaisonette"),
    ("commercial", r"\bcommercial|\bshop|\boffice|\bbusiness|\bpub\b|\bschool|\bsurgery|\bwarehouse|\bhotel"),
    ("detached", r"\bdetached|\bdet\b"),
)  # fmt: skip
_METHODS = (
    ("sms", r"\btext|\bsms|\bwhats ?app"), ("email", r"\be-?mail"), ("phone", r"\bphone|\bcall|\bring|\bmobile|\btel"),
    ("any", r"\bany\b|\bno preference|\beither|\ball\b"),
)  # fmt: skip
_TIMES = (
    ("evening", r"\bevening|\bafter (?:work|5|6)"), ("morning", r"\bmorning|\bam\b"),
    ("afternoon", r"\bafternoon|\bpm\b"),
    ("any", r"\bany|\bno preference|\ball day"),
)  # fmt: skip
_PRIORITIES = (
    ("urgent", r"\burgent|\basap"), ("high", r"\bhigh|\bimportant|\bhot\b"), ("low", r"\blow|\bcold\b"),
    ("normal", r"\bnormal|\bmedium|\bmed\b"),
)  # fmt: skip
#: What is booked before there is a price.
_LOOK = r"(?:(?:site|home) visit|survey|quote|quotation|estimate)\b"
#: Words for stages in other people's tables, those that would be mistaken first.
_STAGES = (
    ("negotiating", r"waiting (?:for|on) (?:them|(?:the )?customer|client)"),
    ("not_in_area", r"out(?:side)? of (?:our )?area|outside|not in (?:our )?area|too far|no coverage"),
    ("quote_requested", rf"{_LOOK} (?:is )?(?:booked|scheduled)|"
                        rf"(?:booked|scheduled) (?:in )?for (?:an? |the )?{_LOOK}"),
    ("booking_confirmed", r"\bbooked|booking confirmed|scheduled|job booked"),
    ("lost_contact", r"no (?:response|reply|answer)|lost contact|gone quiet|unresponsive|ghost|cannot reach"),
    ("declined", r"declin|\blost|said no|(?:not|no longer) interested|rejected|refused|too (?:dear|expensive)|cancel|"
                 r"dead|not proceed|unsuccess|no thank|\bnot (?:accept|won|agreed|approved|a customer)"),
    ("ready_for_squeegee", r"\bwon\b|accept|ready for squeegee|to be (?:added|entered)|agreed|said yes|go ahead|"
                           r"approved|new customer"),
    ("transferred_to_squeegee", r"transferred|in squeegee|added to squeegee|on (?:the )?round|customer|\bcomplete|"
                                r"\bdone|converted|\blive|\bactive"),
    ("follow_up_2", r"(?:second|2nd|final|last) (?:follow|chase|email|call)|follow[ -]?up 2|chased? (?:twice|2)"),
    ("follow_up_1", r"follow|chas"),
    ("hot_lead", r"\bhot\b|very (?:keen|interested)|\blikely"),
    ("negotiating", r"negotiat|discuss|thinking|considering|pending|on hold"),
    ("quote_requested", r"quote (?:requested|needed|required|wanted|(?:not(?: yet)?|to be) (?:sent|given|done))|"
                        r"to (?:be )?quoted?|needs? (?:a )?(?:quote|price)|"
                        r"survey|visit|awaiting quote|want"),
    ("quote_sent", r"quote|quoted|price (?:sent|given)|estimate"),
    ("contacted", r"\bcontacted|spoke|called|rang|in touch|in progress|emailed|replied|texted"),
    ("new", r"\bnew\b|enquir|inquir|lead|open|to do|not (?:started|contacted|processed)|uncontacted|received|inbox"),
)  # fmt: skip
_COMPILED = {
    name: tuple((key, re.compile(words)) for key, words in table)
    for name, table in (
        ("property_type", _HOUSES), ("preferred_method", _METHODS), ("preferred_time", _TIMES),
        ("priority", _PRIORITIES), ("stage", _STAGES),
    )
}  # fmt: skip
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "studio": 1}
_NOT_DONE = re.compile(
    r"\bnot\b|\bno\b|^n$|pending|to do|false|waiting|\bnone\b|\bnever\b|\bincomplete|"
    r"\bun-?(?:processed|added|entered|done|transferred)|"
    r"\b(?:to|needs?|ready|still|yet)\b[^,;.]*\b(?:process|add|enter|transfer|set|complet|done)"
)
_DONE = re.compile(r"processed|added|entered|done|yes|^y$|true|transferred|complete|in squeegee|set ?up|live")


#: Words that make the opposite of those that follow them, up to whatever parts a sentence.
_OPPOSITE = re.compile(r"\b(?:not|never|no longer|yet to|to be)\b[^-–,;:.(]*$")
_SHORT = (("won't", "will not"), ("can't", "cannot"), ("n't", " not"))


def read_choice(fact: str, cell: str) -> str | None:
    """The key of property_type, preferred_method, preferred_time, priority or stage that a cell names, or None."""
    text = " ".join(cell.casefold().replace("’", "'").split())
    for short, whole in _SHORT if fact == "stage" else ():
        text = text.replace(short, whole)
    for key, words in _COMPILED[fact]:
        found = words.search(text)
        if found and not (fact == "stage" and _OPPOSITE.search(text[: found.start()])):
            return key
    return None


def read_bedrooms(cell: str) -> str | None:
    """The key for a number of bedrooms: "2", "1-2 bed" and "2 bed, 3 bath" are 1-2, seven are 6+."""
    text = cell.casefold()
    numbers = [int(each) for each in re.findall(r"(\d{1,2})[\s+-]*bed", text) or re.findall(r"\d{1,2}", text)]
    numbers += [number for word, number in _NUMBERS.items() if re.search(rf"\b{word}\b", text)]
    if not numbers or not 1 <= max(numbers) <= 30:
        return None
    most = max(numbers)
    return "1-2" if most <= 2 else "6+" if most >= 6 else str(most)


def is_in_squeegee(cell: str) -> bool | None:
    """Whether a cell says that a customer has been entered into Squeegee; None when it does not say."""
    text = " ".join(cell.casefold().split())
    if not text or _NOT_DONE.search(text):
        return False if text else None
    return True if _DONE.search(text) else None
