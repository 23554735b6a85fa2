"""Who is signed in, in which time zone, and how the instance's database compares texts.

Dates in a query are read in the signed-in user's time zone, not in UTC. Most databases compare without case, some do
not: both are learned, and where they cannot be, queries are widened or left to this side.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET, UnsetType

from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.encoded import all_of, compare, one, speakable
from supportctl.adapters.servicenow.types import Row

USER_FIELDS = ("sys_id", "user_name", "name", "time_zone", "roles")
ANY_ZONE = timedelta(hours=26)
"""Wider than the distance between any two zones: a query widened by it holds whatever zone the server assumes."""
DAYLIGHT = timedelta(hours=2)
"""Room for the hours that come twice or never when clocks change."""


class Me(msgspec.Struct, frozen=True):
    """The signed-in user, as far as the instance tells."""

    id: str
    user_name: str
    name: str
    zone: str


class Session:
    """Learned on first use, once per run."""

    def __init__(self, client: Client, user: str | None) -> None:
        self._client = client
        self._user = user
        self._me: Me | None = None
        self._asked = False
        self._zone: ZoneInfo | None = None
        self._folds: bool | None = None
        self._roles: frozenset[str] | UnsetType | None = UNSET

    def me(self) -> Me | None:
        """None when the account may not read its own user record."""
        if not self._asked:
            self._asked = True
            row = self._find()
            if row is not None:
                zone = cell_text(row, "time_zone") or self._default_zone()
                self._me = Me(cell_text(row, "sys_id"), cell_text(row, "user_name"), cell_text(row, "name"), zone)
                self._zone = _zone(zone)
        return self._me

    def _find(self) -> Row | None:
        """By the profile's user name; else by asking the server for its session's user.

        More than one answer means the server ignored the condition: nobody is better than somebody else.
        """
        if self._user is not None and speakable(self._user):
            query = compare("user_name", "=", self._user)
        else:
            query = "sys_id=javascript:gs.getUserID()"
        try:
            rows = self._client.page("sys_user", query, USER_FIELDS, limit=2).rows
        except REFUSED:
            return None
        if self._user is not None:
            rows = [row for row in rows if cell_text(row, "user_name").casefold() == self._user.casefold()]
        return rows[0] if len(rows) == 1 else None

    def roles(self) -> frozenset[str] | None:
        """The roles of the signed-in user; None when they cannot be read."""
        if self._roles is UNSET:
            self._roles = self._read_roles()
        return self._roles

    def _read_roles(self) -> frozenset[str] | None:
        me = self.me()
        if me is None:
            return None
        try:
            rows = self._client.page("sys_user_has_role", f"user={me.id}", ("role.name", "user"), limit=1000).rows
        except REFUSED:
            return None
        names = {cell_text(row, "role.name") for row in rows if cell_text(row, "user") == me.id} - {""}
        return frozenset(names) or None

    def _default_zone(self) -> str:
        try:
            row = self._client.first("sys_properties", "name=glide.sys.default.tz", ("name", "value"))
        except REFUSED:
            return ""
        known = row is not None and cell_text(row, "name") == "glide.sys.default.tz"
        return cell_text(row, "value") if row is not None and known else ""

    @property
    def zone(self) -> ZoneInfo | None:
        self.me()
        return self._zone

    def lower(self, moment: datetime) -> str:
        """The literal for "not before ``moment``", never too late."""
        return self._literal(moment, -1)

    def upper(self, moment: datetime) -> str:
        """The literal for "not after ``moment``", never too early."""
        return self._literal(moment, 1)

    def _literal(self, moment: datetime, sign: int) -> str:
        zone = self.zone
        try:
            local = moment + sign * ANY_ZONE if zone is None else moment.astimezone(zone) + sign * DAYLIGHT
        except OverflowError:
            local = moment
        return f"{local.year:04d}-{local:%m-%d %H:%M:%S}"

    def folds_case(self) -> bool:
        """Whether the database compares without case, tried on our own user name. False when it cannot be told."""
        if self._folds is None:
            self._folds = self._try_case()
        return self._folds

    def _try_case(self) -> bool:
        me = self.me()
        if me is None or me.user_name.swapcase() == me.user_name or not speakable(me.user_name):
            return False
        asked = all_of([one(compare("sys_id", "=", me.id)), one(compare("user_name", "=", me.user_name.swapcase()))])
        try:
            rows = self._client.page("sys_user", asked.text if asked else "", ("sys_id",), limit=2).rows
        except REFUSED:
            return False
        return len(rows) == 1 and cell_text(rows[0], "sys_id") == me.id


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
