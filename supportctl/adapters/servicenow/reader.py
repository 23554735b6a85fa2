"""Reading tickets out of the task tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO
from urllib.parse import urlsplit

from supportctl.adapters.base import (
    Check,
    Count,
    Need,
    Needs,
    Notice,
    Page,
    Pushdown,
    Selection,
    Vocabulary,
)
from supportctl.adapters.servicenow import keys as key_forms
from supportctl.adapters.servicenow.around import ATTACHMENTS, Around
from supportctl.adapters.servicenow.bulk import chunks
from supportctl.adapters.servicenow.checks import Checks
from supportctl.adapters.servicenow.choices import Choices, vocabulary
from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.counting import count_of
from supportctl.adapters.servicenow.decode import TicketDecoder
from supportctl.adapters.servicenow.dictionary import REFUSED, Dictionary
from supportctl.adapters.servicenow.encoded import Condition, among, one
from supportctl.adapters.servicenow.enrich import Enricher
from supportctl.adapters.servicenow.labels import Labels, tag_field
from supportctl.adapters.servicenow.layout import Reading
from supportctl.adapters.servicenow.paging import Position, scan
from supportctl.adapters.servicenow.platform import CAPABILITIES
from supportctl.adapters.servicenow.selecting import Plan, Selecting
from supportctl.adapters.servicenow.session import Session
from supportctl.adapters.servicenow.tables import DEFAULT_TABLES, NATIVE_FIELDS, PERSON_FIELDS, TABLES
from supportctl.config import Profile
from supportctl.errors import NotFoundError, SupportctlError, UsageError
from supportctl.model import Attachment, Comment, Event, Ticket
from supportctl.query.ast import terms
from supportctl.query.custom import require_custom
from supportctl.wire import Transport

FIRST_PAGE = 100
"""Tickets on the first page of a table: something to see soon."""
PAGE = 500
"""Tickets per further page."""


class ServiceNowReader:
    """The Reader of ServiceNow. Thread-unsafe; one per run."""

    capabilities = CAPABILITIES

    def __init__(self, profile: Profile, transport: Transport) -> None:
        self._profile = profile
        self.transport = transport
        self._host = urlsplit(profile.url).hostname
        self.tables = tuple(dict.fromkeys((*DEFAULT_TABLES, *profile.tables)))
        self.client = Client(transport)
        self.dictionary = Dictionary(self.client, self.tables)
        self.choices = Choices(self.client, self.tables)
        self.session = Session(self.client, profile.auth.user)
        self.labels = Labels(self.client)
        self.tag_field = tag_field(profile.tag_backend)
        self._decoders: dict[tuple[str, bool, bool, bool], tuple[TicketDecoder, tuple[str, ...]]] = {}
        self.around = Around(self.client, lambda table: self.decoder(table, frozenset())[0])
        self._enricher = Enricher(self.around, self.labels, self.tag_field)
        self._selecting = Selecting(self)
        self._tables_of: dict[str, str] = {}

    # What to ask for

    @property
    def profile(self) -> Profile:
        return self._profile

    @property
    def host(self) -> str | None:
        return self._host

    def decoder(self, table: str, needs: Needs) -> tuple[TicketDecoder, tuple[str, ...]]:
        """How to read a table, and the fields to ask for: the mapped ones, and the custom ones when needed."""
        custom, people, links = Need.CUSTOM in needs, Need.PEOPLE in needs, Need.LINKS in needs
        known = self._decoders.get((table, custom, people, links))
        if known is not None:
            return known
        names: dict[str, str] = {}
        fields_there: dict[str, frozenset[str]] = {}
        if custom or links or self._profile.fields:
            fields = self.dictionary.fields(table)
            fields_there = {table: frozenset(fields)} if fields else {}
        if custom:
            names = {name: field.label for name, field in self.dictionary.custom(table).items()}
        base = Reading(
            profile=self._profile.name,
            url=self._profile.url.rstrip("/"),
            statuses=self._profile.statuses,
            priorities=self._profile.priorities,
            fields=self._profile.fields,
            labels={table: self.choices.labels(table)} if self._speaks_labels() else {},
            names=names,
            known=fields_there,
        )
        layout = TicketDecoder(base, table).layout(table)
        wanted = [*layout.fields.values(), *layout.links, *NATIVE_FIELDS, *names]
        if people:
            wanted += [f"{layout.fields[name]}.email" for name in sorted(PERSON_FIELDS & layout.fields.keys())]
            wanted.append(f"{layout.fields['assignee']}.active")
        if self.tag_field is not None:
            wanted.append(self.tag_field)
        requested = tuple(dict.fromkeys(wanted))
        base.requested = frozenset(requested) | ({"u_"} if custom else frozenset())
        made = TicketDecoder(base, table), requested
        self._decoders[table, custom, people, links] = made
        return made

    def _speaks_labels(self) -> bool:
        """Whether the profile names statuses by label, so that the instance's own labels are needed."""
        return any(not name.rpartition(".")[2].lstrip("-").isdigit() for name in self._profile.statuses)

    # Reader

    def check(self) -> list[Check]:
        return Checks(self.client, self.session, self.tables, self.labels, self.tag_field).run()

    def count(self, selection: Selection) -> Count:
        return count_of(self.client, self._selecting.plan(selection))

    def explain(self, selection: Selection) -> Pushdown:
        return self._selecting.explain(selection)

    def search(self, selection: Selection, needs: Needs, cursor: str | None = None) -> Iterator[Page]:
        """Table by table, by sys_id. A table that is closed to the account is named and left out."""
        if selection.query is not None and any(term.field == "custom" for term in terms(selection.query)):
            fields = (each for table in self.tables for each in self.dictionary.custom(table).items())
            require_custom(selection.query, ((name, field.label) for name, field in fields), "this ServiceNow")
        plan = self._selecting.plan(selection)
        tables = [table for table, condition in plan.conditions.items() if not condition.impossible]
        first, place = _parse_cursor(cursor, self.tables)
        if first is not None:
            order = list(plan.conditions)
            if first not in order:
                raise UsageError(
                    f"the cursor goes on in table {first}, which this selection does not read",
                    hint="start again without the cursor",
                )
            tables = [table for table in tables if order.index(table) >= order.index(first)]
        if not tables:
            yield Page(items=[], warnings=plan.notices)
            return
        yield from self._read_tables(tables, plan, needs, first, place)

    def _read_tables(
        self, tables: list[str], plan: Plan, needs: Needs, first: str | None, place: Position
    ) -> Iterator[Page]:
        notices = list(plan.notices)
        refusals: list[SupportctlError] = []
        for number, table in enumerate(tables):
            following = f"{tables[number + 1]}:" if number + 1 < len(tables) else None
            start = place if table == first else Position()
            try:
                for page in self._pages(table, plan.conditions[table], needs, start, following):
                    yield Page(items=page.items, cursor=page.cursor, warnings=[*notices, *page.warnings])
                    notices = []
            except REFUSED as error:
                refusals.append(error)
                if len(refusals) == len(tables):
                    raise
                notices.append(_closed(table))
                if following is None:
                    yield Page(items=[], warnings=notices)

    def _pages(
        self, table: str, condition: Condition, needs: Needs, start: Position, following: str | None
    ) -> Iterator[Page]:
        decoder, fields = self.decoder(table, needs)
        for part in scan(self.client, table, condition, fields, size=PAGE, first=FIRST_PAGE, start=start):
            tickets = decoder.tickets(part.rows)
            tickets, notices = self._enricher.fill(tickets, part.rows, needs)
            if part.hidden:
                message = f"access rules hide records of {table} from this account (an estimate)"
                notices.append(Notice(code="records-hidden", message=message, count=part.hidden))
            cursor = following if part.next is None else f"{table}:{part.next.after or ''}:{part.next.offset}"
            yield Page(items=tickets, cursor=cursor, warnings=notices)

    def get(self, keys: Sequence[str], needs: Needs) -> Iterator[Page]:
        numbers: dict[str, list[str]] = {}
        identities: dict[str, list[str]] = {}
        for typed in keys:
            key = self.normalize_key(typed)
            if key_forms.SYS_ID.fullmatch(key):
                identities.setdefault(self._tables_of.get(key, ""), []).append(key)
            else:
                numbers.setdefault(self._table_of_number(key) or "", []).append(key)
        unknown = identities.pop("", [])
        for table, found in self._locate(unknown).items():
            identities.setdefault(table, []).extend(found)
        for field, groups in (("number", numbers), ("sys_id", identities)):
            for table, wanted in groups.items():
                for name in (table,) if table else self.tables:
                    for part in chunks(wanted):
                        yield from self._get_part(name, field, part, needs)

    def _get_part(self, table: str, field: str, values: Sequence[str], needs: Needs) -> Iterator[Page]:
        try:
            yield from self._pages(table, one(among(field, "IN", values)), needs, Position(), None)
        except REFUSED:
            yield Page(items=[], warnings=[_closed(table)])

    def _table_of_number(self, number: str) -> str | None:
        """By the letters it begins with; letters we do not know are looked up in ``sys_number``."""
        letters = key_forms.prefix_of(number)
        table = key_forms.known_table(number)
        if table is not None and (table in self.tables or table in TABLES):
            return table
        try:
            row = self.client.first("sys_number", f"prefix={letters}", ("prefix", "category"))
        except REFUSED:
            return table
        if row is None or cell_text(row, "prefix") != letters:
            return table
        return cell_text(row, "category") or table

    def _locate(self, identities: Sequence[str]) -> dict[str, list[str]]:
        """The table of each sys_id, asked of ``task``, which all of them extend; else every table is tried."""
        found: dict[str, list[str]] = {}
        left = dict.fromkeys(identities)
        try:
            for part in chunks(list(identities)):
                condition = one(among("sys_id", "IN", part))
                for page in scan(self.client, "task", condition, ("sys_class_name",), size=len(part), display="false"):
                    for row in page.rows:
                        identity, table = cell_text(row, "sys_id"), cell_text(row, "sys_class_name")
                        if identity in left and table:
                            found.setdefault(table, []).append(identity)
                            del left[identity]
        except REFUSED:
            pass
        if left:
            found.setdefault("", []).extend(left)
        return found

    def normalize_key(self, text: str) -> str:
        key = key_forms.canonical(text, self._host)
        if "://" in text and (table := key_forms.address_of(text.strip(), self._host).table) is not None:
            self._tables_of[key] = table
        return key

    def comments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Comment]]:
        return self.around.comments(tickets)[0]

    def history(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Event]]:
        return self.around.history(tickets)[0]

    def attachments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Attachment]]:
        return self.around.attachments(tickets)[0]

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        if not attachment.id.isalnum():
            raise NotFoundError("this attachment has no sys_id of ServiceNow; it was not read")
        base = self._profile.url.rstrip("/")
        return self.transport.download(f"{base}{ATTACHMENTS}/{attachment.id}/file", into, max_bytes=max_bytes)

    def vocabulary(self) -> Vocabulary:
        names: list[str] = []
        if self.tag_field is None:
            try:
                for page in scan(self.client, "label", one("active=true"), ("name",), size=1000, display="false"):
                    names.extend(cell_text(row, "name") for row in page.rows)
            except REFUSED:
                names = []
        return vocabulary(self.choices, self.dictionary, self.tables, sorted(set(names)))


def _closed(table: str) -> Notice:
    message = f"table {table} is closed to this account or missing on this instance; its tickets were not read"
    return Notice(code="table-closed", message=message)


def _parse_cursor(cursor: str | None, tables: Sequence[str]) -> tuple[str | None, Position]:
    """``TABLE:LAST_SYS_ID:OFFSET``; the parts after the table may be empty."""
    if cursor is None:
        return None, Position()
    table, _, rest = cursor.partition(":")
    after, _, offset = rest.partition(":")
    sound = table.replace("_", "").isalnum() and (not after or after.replace("_", "").replace(".", "").isalnum())
    if not sound or (offset and not offset.isdigit()):
        raise UsageError("this cursor is not one of ServiceNow's", hint="start again without the cursor")
    return table, Position(after or None, int(offset or 0))
