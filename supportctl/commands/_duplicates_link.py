"""``duplicates link``: suggestions become a plan of links. Nothing is changed here."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands import _carrying, _changing
from supportctl.commands._app import App, count, join_words
from supportctl.commands._duplicates_from import find_suggestions, read_suggestions, refuse_both
from supportctl.commands._duplicates_making import LinkOptions, make
from supportctl.commands._duplicates_read import read, tickets_of
from supportctl.commands._duplicates_state import decisions, site_weights, tell_precision
from supportctl.commands._planning import TOLD, refuse_empty, tell_risks
from supportctl.errors import UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.duplicates.proposing import Place, Relation
    from supportctl.duplicates.suggestion import Suggestion
    from supportctl.duplicates.taking import Wanted
    from supportctl.model import Ticket

HOPS = 3
"""Links followed from a ticket to what it hangs on."""


def run(it: App, asked: LinkOptions) -> int:
    from supportctl.changes import plan as plans
    from supportctl.duplicates.proposing import MASTER_DONE, Proposer
    from supportctl.duplicates.suggestion import SITE
    from supportctl.duplicates.taking import want

    _refuse(it, asked)
    relation = _relation(it, asked.relation)
    known = decisions(it).latest()
    suggestions, selected = _suggestions(it, asked, known.values())
    wanted = want(suggestions, known, asked.minimum)
    _tell_wanted(it, asked, wanted)
    tickets = _tickets(it, wanted.taken)
    proposer = Proposer(
        tickets,
        it.profile.name,
        it.adapter.capabilities.links,
        relation=relation,
        even_done=MASTER_DONE in asked.even_if,
        selected=selected,
    )
    proposed = proposer.propose(wanted)
    made = make(it, asked, proposed.proposals)
    left = [*proposed.left, *made.skipped]
    _tell_left(it, left)
    _tell_problems(it, proposed.problems)
    if made.unchanged:
        it.console.note(f"{count(len(made.unchanged), 'ticket')} already as wished", "dim")
    if any(each.calibration == SITE for each in wanted.taken):
        tell_precision(it, site_weights(it), asked.minimum)
    if not made.changes:
        _changing.show(it, None, left=left)
        it.console.note("Nothing to link; no plan was written.")
        return int(Exit.PARTIAL if left else Exit.OK)
    tell_risks(it, made.changes)
    plan = plans.make(
        it.profile, _words(asked), made.changes, selected=len(wanted.taken), query=_query(it, asked), now=it.now
    )
    applying = it.options.applying
    path = _changing.store(it, plan, applying.plan)
    _changing.show(it, plan, left=left)
    it.console.note(f"Planned: {count(len(plan.changes), 'ticket')}; nothing was changed. The plan is {path}")
    it.console.note(f"  → to look at it: supportctl plan show {path}")
    it.console.note(f"  → to carry it out: {_carrying.to_apply(it, plan, Path(path), applying)}")
    return int(Exit.OK)


def _refuse(it: App, asked: LinkOptions) -> None:
    from supportctl.changes.conditions import CUSTOMER_REPLIED, OPEN_CHILDREN
    from supportctl.duplicates.proposing import MASTER_DONE

    refuse_empty({"--from": asked.source, "--plan": it.options.applying.plan, "--code": asked.code, "--to": asked.to})
    chosen = refuse_both(it, asked.source, asked.words)
    if asked.source is None and not chosen and not asked.reviewed:
        raise UsageError(
            "no suggestions were given; nothing was changed",
            hint="give a query ('is:unresolved'), --from FILE with what supportctl duplicates find printed as ndjson, "
            "or --reviewed for what was decided in supportctl duplicates review",
        )
    liftable = (MASTER_DONE, CUSTOMER_REPLIED, OPEN_CHILDREN)
    for code in asked.even_if:
        if code not in liftable:
            raise UsageError(f"--even-if cannot lift {code[:40]!r}", hint=f"it lifts: {', '.join(liftable)}")
    if not asked.close:
        for option, value in (("--code", asked.code), ("--to", asked.to)):
            if value is not None:
                raise UsageError(f"{option} says how tickets are closed; nothing was changed", hint="add --close")
    if asked.close and asked.relation == "merge":
        raise UsageError("a merge closes the tickets itself; nothing was changed", hint="leave --close out")


def _relation(it: App, text: str | None) -> "Relation | None":
    from supportctl.duplicates.proposing import Relation
    from supportctl.model import LinkType

    if text is None:
        return None
    capabilities = it.adapter.capabilities
    taken = [
        Relation(each.value.replace("_", "-"))
        for each in capabilities.links
        if each in (LinkType.DUPLICATE_OF, LinkType.PROBLEM)
    ]
    taken += [Relation.MERGE] if "merge" in capabilities.writes else []
    name = text.strip().lower().replace("_", "-")
    if name not in taken:
        raise UsageError(
            f"{capabilities.platform} does not tie duplicates as {text[:40]!r}; nothing was changed",
            hint=f"it takes: {', '.join(sorted(taken))}",
        )
    return Relation(name)


def _suggestions(
    it: App, asked: LinkOptions, known: Iterable[object]
) -> "tuple[list[Suggestion], frozenset[Place] | None]":
    """Them, and what may be changed at all; None where no query bounds it."""
    from supportctl.duplicates.decisions import Decision, Verdict, suggestion_of

    selected: frozenset[Place] | None = None
    found = [] if asked.source is None else read_suggestions(asked.source)
    if refuse_both(it, asked.source, asked.words):
        of_query = find_suggestions(it, asked.words, asked.window)
        found, selected = of_query.suggestions, frozenset(of_query.selected)
    if asked.reviewed:
        same = [each for each in known if isinstance(each, Decision) and each.verdict is Verdict.SAME]
        found += [suggestion_of(each) for each in same]
        if selected is not None:
            selected |= {end.name for each in same for end in (each.ticket, each.of)}
        if not found and not same:
            it.console.note("Nobody has called two tickets the same yet: supportctl duplicates review")
    return found, selected


def _tickets(it: App, wanted: "Sequence[Suggestion]") -> "dict[Place, Ticket]":
    """All of them as they are now, and what they hang on already."""
    from supportctl.adapters.base import LISTING, Need
    from supportctl.duplicates.hanging import further

    needs = LISTING | {Need.LINKS}
    found = tickets_of(it, wanted, needs)
    name = it.profile.name
    for _ in range(HOPS):
        own = [ticket for (profile, _id), ticket in found.items() if profile == name]
        known = {each for ticket in own for each in (ticket.key, ticket.id)}
        more = [key for key in further(own) if key not in known]
        if not more:
            break
        found |= {(name, ticket.id): ticket for ticket in read(it, more, needs)}
    return found


def _tell_wanted(it: App, asked: LinkOptions, wanted: "Wanted") -> None:
    console = it.console
    if wanted.below:
        console.note(f"{count(wanted.below, 'suggestion')} below --min-confidence {asked.minimum:g} passed over")
    if wanted.refused:
        console.note(f"{count(wanted.refused, 'suggestion')} passed over: somebody said the two are different")
    if wanted.linked:
        console.note(f"{count(wanted.linked, 'suggestion')} passed over: the two are linked already")


def _tell_left(it: App, left: Sequence[tuple[str, str]]) -> None:
    reasons: dict[str, list[str]] = {}
    for key, reason in left:
        reasons.setdefault(reason, []).append(key)
    for number, (reason, keys) in enumerate(reasons.items()):
        if number == TOLD:
            others = sum(len(keys) for keys in list(reasons.values())[TOLD:])
            it.console.warn(f"… and {count(others, 'more ticket')} not linked")
            break
        more = f" and {len(keys) - TOLD:,} more" if len(keys) > TOLD else ""
        it.console.warn(f"{', '.join(keys[:TOLD])}{more} not linked: {reason}")


def _tell_problems(it: App, keys: Sequence[str]) -> None:
    """The step that has to come first where only problems can be linked to."""
    named = [f"'{key}'" if key.startswith("#") else key for key in dict.fromkeys(keys)]
    if named:
        it.console.note(f"  → to make them problems first: supportctl set kind=problem {' '.join(named[:TOLD])}")
        if "merge" in it.adapter.capabilities.writes:
            it.console.note("  → or make the tickets part of them, for good: --relation merge")


def _words(asked: LinkOptions) -> str:
    """The command for the plan's header: all that decides; the query has a place of its own there."""
    parts = ["duplicates link"]
    parts += [f"--from {shlex.quote(asked.source)}"] if asked.source is not None else []
    parts += [f"--min-confidence {asked.minimum:g}"]
    parts += [f"--window {asked.window / timedelta(days=1):g}d"] if asked.source is None else []
    parts += ["--reviewed"] if asked.reviewed else []
    parts += [f"--relation {asked.relation}"] if asked.relation else []
    parts += ["--close"] if asked.close else []
    for option, value in (("--code", asked.code), ("--to", asked.to)):
        parts += [f"{option} {shlex.quote(value)}"] if value is not None else []
    parts += [f"--even-if {code}" for code in asked.even_if]
    return " ".join(parts)


def _query(it: App, asked: LinkOptions) -> str | None:
    given = (("--view", it.options.view), ("--native", it.options.native))
    parts = [f"{option} {shlex.quote(value)}" for option, value in given if value is not None]
    return " ".join([*parts, join_words(asked.words)]).strip() or None
