"""``supportctl check``: who we are and what we may see, told before a run depends on it."""

from collections.abc import Sequence

from supportctl.adapters.base import Check
from supportctl.adapters.servicenow.client import Client, Rows, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED
from supportctl.adapters.servicenow.labels import Labels
from supportctl.adapters.servicenow.session import Session
from supportctl.errors import AuthError, SupportctlError

SIDE_TABLES = (
    ("sys_journal_field", "comments", "grant read on sys_journal_field, or comments come without times"),
    ("sys_audit", "history", "grant read on sys_audit, or history comes from metrics"),
    ("task_sla", "SLA clocks", "grant read on task_sla"),
    ("label_entry", "tags", "grant read on label_entry, or set a tag field: tag_backend = 'field:u_tags'"),
    ("sys_dictionary", "field names", "without it queries are mostly evaluated here"),
)


class Checks:
    def __init__(
        self, client: Client, session: Session, tables: Sequence[str], labels: Labels, tag_field: str | None
    ) -> None:
        self._client = client
        self._session = session
        self._tables = tables
        self._labels = labels
        self._tag_field = tag_field

    def run(self) -> list[Check]:
        """Raises `AuthError` when nobody is signed in: nothing else could be told."""
        lines = [self._identity(), self._zone(), self._case()]
        lines += [self._table(table) for table in self._tables]
        lines += [self._side(*each) for each in SIDE_TABLES]
        return lines

    def _identity(self) -> Check:
        me = self._session.me()
        if me is None:
            hint = "the account cannot read its own user record; give its user name in the profile"
            return Check(name="account", ok=None, detail="signed in, but as whom cannot be told", hint=hint)
        roles = self._roles(me.id)
        told = f"roles: {', '.join(roles[:12])}" if roles else "roles cannot be read"
        return Check(name="account", ok=True, detail=f"signed in as {me.user_name}; {told}")

    def _roles(self, identity: str) -> list[str]:
        try:
            rows = self._client.page("sys_user_has_role", f"user={identity}", ("role.name", "user"), limit=200).rows
        except REFUSED:
            return []
        return sorted({cell_text(row, "role.name") for row in rows if cell_text(row, "user") == identity} - {""})

    def _zone(self) -> Check:
        zone = self._session.zone
        if zone is None:
            hint = "queries by date are widened by 26 hours; use an integration account in UTC"
            return Check(name="time zone", ok=None, detail="the account's time zone cannot be told", hint=hint)
        utc = zone.key in {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Etc/UCT"}
        hint_text = None if utc else "dates in --native queries are read in this zone, not in UTC"
        return Check(name="time zone", ok=True, detail=f"{zone.key}: dates in queries are read in it", hint=hint_text)

    def _case(self) -> Check:
        folds = self._session.folds_case()
        detail = "texts are compared without case" if folds else "texts are compared with case, or this cannot be told"
        return Check(name="comparison", ok=True if folds else None, detail=detail)

    def _table(self, table: str) -> Check:
        try:
            found = self._client.page(table, "", ("sys_id",), limit=1, count=True)
        except AuthError:
            raise
        except SupportctlError as error:
            return Check(name=table, ok=False, detail=error.message, hint=error.hint)
        return Check(name=table, ok=True, detail=_seen(found))

    def _side(self, table: str, what: str, hint: str) -> Check:
        name = f"{what} ({table})"
        if table == "label_entry" and self._tag_field is not None:
            return Check(name="tags", ok=True, detail=f"kept in the field {self._tag_field}")
        try:
            found = self._client.page(table, "", ("sys_id",), limit=1, count=True)
        except REFUSED:
            return Check(name=name, ok=None, detail="closed to this account", hint=hint)
        if not found.rows and found.total:
            return Check(name=name, ok=None, detail="there are records, and access rules hide them", hint=hint)
        return Check(name=name, ok=True, detail="readable" if found.rows else "readable, and empty")


def _seen(found: Rows) -> str:
    if found.total is None:
        return "readable"
    if not found.rows and found.total:
        return f"readable, but access rules hide the first of {found.total} records"
    return f"readable, {found.total} records"
