"""The words that a new workspace starts with: one template for each message that the program knows by its key."""

from typing import NamedTuple


class TemplateDefault(NamedTuple):
    """Words of a message; variables stand in braces. `purpose` marketing needs a basis, and carries the way out."""

    key: str
    name: str
    channel: str
    subject: str
    body: str
    purpose: str = "service"
    is_quick_reply: bool = False


TEMPLATES = (
    TemplateDefault(
        "acknowledgement", "We have your enquiry", "email", "We have your enquiry, {first_name}",
        "Hello {first_name},\n\nThank you for asking us about {service}. Your enquiry has reached us; its number is"
        " {lead_number}.\n\nWe answer within one working day, usually sooner. If you forgot to tell us something,"
        " just reply to this email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "acknowledgement_sms", "We have your enquiry", "sms", "",
        "Hello {first_name}, thank you for asking {workspace} about {service}. We have your enquiry ({lead_number})"
        " and answer within one working day.",
    ),
    TemplateDefault(
        "not_in_area", "Outside our area", "email", "About your enquiry, {first_name}",
        "Hello {first_name},\n\nThank you for asking us about {service}. I am sorry: our rounds do not reach your"
        " street yet, so we cannot offer you a regular clean.\n\nWe keep your enquiry and will tell you should we come"
        " your way. If you would rather we did not keep it, reply with one word and it is gone.\n\nKind regards\n"
        "{workspace}",
    ),
    TemplateDefault(
        "quote_email", "Your quote", "email", "Your quote from {workspace}",
        "Hello {first_name},\n\nHere is your quote for {service}. You can look at it, choose how often we come and"
        " accept it here:\n\n{link}\n\nIt is valid until {valid_until}. A question? Ask it on that page, or reply to"
        " this email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "quote_sms", "Your quote", "sms", "",
        "Hello {first_name}, your quote from {workspace} is ready: {link} It is valid until {valid_until}.",
    ),
    TemplateDefault(
        "quote_reminder_email", "Before a quote ends", "email", "Your quote ends on {valid_until}",
        "Hello {first_name},\n\nYour quote for {service} is valid until {valid_until}. Until then you can accept it at"
        " this price:\n\n{link}\n\nIf you have a question, or would rather not go ahead, you can tell us on the same"
        " page.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "quote_reminder_sms", "Before a quote ends", "sms", "",
        "Hello {first_name}, your quote from {workspace} ends on {valid_until}. You can accept it here: {link}",
    ),
    TemplateDefault(
        "chase_day_3", "Chase, day 3", "email", "Your quote for {service}",
        "Hello {first_name},\n\nA few days ago we sent you a quote for {service}. Did it reach you? Here it is again:"
        "\n\n{link}\n\nIf anything is unclear, or you would like us to come more or less often, just reply to this"
        " email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "chase_last", "Chase, last", "email", "Shall we keep your place, {first_name}?",
        "Hello {first_name},\n\nWe have not heard from you about your quote for {service} and do not want to be a"
        " nuisance, so this is our last email about it.\n\nIf you would like to go ahead, you can still accept it here:"
        "\n\n{link}\n\nIf not, you need not do anything.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "sms_chase", "Chase by SMS", "sms", "",
        "Hello {first_name}, did our quote for {service} reach you? Reply here with any question. {workspace}",
    ),
    TemplateDefault(
        "quote_accepted", "You said yes", "email", "Thank you, {first_name}: what we agreed",
        "Hello {first_name},\n\nThank you for saying yes. We agreed on {price} {frequency} for {service}."
        "\n\nEverything about it stands here, with the terms and a copy to print. You can put your details right there"
        " and ask us anything:\n\n{link}\n\nYou can cancel within 14 days of accepting, without giving a reason: reply"
        " to this email or ring us. If you asked us to come sooner and then cancel, you pay only for what is done."
        "\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "times_email", "Choose a time", "email", "When shall we come, {first_name}?",
        "Hello {first_name},\n\nWe could come to you at a few times. Choose the one that suits you here:\n\n{link}\n\n"
        "None of them does? Tell us on that page, or reply to this email.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "times_sms", "Choose a time", "sms", "",
        "Hello {first_name}, choose the time that suits you for our visit: {link} {workspace}",
    ),
    TemplateDefault(
        "photos_email", "Send us photos", "email", "Photos of your windows, {first_name}?",
        "Hello {first_name},\n\nTwo or three photos of your house, front and back, save us a visit and you the wait for"
        " a price. You can send them from your phone here:\n\n{link}\n\nWhere they were taken is cut out of them;"
        " only we see them.\n\nKind regards\n{workspace}",
    ),
    TemplateDefault(
        "photos_sms", "Send us photos", "sms", "",
        "Hello {first_name}, photos of your house, front and back, save us a visit: {link} {workspace}",
    ),
    TemplateDefault(
        "no_show_email", "Nobody was in", "email", "Sorry we missed you, {first_name|there}",
        "Hello {first_name|there},\n\nWe came by as agreed and could not find anybody in. No harm done, something"
        " always comes up.\n\nReply to this email with a day or two that would suit you, and we will come again.\n\n"
        "Kind regards\n{workspace}",
    ),
    TemplateDefault(
        "no_show_sms", "Nobody was in", "sms", "",
        "Hello {first_name|there}, we came by as agreed but nobody was in. Text us a day that suits you and we will"
        " come again. {workspace}",
    ),
    TemplateDefault(
        "nurture_spring", "Through the year: spring", "email", "Spring light on your windows, {first_name|there}",
        "Hello {first_name|there},\n\nThe first bright days show what the winter left on the glass. If you have been"
        " meaning to have your windows done, this is a good time: one thorough clean now, then as often as you like."
        "\n\nReply to this email and we will send you a fresh price.\n\nKind regards\n{workspace}",
        "marketing",
    ),
    TemplateDefault(
        "nurture_summer", "Through the year: summer", "email", "Conservatory, skylights, solar panels?",
        "Hello {first_name|there},\n\nIn summer we are asked most about what people see from inside:\n\n"
        "- conservatory roofs\n- skylights\n- solar panels, which give more when they are clean\n\n"
        "Reply with what you have, and a photo if you like, and we will send you a price.\n\n"
        "Kind regards\n{workspace}",
        "marketing",
    ),
    TemplateDefault(
        "nurture_autumn", "Through the year: autumn", "email", "Before the leaves are in your gutters",
        "Hello {first_name|there},\n\nOnce the leaves are down, gutters fill and walls get wet. We clear gutters as"
        " well as windows, both on the same visit.\n\nReply to this email and we will send you a price"
        " for both.\n\nKind regards\n{workspace}",
        "marketing",
    ),
    TemplateDefault(
        "nurture_winter", "Through the year: winter", "email", "Clean windows for the darkest weeks",
        "Hello {first_name|there},\n\nLow sun and road spray: winter is when glass looks its worst. There is usually"
        " room in our diary in these weeks.\n\nReply to this email if you would like us to come, and we will send you a"
        " price.\n\nKind regards\n{workspace}",
        "marketing",
    ),
    TemplateDefault(
        "win_back", "Win back", "email", "Shall we try again, {first_name|there}?",
        "Hello {first_name|there},\n\nSome time ago you asked us about {service|your windows} and did not go"
        " ahead. If things have changed since, we would be glad to send you a fresh price, and you owe us nothing"
        " for asking.\n\nReply with one word and we will do the rest. If not, you need not do anything.\n\n"
        "Kind regards\n{workspace}",
        "marketing",
    ),
    TemplateDefault(
        "missed_call_sms", "We missed your call", "sms", "",
        "Hello, this is {workspace}. Sorry we missed your call. Text us your name, postcode and what you need, or we"
        " will ring you back.",
    ),
    TemplateDefault(
        "quick_thanks", "Thank you, more today", "sms", "",
        "Thank you, {first_name|there}. We will come back to you today. {workspace}",
        is_quick_reply=True,
    ),
    TemplateDefault(
        "quick_photo", "A photo, please", "sms", "",
        "Could you send us a photo of the front and the back of the house? Then we can give you a price today."
        " {workspace}",
        is_quick_reply=True,
    ),
    TemplateDefault(
        "quick_agreed", "That is fine", "sms", "",
        "That is fine, {first_name|there}, we have noted it. {workspace}",
        is_quick_reply=True,
    ),
)  # fmt: skip
