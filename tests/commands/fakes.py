"""A platform that is a list of tickets, and what a command line led to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from supportctl.adapters.base import Capabilities, Check, Count, Need, Notice, Page, Pushdown, Selection
from supportctl.errors import UsageError
from supportctl.model import Comment, NamedRef, Person, Platform, Priority, Status, Ticket
from supportctl.wire import Stats

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ticket(number: int, **changes: object) -> Ticket:
    values: dict[str, object] = {
        "platform": Platform.JSM,
        "profile": "p",
        "id": str(10_000 + number),
        "key": f"SUP-{number}",
        "url": f"https://acme.example/browse/SUP-{number}",
        "title": f"Printer {number} is on fire",
        "status": Status.OPEN,
        "priority": Priority(f"p{number % 5 + 1}"),
        "assignee": Person(id="a1", name="Ada Lovelace"),
        "group": NamedRef(id="g1", name="Tier 1"),
        "tags": ["printer"],
        "created_at": NOW - timedelta(hours=number),
        "updated_at": NOW - timedelta(minutes=number),
    }
    return Ticket(**{**values, **changes})  # type: ignore[arg-type]


class FakeReader:
    """Pages of tickets; remembers what it was asked for."""

    def __init__(self, tickets: Sequence[Ticket], *, page_size: int = 2, notices: Sequence[Notice] = ()) -> None:
        self.transport = SimpleNamespace(stats=Stats())
        self.tickets = list(tickets)
        self.page_size = page_size
        self.notices = list(notices)
        self.needs: list[frozenset[Need]] = []
        self.pages = 0
        self.before_page: Callable[[int], None] = lambda _number: None
        self.capabilities = Capabilities(platform=Platform.JSM, reads=frozenset(Need), native_language="JQL")
        self.checks: list[Check] = [Check(name="sign-in", ok=True, detail="as ops@acme.example")]
        self.closed = False

    def check(self) -> list[Check]:
        return self.checks

    def count(self, selection: Selection) -> Count:
        return Count(value=len(self.tickets), exact=False)

    def explain(self, selection: Selection) -> Pushdown:
        return Pushdown(native="status = 10000", endpoint="POST /search", left=['text:"vpn"'], notes=["dates are UTC"])

    def search(self, selection: Selection, needs: frozenset[Need], cursor: str | None = None) -> Iterator[Page]:
        self.needs.append(needs)
        for start in range(0, max(1, len(self.tickets)), self.page_size):
            self.before_page(self.pages)
            self.pages += 1
            items = self.tickets[start : start + self.page_size]
            more = start + self.page_size < len(self.tickets)
            warnings = self.notices if start == 0 else []
            yield Page(items=items, cursor=str(start + self.page_size) if more else None, warnings=warnings)

    def get(self, keys: Sequence[str], needs: frozenset[Need]) -> Iterator[Page]:
        self.needs.append(needs)
        yield Page(items=[ticket for ticket in self.tickets if ticket.key in keys])

    def normalize_key(self, text: str) -> str:
        if text.startswith("INC"):
            raise UsageError(f"{text} looks like a ServiceNow number and this is Jira", hint="give a key like SUP-12")
        return text.upper()

    def comments(self, tickets: Sequence[Ticket]) -> Mapping[str, list[Comment]]:
        return {}

    def close(self) -> None:
        self.closed = True


@dataclass
class Result:
    code: int
    out: str
    err: str
