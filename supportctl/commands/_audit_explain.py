"""``audit explain FINDING``: what was seen, which threshold applied, and what would make it pass.

FINDING is ``CODE:KEY``, the beginning of a fingerprint of the last run, or the code of a rule about the queue.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from supportctl.commands._app import App
from supportctl.console import safe_line
from supportctl.errors import NotFoundError, UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from msgspec import Struct

    from supportctl.adapters.base import Needs
    from supportctl.audit.configuration import Resolved
    from supportctl.audit.explaining import Explanation, Seen
    from supportctl.audit.last_run import LastRun
    from supportctl.audit.learned import Learned
    from supportctl.audit.rule import Context, QueueRule, Rule, TicketRule
    from supportctl.model import Ticket

StructT = TypeVar("StructT", bound="Struct")
FORMATS = ("table", "plain", "json", "ndjson")
HOW = "supportctl audit explain TIM501:SUP-12, or the first characters of a finding's fingerprint"


def explain(app: App, words: Sequence[str], resolved: "Resolved") -> int:
    """Print an explanation of each finding named; exit code 0 whatever the verdict is."""
    if not words:
        raise UsageError("explain needs a finding", hint=HOW)
    form = app.options.format or "table"
    if form not in FORMATS:
        raise UsageError(f"explain has no --format {form!r}", hint=f"formats: {', '.join(FORMATS)}")
    explained = [_Case(app, resolved, word).explanation() for word in words]
    if form in ("json", "ndjson"):
        _print_json(app, explained, form)
    else:
        for number, each in enumerate(explained):
            if number:
                app.console.line("")
            for line in _lines(each, app):
                app.console.line(line.rstrip())
    return int(Exit.OK)


class _Case:
    """One finding that somebody asks about."""

    def __init__(self, app: App, resolved: "Resolved", word: str) -> None:
        self.app = app
        self.resolved = resolved
        self.word = word.strip()

    def explanation(self) -> "Explanation":
        from supportctl.audit.in_force import entries_of

        rule, key = self._named()
        return _with(self._told(rule, key), in_force=entries_of(rule, self.resolved))

    def _told(self, rule: "Rule", key: str | None) -> "Explanation":
        from supportctl.audit.rule import QueueRule, TicketRule

        if isinstance(rule, TicketRule):
            if key is None:
                raise UsageError(f"{rule.code} is about one ticket", hint=f"supportctl audit explain {rule.code}:KEY")
            return self._of_ticket(rule, key)
        assert isinstance(rule, QueueRule)
        return self._of_queue(rule, key)

    def _named(self) -> tuple["Rule", str | None]:
        from supportctl.audit.last_run import SHORTEST, by_fingerprint

        code, colon, key = self.word.partition(":")
        if colon:
            if not key.strip():
                raise UsageError(f"{self.word!r} names no ticket", hint=HOW)
            return self.resolved.rule(code), key.strip()
        if re.fullmatch(rf"[0-9a-fA-F]{{{SHORTEST},64}}", self.word):
            if (last := self._last()) is None:
                raise UsageError(
                    "no run of the audit was kept for this profile, so a fingerprint names nothing", hint=HOW
                )
            found = by_fingerprint(last, self.word)
            return self.resolved.rule(found.rule), found.ticket
        return self.resolved.rule(self.word), None

    def _of_ticket(self, rule: "TicketRule", key: str) -> "Explanation":
        from supportctl.audit.explaining import Before, explain_ticket
        from supportctl.audit.learned import NOTHING_LEARNED

        context, ticket = self._context(), self._ticket(rule, key)
        last = self._last()
        notes: list[str] = []
        if rule.learns and self.resolved.settings.learn:
            learned = self._learned()
            if learned is None and last is not None and last.learned.tickets:
                learned = last.learned
                notes.append(f"what is learned from the queue was learned by the run of {last.at:%Y-%m-%d %H:%M} UTC")
            if learned is None:
                notes.append("nothing was learned from a queue: a whole run may use another threshold")
            context = _with(context, learned=learned or NOTHING_LEARNED)
        before = []
        if last is not None:
            before = [
                Before(at=last.at, message=each.message, fingerprint=each.fingerprint, threshold=each.threshold)
                for each in last.findings
                if each.rule == rule.code and each.ticket_id == ticket.id
            ]
        if all(each.code != rule.code for each in self.resolved.rules):
            notes.append(f"not part of the ruleset {self.resolved.ruleset}; it runs with --rule {rule.code}")
        made = explain_ticket(rule, ticket, context, self.resolved.exemptions, before)
        return _with(made, notes=[*made.notes, *notes])

    def _of_queue(self, rule: "QueueRule", key: str | None) -> "Explanation":
        from supportctl.audit.explaining import explain_found, explain_queue, frame

        context = self._context()
        if self._rereadable and rule.code != "QUE901":
            if (reason := rule.unmet(context)) is not None:
                return frame(rule, context, "unmet", reason)
            watch = rule.start(context)
            for ticket in self._all(rule.needs | rule.wants):
                watch.see(ticket)
            faults = [each for each in watch.finish() if key is None or (each.ticket and key in _names(each.ticket))]
            return _with(explain_queue(rule, faults, context), ticket=key)
        last = self._last()
        found = [
            each
            for each in (last.findings if last else ())
            if each.rule == rule.code and (key is None or key in (each.ticket, each.ticket_id))
        ]
        if last is None or not found:
            when = f" in the run of {last.at:%Y-%m-%d %H:%M} UTC" if last else ": no run was kept"
            raise UsageError(
                f"{rule.code} is about the whole queue and found nothing{f' of {key}' if key else ''}{when}",
                hint=f"count again: supportctl audit --rule {rule.code}",
            )
        return explain_found(rule, found, context, last.at)

    def _context(self) -> "Context":
        from supportctl.audit.rule import Context

        app, resolved = self.app, self.resolved
        return Context(app.now, resolved.settings, app.reader.capabilities, calendars=resolved.calendars)

    def _ticket(self, rule: "TicketRule", key: str) -> "Ticket":
        from supportctl.adapters.base import Need

        found = self.app.get([key], rule.needs | rule.wants | {Need.TAGS})
        self.app.tell_notices(found.notices)
        if not found.tickets:
            raise NotFoundError(
                f"{self.app.source} shows no ticket {key} (absent and hidden look alike)",
                hint="check the key; a finding is named CODE:KEY",
            )
        return found.tickets[0]

    @property
    def _rereadable(self) -> bool:
        return self.app.options.file not in (None, "-")

    def _learned(self) -> "Learned | None":
        """What a file teaches, as a whole run would learn it."""
        from supportctl.audit.learned import learn

        return learn(self._all(frozenset())) if self._rereadable else None

    def _all(self, needs: "Needs") -> Iterator["Ticket"]:
        yield from self.app.read(self.app.select(()), needs)

    def _last(self) -> "LastRun | None":
        from supportctl.audit.last_run import FILE, read
        from supportctl.config import state_dir

        return read(state_dir(), FILE if self.app.options.file is not None else self.app.profile.name)


def _with(value: "StructT", **changes: Any) -> "StructT":
    import msgspec

    return msgspec.structs.replace(value, **changes)


def _names(ref: Any) -> tuple[str, str]:
    return ref.key, ref.id


def _print_json(app: App, explained: Sequence["Explanation"], form: str) -> None:
    import msgspec

    if form == "ndjson":
        for each in explained:
            app.console.write_bytes(msgspec.json.encode(each) + b"\n", flush=True)
        return
    document = {"schema": "supportctl/explanations/v1", "explanations": explained}
    app.console.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", flush=True)


def _lines(told: "Explanation", app: App) -> Iterator[str]:
    about = f" · {told.ticket}" if told.ticket else ""
    yield f"{told.rule} {told.name}{safe_line(about)}"
    yield f"  severity {told.severity} · confidence {told.confidence} · persona {told.persona}"
    if told.url:
        yield f"  {safe_line(told.url)}"
    yield ""
    yield from _row("verdict", told.words)
    for seen in told.seen:
        yield from _seen(seen)
    if told.threshold:
        yield from _row("threshold", told.threshold)
    for entry in told.in_force:
        yield from _row("in force", f"{entry.name} = {entry.value} ({entry.source})")
    if told.exempt:
        yield from _row("excused", f"by {told.exempt}")
    now = {seen.fingerprint for seen in told.seen}
    for before in told.before:
        if before.fingerprint not in now:
            yield from _row("last run", f"{before.message} ({before.fingerprint[:12]})")
    for note in told.notes:
        yield from _row("note", note)
    if told.looked_at:
        yield from _row("ticket", " · ".join(f"{name} {fact}" for name, fact in told.looked_at.items()))
    yield ""
    for heading, text in (("Fix", told.fix), ("False positives", told.false_positives)):
        if text:
            yield heading
            yield from (f"  {line}" for line in text.splitlines())
    yield f"The whole page: supportctl rule {told.rule}"


def _seen(seen: "Seen") -> Iterator[str]:
    from supportctl.reports.cells import timestamp

    yield from _row("found", f"{seen.message} ({seen.fingerprint[:12]})")
    for item in seen.evidence:
        at = f" ({timestamp(item.at)})" if item.at else ""
        yield from _row("seen", f"{item.field}: {item.seen or ''}{at}")
    yield from _row("threshold", seen.threshold or "none: the rule has no limit to set")
    if seen.passes:
        yield from _row("passes when", seen.passes)
    for fix in seen.fixes:
        kind = "safe: audit --plan FILE plans it" if fix.safe else "unsafe: audit --plan FILE --unsafe-fixes plans it"
        yield from _row("fix", f"{fix.title} ({kind})")


def _row(name: str, text: str) -> Iterator[str]:
    import textwrap

    lines = textwrap.wrap(safe_line(text), 100) or [""]
    yield f"  {name:<12}{lines[0]}"
    for line in lines[1:]:
        yield f"  {'':<12}{line}"
