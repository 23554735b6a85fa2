"""People: rows of ``sys_user`` and ways to find them."""

import threading
from collections.abc import Iterable

from supportctl.adapters.servicenow.bulk import gather
from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.encoded import speakable
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


FIELDS = (
    "sys_id",
    "user_name",
    "name",
    "email",
    "active",
    "web_service_access_only",
    "internal_integration_user",
)
AGENT_ROLES = ("itil", "itil_admin", "admin", "sn_incident_write", "list_updater", "problem_manager")


class People:
    """Users by login, asked for in bulk and remembered for the run. What cannot be read stays a login."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._by_login: dict[str, Person | None] = {}
        self._agents: dict[str, bool] = {}
        self._closed = False
        self._lock = threading.Lock()

    def learn(self, logins: Iterable[str]) -> None:
        """Look up the logins not seen before."""
        with self._lock:
            new = sorted({login for login in logins if login not in self._by_login and speakable(login)})
            if not new or self._closed:
                return
            self._by_login |= dict.fromkeys(new)
            try:
                rows = gather(self._client, "sys_user", "user_name", new, FIELDS).rows
            except REFUSED:
                self._closed = True
                return
            for row in rows:
                self._by_login[cell_text(row, "user_name")] = person_of(row)
            self._learn_roles([cell_text(row, "sys_id") for row in rows])

    def _learn_roles(self, ids: list[str]) -> None:
        try:
            rows = gather(
                self._client, "sys_user_has_role", "user", ids, ("user", "role.name"),
                conditions=[f"role.nameIN{','.join(AGENT_ROLES)}"],
            ).rows  # fmt: skip
        except REFUSED:
            return
        for row in rows:
            if cell_text(row, "role.name") in AGENT_ROLES:
                self._agents[cell_text(row, "user")] = True

    def known(self, login: str) -> Person | None:
        return self._by_login.get(login)

    def is_agent(self, identity: str) -> bool:
        """Whether the user holds a role that works on tasks; False also when roles cannot be read."""
        return self._agents.get(identity, False)
