"""``supportctl duplicates``: which older tickets tell the same story."""

from typing import Annotated

import typer

from supportctl.commands import _duplicates_times as _times
from supportctl.commands._app import App
from supportctl.commands._duplicates_acts import acts
from supportctl.commands._duplicates_options import FOLDER, ROWS, Window, Words
from supportctl.commands._new import command_app
from supportctl.commands._options import OUTPUT, READING, Options, shared
from supportctl.errors import UsageError

app = command_app("Find tickets that tell the same story.")

_Least = Annotated[
    float, typer.Option("--min-confidence", metavar="SHARE", min=0, max=1, help="Show no suggestion below it.")
]
_Other = Annotated[
    str | None,
    typer.Option("--other", metavar="PROFILE", help="Search this profile's tickets, too.", show_default=False),
]
_NoIndex = Annotated[
    bool, typer.Option("--no-index", help="Read the whole window again, and keep nothing of it on this computer.")
]
_Every = Annotated[bool, typer.Option("--all", help="Without a query: ask about finished tickets, too.")]


@app.command("find")
@shared(READING, FOLDER, ROWS)
def find(
    options: Options,
    query: Words = None,
    min_confidence: _Least = 0.25,
    window: Window = "365d",
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=20, help="Suggestions for a ticket.")] = 1,
    linked: Annotated[bool, typer.Option("--linked", help="Show pairs that are linked already, too.")] = False,
    every: _Every = False,
    other: _Other = None,
    no_index: _NoIndex = False,
) -> int:
    """Find older tickets that tell the same story, and say why.

    \b
    supportctl duplicates find
    supportctl duplicates find 'group:"Tier 1" age<7d' --min-confidence 0.5
    supportctl duplicates find --file queue.ndjson --all --format ndjson > found.ndjson
    supportctl duplicates find --other jira

    Without a query: of every ticket that is not done. Candidates are all older tickets of the window, done or not.
    A resend or an alert is a match by rule; the rest is a likelihood. Nothing is changed.
    """
    from supportctl.commands import _duplicates_find as verb

    asked = verb.FindOptions(
        words=tuple(query or ()),
        min_confidence=min_confidence,
        window=_times.window(window),
        most=most,
        linked=linked,
        every=every,
        other=other,
        no_index=no_index,
    )
    with App(options) as it:
        return verb.find(asked, it)


_ONE = {"file": READING["file"]}


@app.command("of")
@shared(_ONE, FOLDER, ROWS)
def of(
    options: Options,
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="A ticket.", show_default=False)] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="TEXT", help="A text instead (- is standard input); its first line is a title."),
    ] = None,
    min_confidence: _Least = 0.0,
    window: Window = "365d",
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=50, help="Suggestions shown.")] = 5,
    other: _Other = None,
    no_index: _NoIndex = False,
) -> int:
    """Show the older tickets most like one ticket, or like a text being typed.

    \b
    supportctl duplicates of SUP-14
    supportctl duplicates of '#4711' --window 30d --most 10
    pbpaste | supportctl duplicates of --text -
    supportctl duplicates of --text 'Terminal shows E-45' --file queue.ndjson --json of,confidence,reasons
    """
    from supportctl.commands import _duplicates_find as verb

    asked = verb.FindOptions(
        min_confidence=min_confidence, window=_times.window(window), most=most, other=other, no_index=no_index
    )
    with App(options) as it:
        return verb.of(it, key, text, asked)


@app.command("clusters")
@shared(READING, FOLDER, ROWS)
def clusters(
    options: Options,
    query: Words = None,
    min_confidence: Annotated[
        float,
        typer.Option("--min-confidence", metavar="SHARE", min=0, max=1, help="What a member has against its master."),
    ] = 0.5,
    window: Window = "365d",
    least: Annotated[int, typer.Option("--least", metavar="N", min=2, help="Tickets of a cluster.")] = 2,
    burst: Annotated[
        int,
        typer.Option("--burst", metavar="N", min=2, help="So many tickets of one cluster within a day are a burst."),
    ] = 5,
    burst_hours: Annotated[
        float, typer.Option("--burst-hours", metavar="HOURS", min=0.1, help="How long that day is.")
    ] = 24.0,
    every: _Every = False,
    other: _Other = None,
) -> int:
    """Group tickets about one fault, and name those that come in bursts.

    \b
    supportctl duplicates clusters
    supportctl duplicates clusters 'created:2026-03-02..' --burst 10 --burst-hours 4
    supportctl duplicates clusters --file queue.ndjson --all --format json

    Every member is like the master itself: a problem or major incident among them, else the oldest open ticket. What is
    linked on the platform stays together. Nothing is changed.
    """
    from supportctl.commands import _duplicates_clusters as verb

    asked = verb.ClusterOptions(
        words=tuple(query or ()),
        min_confidence=min_confidence,
        window=_times.window(window),
        least=least,
        burst=burst,
        burst_hours=burst_hours,
        every=every,
        other=other,
    )
    with App(options) as it:
        return verb.clusters(asked, it)


_RANK = {"file": READING["file"], "format": OUTPUT["format"]}


@app.command("rank")
@shared(_RANK)
def rank_(
    options: Options,
    window: Window = "365d",
    candidates: Annotated[
        int, typer.Option("--candidates", metavar="N", min=1, max=90, help="Candidates printed for a ticket.")
    ] = 50,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="Rank only tickets created on or after this day.", show_default=False
        ),
    ] = None,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast", help="Half the time: fewer are compared, at most 25 printed, and a few finds in a hundred lost."
        ),
    ] = False,
) -> int:
    """Rank the older tickets of a file as candidates for each ticket of it.

    \b
    supportctl duplicates rank --file tickets.ndjson --format ndjson
    supportctl duplicates rank --file tickets.ndjson.gz --window 90d --since 2026-01-01

    One line per ticket: {"id", "candidates": [{"id", "score", "confidence"}]}, best first. Only tickets created
    before it and within the window are candidates. Status, resolution, links and later changes are not read.
    A confidence is that of public trackers: uncalibrated for your site. It is the ranking's alone: copies and rare
    names, which find tells by rule, have low ones here.
    """
    from supportctl.commands import _duplicates_rank as verb

    with App(options) as it:
        if options.file is None:
            raise UsageError("rank reads a file", hint="supportctl duplicates rank --file tickets.ndjson")
        if options.format not in (None, "ndjson"):
            raise UsageError("rank writes ndjson only", hint="leave --format out, or say --format ndjson")
        return verb.run(
            it, options.file, days=_times.days(window), most=candidates, since=_times.since(since), fast=fast
        )


app.registered_commands += acts.registered_commands
