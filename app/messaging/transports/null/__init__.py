"""What stands in when no provider is set up: it refuses, so that nothing looks sent that was not."""

from typing import NoReturn

from app.messaging.ports import Refused
from app.messaging.ports.email import OutgoingEmail
from app.messaging.ports.sms import OutgoingSms

NOT_SET_UP = "not_set_up"


class NoEmail:
    """Mail without a mail server."""

    name = "none"
    honours_our_id = True

    def send(self, email: OutgoingEmail) -> NoReturn:
        """Raises Refused; the message can be retried once a server is set up."""
        raise Refused(NOT_SET_UP)


class NoSms:
    """Texts without a provider."""

    name = "none"
    honours_our_id = True
    reaches_real_phones = False

    def send(self, sms: OutgoingSms) -> NoReturn:
        """Raises Refused; the message can be retried once a provider is set up."""
        raise Refused(NOT_SET_UP)
