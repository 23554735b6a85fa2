"""What is done with suggestions of duplicates: the options of link, review, evaluate and learn."""

from typing import Annotated

import typer

from supportctl.commands import _duplicates_times as _times
from supportctl.commands._app import App
from supportctl.commands._duplicates_options import FOLDER, ROWS, Source, Window, Words
from supportctl.commands._new import command_app
from supportctl.commands._options import PLANNING, READING, Options, shared

acts = command_app()
_HERE = {name: option for name, option in READING.items() if name != "file"}
Gold = Annotated[
    str | None,
    typer.Option(
        "--gold", metavar="FILE", help='With --file: what is the same, a line {"id", "cluster"} each, instead of links.'
    ),
]
Minimum = Annotated[
    float, typer.Option("--min-confidence", metavar="SHARE", min=0, max=1, help="From where on a link is proposed.")
]


@acts.command("link")
@shared(_HERE, PLANNING, FOLDER, ROWS)
def link(
    options: Options,
    query: Words = None,
    source: Source = None,
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="What somebody called the same in duplicates review.")
    ] = False,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", metavar="SHARE", min=0, max=1, help="Take no suggestion below it.")
    ] = 0.5,
    window: Window = "365d",
    relation: Annotated[
        str | None,
        typer.Option("--relation", metavar="KIND", help="duplicate-of, problem or merge, instead of the usual one."),
    ] = None,
    close: Annotated[bool, typer.Option("--close", help="Resolve the linked tickets as duplicates, too.")] = False,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="With --close: the closure code that says duplicate.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STATUS", help="With --close: the platform's own status.")
    ] = None,
    even_if: Annotated[
        list[str] | None,
        typer.Option(
            "--even-if", metavar="CODE", help="Lift master-done, customer-replied or open-children; repeatable."
        ),
    ] = None,
) -> int:
    """Make a plan that links duplicates. Nothing is changed here.

    \b
    supportctl duplicates link 'is:unresolved' --plan links.plan
    supportctl duplicates link --from found.ndjson --min-confidence 0.7 --plan links.plan
    supportctl duplicates link --reviewed --plan links.plan
    supportctl duplicates link --from found.ndjson --relation merge --plan merges.plan
    supportctl plan apply links.plan --yes

    Only open tickets are linked, each to one other: of the surest and what is one story with it a problem or major
    incident, else the oldest open one. On Jira as a duplicate, on ServiceNow as a child incident or duplicate problem,
    on Zendesk to a problem; tickets of another platform as tracked-by. A merge (Zendesk) is for good, and only made
    when asked for.
    """
    from supportctl.commands._duplicates_making import LinkOptions

    asked = LinkOptions(
        words=tuple(query or ()),
        window=_times.window(window),
        source=source,
        reviewed=reviewed,
        minimum=min_confidence,
        relation=relation,
        close=close,
        code=code,
        to=to,
        even_if=tuple(even_if or ()),
    )
    with App(options) as it:
        from supportctl.commands import _duplicates_link

        return _duplicates_link.run(it, asked)


@acts.command("review")
@shared(READING, FOLDER, ROWS)
def review(
    options: Options,
    query: Words = None,
    source: Source = None,
    decide: Annotated[
        str | None,
        typer.Option("--decide", metavar="FILE", help="Decisions from a file instead of the keyboard (- is stdin)."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Print what was decided so far.")] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides. Default: your user name.")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", metavar="SHARE", min=0, max=1, help="Ask about no suggestion below it.")
    ] = 0.25,
    window: Window = "365d",
) -> int:
    """Say of suggestions whether the two are the same, one key each.

    \b
    supportctl duplicates review 'group:"Tier 1"'
    supportctl duplicates review --from found.ndjson
    supportctl duplicates review --from found.ndjson --decide decisions.csv
    supportctl duplicates review --list

    Two tickets side by side; what they share is set off. y: the same, n: different, l: later, u: undo, q: quit.
    Without a query or --from: of every ticket that is not done. Every decision is kept at once, with who made it and
    when; the next review goes on where this one ended. What is the same goes into a plan with duplicates link
    --reviewed, and is known to duplicates learn. What is different is never linked; nothing else is learned from it.
    """
    from supportctl.commands._duplicates_review import ReviewOptions
    from supportctl.commands._duplicates_review import run as review_

    with App(options) as it:
        asked = ReviewOptions(
            words=tuple(query or ()),
            source=source,
            decide=decide,
            listing=listing,
            by=by,
            minimum=min_confidence,
            window=_times.window(window),
        )
        return review_(it, asked)


@acts.command("evaluate")
@shared(READING, FOLDER, ROWS)
def evaluate(
    options: Options,
    query: Words = None,
    gold: Gold = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Test tickets from this day on. Default: the newest year."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Test tickets created before this day.")
    ] = None,
    window: Window = "365d",
    min_confidence: Minimum = 0.5,
) -> int:
    """Measure how well duplicates are found, on the site's own past links.

    \b
    supportctl duplicates evaluate 'created:2024-01-01..'
    supportctl duplicates evaluate --file tickets.ndjson.gz --gold gold.jsonl --since 2026-01-01 --format json

    Known to be the same: duplicate links, merges, incidents of one problem or parent, and what was decided in review.
    rr10: the share of those tickets whose own group is among the first ten; map: the mean of 1/place. A link counts
    as right when its ticket is in the group, and as wrong when nobody linked it, so precision is a lower bound.
    """
    from supportctl.commands import _duplicates_evaluate as evaluating

    with App(options) as it:
        asked = evaluating.EvaluateOptions(
            words=tuple(query or ()),
            gold=gold,
            since=_times.since(since),
            until=_times.since(until, "--until"),
            window=_times.whole_days(window),
            minimum=min_confidence,
        )
        return evaluating.run(it, asked)


@acts.command("learn")
@shared(READING, FOLDER, ROWS)
def learn(
    options: Options,
    query: Words = None,
    gold: Gold = None,
    window: Window = "365d",
    min_confidence: Minimum = 0.5,
    calibrate_only: Annotated[
        bool, typer.Option("--calibrate-only", help="Fit the confidence only; needs no extra package.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Use what is shipped again.")] = False,
) -> int:
    """Learn from the site's own past links and what was called the same, and use it only if it is better.

    \b
    supportctl duplicates learn 'created:2023-01-01..'
    supportctl duplicates learn --calibrate-only
    supportctl duplicates learn --forget

    A ranking is learned on the oldest part (needs the extra learn), its confidence fitted on the next, and both are
    measured on the newest beside what is shipped. Confidences are labelled "site" from then on.
    """
    from supportctl.commands import _duplicates_learn as learning

    with App(options) as it:
        asked = learning.LearnOptions(
            words=tuple(query or ()),
            gold=gold,
            window=_times.whole_days(window),
            minimum=min_confidence,
            calibrate_only=calibrate_only,
            forget=forget,
        )
        return learning.run(it, asked)


@acts.command("forget")
@shared(FOLDER)
def forget(
    options: Options,
    as_json: Annotated[bool, typer.Option("--json", help="What was deleted, as JSON.")] = False,
) -> int:
    """Delete the index that find and of keep of a profile on this computer.

    \b
    supportctl duplicates forget
    supportctl duplicates forget -p prod --json

    It holds the titles of tickets, and hashes of their words. Decisions and what was learned stay. Nothing is changed
    on the platform.
    """
    from supportctl.commands import _duplicates_forget

    with App(options) as it:
        return _duplicates_forget.run(it, as_json=as_json)
