"""People: rows of ``sys_user`` and ways to find them."""

from supportctl.adapters.servicenow.parts import Taker
from supportctl.adapters.servicenow.types import Row
from supportctl.model import Person, Role


def person_of(row: Row) -> Person:
    """A ``sys_user`` row. Accounts for web services only are bots."""
    taken = Taker(row)
    bot = taken.text("web_service_access_only") == "true"
    robot = taken.text("internal_integration_user") == "true"
    login = taken.text("user_name")
    native = {"user_name": login, "web_service_access_only": bot, "internal_integration_user": robot}
    return Person(
        id=taken.text("sys_id"),
        name=taken.text("name") or None,
        email=taken.text("email"),
        role=Role.BOT if bot or robot else Role.UNKNOWN,
        active=taken.flag("active"),
        native=native | taken.rest(),
    )
