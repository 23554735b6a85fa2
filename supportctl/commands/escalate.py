"""``supportctl escalate``: is a ticket complete enough for the engineers, and what goes along when it is handed on."""

from typing import Annotated

import typer

from supportctl.commands._app import App
from supportctl.commands._escalate_group import BuildsByDefault
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, OUTPUT, READING, Options, shared
from supportctl.commands._panels import panelled
from supportctl.commands._project import Config, NoConfig

app = command_app("Build a packet an engineer does not send back, check what is missing, hand it over.")
app.info.cls = BuildsByDefault

FORM = {name: option for name, option in OUTPUT.items() if name != "sort"}
PANELS = {
    "The packet": ("to", "ask", "with_linked", "attach", "attachments", "zone", "now"),
    "Privacy": ("known", "map_", "no_map"),
    "Writing": ("out", "force", "dry_run", "min_score", "config", "no_config"),
    "Tickets and output": ("file", *FORM),
}
SENDING = {
    "The bug": ("to_profile", "project", "kind", "field", "images"),
    "The tickets": ("message", "integration"),
    "The plan": tuple(CHANGING),
    "Output": tuple(OUTPUT),
}


@app.command("build", cls=panelled(PANELS))
@shared({"file": READING["file"]}, FORM)
def build(
    options: Options,
    keys: Annotated[
        list[str], typer.Argument(metavar="KEY...", help="Tickets; the one it is about first.", show_default=False)
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="engineering|l2", help="Who receives it: what is told first and left out.")
    ] = "engineering",
    attach: Annotated[
        list[str] | None,
        typer.Option("--attach", metavar="FILE", help="Put this file or folder into it, redacted (repeatable)."),
    ] = None,
    attachments: Annotated[
        bool, typer.Option("--attachments/--no-attachments", help="Fetch what hangs on the tickets, too.")
    ] = True,
    with_linked: Annotated[
        bool, typer.Option("--with-linked", help="One packet with duplicates, children and incidents of the tickets.")
    ] = False,
    ask: Annotated[str | None, typer.Option("--ask", metavar="TEXT", help="What you want of the receiver.")] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--zone",
            metavar="NAME",
            help="Zone of local times, and of logs that name none: Europe/Berlin. Default: this computer's.",
        ),
    ] = None,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to put the packet in.")] = ".",
    force: Annotated[bool, typer.Option("--force", help="Replace a packet of the same name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be in it; write nothing.")] = False,
    min_score: Annotated[
        int | None,
        typer.Option("--min-score", metavar="N", min=0, max=100, help="Below it write nothing and exit 1."),
    ] = None,
    known: Annotated[
        list[str] | None, typer.Option("--known", metavar="NAME", help="Hide this name of a person (repeatable).")
    ] = None,
    map_: Annotated[
        str | None, typer.Option("--map", metavar="FILE", help="Private file that keeps tokens the same over packets.")
    ] = None,
    no_map: Annotated[bool, typer.Option("--no-map", help="Keep nothing of what the tokens stand for.")] = False,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="Moment of making, for the same bytes again.")
    ] = None,
    config: Config = None,
    no_config: NoConfig = False,
) -> int:
    """Build the packet of one or several tickets: folder and zip, redacted and verified.

    \b
    supportctl escalate SUP-12
    supportctl escalate SUP-12 --attach session.har --attach app.log --zone Europe/Berlin
    supportctl escalate INC0010001 --with-linked --to l2 --out packets
    supportctl escalate '#4711' --dry-run --json all

    It holds README.md (one page), the summary for GitHub, GitLab, Jira and browsers, the ticket, one timeline of
    ticket, logs and HAR files, the evidence, and what was redacted. Secrets and personal data are hidden in all of
    it; when something is left that should be hidden, nothing is written. What the tokens stand for is kept for you
    alone: supportctl redact reveal PERSON_1.
    """
    from supportctl.commands import _escalate_build

    asked = _escalate_build.Asked(
        keys=tuple(keys),
        to=to,
        attach=tuple(attach or ()),
        attachments=attachments,
        with_linked=with_linked,
        ask=ask or "",
        zone=zone,
        out=out,
        force=force,
        dry_run=dry_run,
        min_score=min_score,
        known=tuple(known or ()),
        map=map_,
        no_map=no_map,
        now=now,
        config=config,
        no_config=no_config,
    )
    with App(options) as it:
        return _escalate_build.run(asked, it)


@app.command("check")
@shared(READING, FORM)
def check(
    options: Options,
    which: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY|QUERY]...", help="Keys, or a query; quote it for the shell.", show_default=False),
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Print the message that asks the customer for what is missing.")
    ] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="CODE", help="Language of the questions. Default: the customer's.")
    ] = None,
    min_score: Annotated[
        int | None,
        typer.Option("--min-score", metavar="N", min=0, max=100, help="Exit 1 when a ticket scores less than N."),
    ] = None,
    attach: Annotated[
        list[str] | None,
        typer.Option("--attach", metavar="FILE", help="A file that goes with it counts as evidence (repeatable)."),
    ] = None,
    config: Config = None,
    no_config: NoConfig = False,
) -> int:
    """Tell what an engineer would ask back: the score of tickets, and what is missing.

    \b
    supportctl escalate check SUP-12
    supportctl escalate check 'tag:escalated is:unresolved' --min-score 70
    supportctl escalate check SUP-12 --questions --lang de
    supportctl escalate check SUP-12 --json key,score,missing

    Steps, error, versions, impact and more are looked for in fields, description and comments, and shown with the
    line they stand in. Words of doubt count half and are asked for again.
    """
    from supportctl.commands import _escalate_check

    asked = _escalate_check.Asked(
        which=tuple(which or ()),
        questions=questions,
        language=lang,
        min_score=min_score,
        files=tuple(attach or ()),
        config=config,
        no_config=no_config,
    )
    with App(options) as it:
        return _escalate_check.run(asked, it)


@app.command("attachments")
@shared({"file": READING["file"]}, FORM)
def attachments(
    options: Options,
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Tickets whose files to look at.", show_default=False)
    ] = None,
    attach: Annotated[
        list[str] | None,
        typer.Option("--attach", metavar="FILE", help="A file or folder that would go with them (repeatable)."),
    ] = None,
) -> int:
    """List what of the attachments would go into a packet, and why the rest would not.

    \b
    supportctl escalate attachments SUP-12
    supportctl escalate attachments SUP-12 --attach bundle.zip --json file,kind,taken,notes
    supportctl escalate attachments --attach bundle.zip

    The files are read as for a packet: inside limits, from the platform's own hosts, archives opened in memory. Nothing
    is written. Pictures are marked: no tool reads them, so look at them yourself.
    """
    from supportctl.commands import _escalate_attachments

    with App(options) as it:
        return _escalate_attachments.run(tuple(keys or ()), tuple(attach or ()), it)


@app.command("send", cls=panelled(SENDING))
@shared(OUTPUT, CHANGING)
def send(
    options: Options,
    packet: Annotated[str, typer.Argument(metavar="PACKET", help="A packet's folder or zip.", show_default=False)],
    to_profile: Annotated[
        str | None, typer.Option("--to-profile", metavar="NAME", help="The profile of the engineers' Jira.")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="KEY", help="The project of the bug.")] = None,
    kind: Annotated[str, typer.Option("--type", metavar="NAME", help="The type of the issue.")] = "Bug",
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="NAME=VALUE", help="A further field of the bug; repeatable."),
    ] = None,
    message: Annotated[
        str, typer.Option("--message", metavar="TEXT|@NAME", help="The internal note; it prints var.bug and var.url.")
    ] = "@escalated",
    images: Annotated[
        str | None,
        typer.Option("--images", metavar="reviewed", help="Somebody has looked at what no tool has read."),
    ] = None,
    integration: Annotated[
        bool, typer.Option("--integration", help="Also link through Zendesk's own integration with this Jira.")
    ] = False,
) -> int:
    """Hand a packet over: a bug in Jira with the packet attached, and a note with its address on the tickets.

    \b
    supportctl escalate send PKT-SUP-12-20260302 --to-profile jira --project ENG
    supportctl escalate send PKT-SUP-12-20260302.zip --to-profile jira --project ENG --yes
    supportctl escalate send PKT-4711-20260302 --to-profile jira --project ENG --field priority=High --images reviewed

    A second run for the same ticket brings the same bug up to date: the text where nobody else has edited it, and the
    packet where its bytes are others. A packet that was changed, was not verified, or holds pictures nobody has looked
    at, is not sent.
    """
    from supportctl.commands import _escalate_send

    asked = _escalate_send.Asked(
        packet=packet,
        to_profile=to_profile,
        project=project,
        kind=kind,
        fields=tuple(field or ()),
        message=message,
        images=images,
        integration=integration,
    )
    return _escalate_send.run(options, asked)
