"""Obstacles and risks that several kinds of change share, in the words people read."""

from supportctl.adapters.writing import Prepared
from supportctl.model import Risk, Status, Ticket

CLOSED = Risk(code="closed", message="it is closed, which is final on Zendesk")
MAIL = Risk(
    code="mail",
    message="the account's triggers may send mail about the update; Zendesk has no way to make an update quiet",
)
PUBLIC = Risk(code="mail", message="a public comment reaches the requester and everybody in copy")


def closed(ticket: Ticket) -> Prepared | None:
    """The refusal of a closed ticket; None for any other."""
    return Prepared(obstacles=[CLOSED]) if ticket.status is Status.CLOSED else None


def obstacle(code: str, message: str, field: str | None = None) -> Prepared:
    return Prepared(obstacles=[Risk(code=code, message=message, field=field)])
