"""Choosing the tickets to change: by query, by keys, or named in a stream. They come in pages, each ticket once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from supportctl.commands._app import App, count, join_words
from supportctl.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from supportctl.adapters.base import Needs
    from supportctl.adapters.reading import Found
    from supportctl.model import Ticket

PAGE = 100
"""Tickets looked at together: what the platforms answer at once."""

CHOOSE = (
    "give a query ('status:open tag:vpn'), keys (SUP-1 SUP-2), - to read keys from standard input, "
    "or --from-findings FILE"
)


@dataclass
class Chosen:
    """A choice of tickets; `pages` reads them, and the counts are right after it."""

    app: App
    words: str
    """The choice as it was made, for the plan."""
    keys: list[str] | None = None
    """Canonical keys; None: the query chooses."""
    which: tuple[str, ...] = ()
    reasons: dict[str, list[str]] = field(default_factory=dict)
    """By canonical key: why the ticket was named."""
    missing: list[str] = field(default_factory=list)
    """Named keys nobody answered for."""
    found: int = 0

    def pages(self, needs: "Needs") -> "Iterator[list[Ticket]]":
        """Raises `NotFoundError` at the end when none of the named keys was found."""
        tickets = self._by_query(needs) if self.keys is None else self._by_key(self.keys, needs)
        while page := list(islice(tickets, PAGE)):
            self.found += len(page)
            yield page
        if self.missing:
            named = ", ".join(self.missing[:10]) + (" …" if len(self.missing) > 10 else "")
            text = f"{count(len(self.missing), 'key')} not found or hidden from this account: {named}"
            if not self.found:
                raise NotFoundError(f"{text}; nothing was changed", hint="check the profile: supportctl check")
            self.app.console.warn(text)

    def reason(self, ticket: "Ticket") -> str | None:
        """What the finding said that named this ticket."""
        if not self.reasons:
            return None
        from supportctl.adapters.reading import former_keys

        for name in (ticket.key, ticket.id, *former_keys(ticket)):
            try:
                reasons = self.reasons.get(self.app.adapter.normalize_key(name))
            except UsageError:
                continue
            if reasons:
                return "; ".join(reasons)
        return None

    def _by_query(self, needs: "Needs") -> "Iterator[Ticket]":
        app = self.app
        reading = app.read(app.select(self.which), needs, limit=app.options.row_limit)
        yield from app.console.track(reading, app.source)
        app.tell(reading)
        if reading.truncated:
            app.console.warn("stopped at the limit; there may be more tickets that match")

    def _by_key(self, keys: Sequence[str], needs: "Needs") -> "Iterator[Ticket]":
        """Two keys of one ticket (one from before it moved) are that ticket once."""
        from supportctl.adapters.reading import merge_notices

        seen: set[str] = set()
        notices = []

        def read() -> "Iterator[Ticket]":
            for start in range(0, len(keys), PAGE):
                found: Found = self.app.get(keys[start : start + PAGE], needs)
                notices.extend(found.notices)
                self.missing += found.missing
                for ticket in found.tickets:
                    if ticket.id not in seen:
                        seen.add(ticket.id)
                        yield ticket

        yield from self.app.console.track(read(), self.app.source)
        self.app.tell_notices(merge_notices(notices))


def choose(app: App, words: Sequence[str], *, findings: str | None = None, rules: Sequence[str] = ()) -> Chosen:
    """What somebody chose. A bare word is never a query, so words without a field are keys.

    Raises `UsageError` for no choice at all: that never means every ticket.
    """
    options = app.options
    _refuse_mixtures(app, words, findings, rules)
    if options.sort is not None:
        raise UsageError(
            "--sort chooses no tickets for a change; nothing was changed",
            hint="sort with list and pipe: supportctl list … --sort FIELD --limit N --format ndjson | supportctl … -",
        )
    named = findings is not None or list(words) == ["-"] or bool(words and all(is_key(word) for word in words))
    if named:
        for name, value in (("--native", options.native), ("--view", options.view), ("--limit", options.limit)):
            if value is not None:
                raise UsageError(
                    f"{name} does not go with keys; nothing was changed", hint="narrow with a query instead"
                )
    if findings is not None:
        return _from_findings(app, findings, rules)
    if list(words) == ["-"]:
        return _from_stream(app)
    if named:
        keys = dict.fromkeys(app.adapter.normalize_key(word) for word in words)
        return Chosen(app, " ".join(words), keys=list(keys))
    native = [text for text in (options.native, options.view) if text is not None]
    return Chosen(app, " ".join([*native, *words]), which=tuple(words))


def _refuse_mixtures(app: App, words: Sequence[str], findings: str | None, rules: Sequence[str]) -> None:
    if findings is not None and words:
        raise UsageError(
            "--from-findings chooses the tickets; a query or keys beside it have two readings; nothing was changed",
            hint="narrow with --require 'QUERY'",
        )
    if rules and findings is None:
        raise UsageError("--rule goes with --from-findings; nothing was changed", hint="see: supportctl audit --rules")
    if len(words) > 1 and "-" in words:
        raise UsageError(
            "- (keys on standard input) does not go with other words; nothing was changed",
            hint="send all keys through standard input",
        )
    options = app.options
    if findings is None and not join_words(words) and options.native is None and options.view is None:
        raise UsageError("no tickets were chosen; nothing was changed", hint=CHOOSE)


def is_key(word: str) -> bool:
    """Whether a word of a command line is a key or a link, and no part of a query."""
    return word.startswith(("https://", "http://")) or not any(mark in word for mark in ':<>()" ')


def _from_stream(app: App) -> Chosen:
    from supportctl.commands._named import open_stream, read_keys

    stream, source = open_stream("-", "keys")
    named = read_keys(stream, source, app.profile, app.adapter.normalize_key)
    if not named.keys:
        app.console.warn("standard input held no keys (did the command before it fail?)")
    return Chosen(app, f"{count(len(named.keys), 'key')} on standard input", keys=list(named.keys))


def _from_findings(app: App, path: str, rules: Sequence[str]) -> Chosen:
    from supportctl.commands._named import open_stream, read_findings

    stream, source = open_stream(path, "findings")
    try:
        named = read_findings(stream, source, app.profile, app.adapter.normalize_key, rules)
    finally:
        if path != "-":
            stream.close()
    if named.findings:
        app.console.note(f"{count(named.findings, 'finding')} passed over: of another rule, or about no one ticket")
    if not named.keys:
        app.console.warn(f"{source} names no ticket (did the audit before it fail?)")
    words = f"findings in {source}" + (f" of {', '.join(rules)}" if rules else "")
    return Chosen(app, words, keys=list(named.keys), reasons=named.keys)
