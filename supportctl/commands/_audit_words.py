"""What an audit says on standard error when it is over: nothing vanishes without a word."""

from typing import TYPE_CHECKING

from supportctl.commands._app import App, count
from supportctl.commands._audit_options import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from supportctl.audit import Audit
    from supportctl.audit.baseline import Entry
    from supportctl.audit.result import Census
    from supportctl.commands._audit_setup import Setup
    from supportctl.commands._audit_tally import Tally
    from supportctl.commands._audit_tickets import Tickets
    from supportctl.model import Severity

NAMED = 5
"""Entries of a baseline a message names before it counts the rest."""


def notices(setup: "Setup", tickets: "Tickets") -> list[str]:
    """What the reader of a report has to know of how the tickets were read."""
    told = [
        f"{notice.message}{f' ({notice.count} times)' if notice.count > 1 else ''}"
        for notice in tickets.reading.notices
    ]
    if tickets.reading.undecided:
        told.append(f"{count(tickets.reading.undecided, 'ticket')} left out: a field the query asks about is unknown")
    return [*told, *_left_out(tickets), *_how_read(setup)]


def _left_out(tickets: "Tickets") -> "Iterator[str]":
    if tickets.hidden:
        yield f"{count(tickets.hidden, 'ticket')} left out: how they stood then cannot be told"
    if tickets.undecided:
        yield f"{count(tickets.undecided, 'ticket')} left out: a field the query asks about was unknown then"


def _how_read(setup: "Setup") -> "Iterator[str]":
    which = setup.which
    if which.since is not None:
        known = " and those with findings" if which.known else ""
        yield (
            f"Only tickets updated since {which.since:%Y-%m-%d %H:%M} UTC{known} were read: rules about time (stale, "
            "waiting, overdue) did not judge the others again; a run without --since does"
        )
    elif setup.memory is not None and setup.memory.anew is not None:
        yield f"{setup.memory.anew}: everything was read, and the comparison begins anew"
    if which.shard is not None:
        yield f"Part {which.shard} of the tickets: what is learned from the queue is learned from this part"
    if which.as_of is not None:
        yield f"The queue as it stood on {which.as_of:%Y-%m-%d %H:%M} UTC, by its history"


def summarise(app: App, setup: "Setup", audit: "Audit", tickets: "Tickets", tally: "Tally") -> None:
    """A short summary, and what must be heard even with ``--quiet``."""
    from supportctl.console import safe_line

    census, console = audit.census, app.console
    app.tell(tickets.reading)
    for text in _left_out(tickets):
        console.warn(text)
    for text in _how_read(setup):
        console.note(text)
    if setup.resolved.project is not None:
        console.note(f"by {setup.resolved.project.file.path}", "dim")
    _tell_unheard(app, census)
    for line in exemption_lines(audit):
        console.warn(safe_line(line))
    _tell_baseline(app, setup, tally)
    _tell_last_run(app, setup, tally)
    facts = [f"{count(tally.number, 'finding')}{_severities(tally.by_severity)} in {count(census.tickets, 'ticket')}"]
    for number, words in (
        (len(tally.accepted), f"known to {setup.baseline.name}" if setup.baseline is not None else ""),
        (census.suppressed, suppressed(setup, census)),
        (census.exempt, "exempt"),
        (census.collapsed, "withheld, reported once as QUE901"),
        (tickets.reading.repeats, "sent twice"),
    ):
        if number:
            facts.append(f"{number:,} {words}")
    if tickets.truncated:
        facts.append("stopped at the limit, there are more tickets")
    console.note(" · ".join(facts))
    if not census.tickets:
        console.hint("no ticket matches; to see how the query is read: supportctl query explain QUERY")
    elif tally.number:
        console.hint("what a rule means: supportctl audit --rules; one ticket: supportctl show KEY")


def unable(setup: "Setup", audit: "Audit", tickets: "Tickets") -> str | None:
    """What could not be done of what was asked: rules named with --rule that did not run, or all that look at tickets.

    None: every rule ran that had to.
    """
    from supportctl.audit.rule import TicketRule

    census, named = audit.census, setup.resolved.named
    ran = {row.rule for row in census.rules}
    missed = [each for each in census.skipped if each.rule in named]
    if tickets.hidden and not census.tickets:
        return f"Nothing was judged: of {count(tickets.hidden, 'ticket')} it cannot be told how they stood then"
    if missed:
        told = "; ".join(f"{each.rule} {each.name}: {each.reason}" for each in missed)
        return f"{'Rules' if len(missed) > 1 else 'A rule'} named with --rule did not run: {told}"
    judging = [rule.code for rule in setup.rules if isinstance(rule, TicketRule)]
    if judging and ran.isdisjoint(judging):
        reasons = dict.fromkeys(each.reason for each in census.skipped if each.rule in judging)
        told = "; ".join(list(reasons)[:NAMED])
        return f"None of the rules about tickets could run, so nothing was judged: {told}"
    return None


def suppressed(setup: "Setup", census: "Census") -> str:
    """What shows the findings that are for a later persona: ``--persona pedantic shows them``."""
    from supportctl.model import Persona

    order = list(Persona)
    hidden = {row.rule for row in census.rules if row.suppressed}
    latest = max((rule.persona for rule in setup.rules if rule.code in hidden), key=order.index, default=order[-1])
    return f"for a later persona (--persona {latest} shows them)"


def incomplete(app: App, audit: "Audit", tally: "Tally", files: int) -> None:
    census = audit.census
    held = f"; {count(audit.held, 'finding')} about missing fields not among them" if audit.held else ""
    app.console.error_line(
        f"The audit is incomplete: {count(tally.number, 'finding')} printed, "
        f"{count(census.tickets, 'ticket')} judged before it stopped{held}."
    )
    if files:
        app.console.error_line(f"{count(files, 'output file')} not written: what was there before is still there.")


def exemption_lines(audit: "Audit") -> list[str]:
    """Excuses of the project's file that have expired, or that nothing needed."""
    return audit.exemptions.report([row.rule for row in audit.census.rules]).lines()


def _tell_unheard(app: App, census: "Census") -> None:
    from supportctl.console import safe_line

    reasons: dict[str, list[str]] = {}
    for skipped in census.skipped:
        reasons.setdefault(skipped.reason, []).append(f"{skipped.rule} {skipped.name}")
    for reason, rules in reasons.items():
        app.console.note(safe_line(f"{', '.join(rules)} not run: {reason}"), "dim")
    for row in census.rules:
        if row.unjudged:
            fields = ", ".join(sorted(row.unjudged))
            tickets = count(sum(row.unjudged.values()), "ticket")
            app.console.note(safe_line(f"{row.rule} {row.name} could not judge {tickets}: {fields} unknown"), "dim")


def _tell_baseline(app: App, setup: "Setup", tally: "Tally") -> None:
    standing = tally.standing
    if standing is None or setup.baseline is None:
        return
    name = setup.baseline.name
    if standing.expired:
        app.console.warn(
            f"{_entries(standing.expired)} of {name} expired and count again: "
            f"{_named(standing.expired, with_date=True)}"
        )
    if standing.gone:
        app.console.note(
            f"{_entries(standing.gone)} of {name} no longer needed, nothing was found for them: {_named(standing.gone)}"
        )
    if standing.unseen:
        app.console.note(
            f"{_entries(standing.unseen)} of {name} not looked at: the ticket was not read, or could not be judged, "
            f"or the rule did not run: {_named(standing.unseen)}"
        )


def _tell_last_run(app: App, setup: "Setup", tally: "Tally") -> None:
    if setup.memory is None or setup.memory.state is None or tally.comparison is None:
        return
    compared = tally.comparison
    parts = [f"{len(compared.new):,} new", f"{len(compared.known):,} as before", f"{len(compared.gone):,} gone"]
    if compared.unseen:
        counting = _severities(tally.standing_by_severity)
        parts.append(f"{len(compared.unseen):,} not looked at again{f', which count{counting}' if counting else ''}")
    app.console.note(f"Against the run of {setup.memory.state.started:%Y-%m-%d %H:%M} UTC: {', '.join(parts)}")


def _entries(entries: "Sequence[Entry]") -> str:
    return f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}"


def _named(entries: "Sequence[Entry]", *, with_date: bool = False) -> str:
    from supportctl.console import safe_line

    told = [
        f"{entry.rule} {entry.ticket or 'the queue'}{f' (until {entry.until})' if with_date else ''}"
        for entry in entries[:NAMED]
    ]
    more = f" and {len(entries) - NAMED:,} more" if len(entries) > NAMED else ""
    return safe_line(", ".join(told)) + more


def _severities(counts: "dict[Severity, int]") -> str:
    told = [f"{counts[severity]:,} {severity}" for severity in _severest_first(counts) if counts[severity]]
    return f" ({', '.join(told)})" if told else ""


def _severest_first(severities: "Iterable[Severity]") -> "list[Severity]":
    return sorted(severities, key=lambda each: -SEVERITIES.index(each))
