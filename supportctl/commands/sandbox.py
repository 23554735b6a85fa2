"""``supportctl sandbox``: practice platforms on this computer, with sample companies or tickets of your own."""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._new import command_app
from supportctl.commands._options import Options, shared
from supportctl.errors import UsageError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supportctl.sandbox.certificates import Certificates
    from supportctl.sandbox.conditions import Conditions
    from supportctl.sandbox.server import RunningServer
    from supportctl.sandbox.store import Store

app = command_app("Serve practice platforms on this computer.")

PORT = 8899

LOADED = "loaded"
"""Mark of a file that holds somebody's own tickets: no sample company is put in their place unasked."""

Db = Annotated[Path | None, typer.Option("--db", metavar="PATH", help="The sandbox's file.", show_default=False)]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Which sample company. Default: 7.")]


@app.command("serve")
@shared()
def serve(
    options: Options,
    db: Db = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")] = PORT,
    seed: Seed = None,
    empty: Annotated[bool, typer.Option("--empty", help="Add no sample company to a new file.")] = False,
    limits: Annotated[
        bool, typer.Option("--limits/--no-limits", help="Refuse with 429 what goes beyond the published rate limits.")
    ] = True,
    faults: Annotated[
        int | None,
        typer.Option("--faults", metavar="SEED", min=0, help="Inject faults: 429, 5xx, resets, cut-off answers …"),
    ] = None,
    job_time: Annotated[
        float, typer.Option("--job-time", metavar="SECONDS", min=0, help="How long a bulk job waits in its queue.")
    ] = 0.0,
    search_lag: Annotated[
        float, typer.Option("--search-lag", metavar="SECONDS", min=0, help="How long searches do not know a change.")
    ] = 0.0,
    max_rows: Annotated[
        int | None,
        typer.Option("--max-rows", metavar="N", min=1, help="ServiceNow cancels transactions that read more rows."),
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https with a certificate of the sandbox's own.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print address and profiles as JSON.")] = False,
) -> int:
    """Serve Zendesk, Jira (Cloud and Data Center) and ServiceNow dialects on 127.0.0.1 until Ctrl-C.

    Prints the profiles and the lines that make them usable in another shell.
    """
    with App(options) as it:
        from supportctl.sandbox.conditions import Conditions

        conditions = Conditions(
            limits=limits, faults=faults, job_seconds=job_time, search_lag=search_lag, max_rows=max_rows
        )
        return run_serve(it, conditions, db=db, port=port, seed=seed, empty=empty, tls=tls, as_json=as_json)


@app.command("load")
@shared()
def load(
    options: Options,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Jira JSON lines, Zendesk JSON, ServiceNow CSV, or ours.")
    ],
    into: Annotated[
        str | None, typer.Option("--into", metavar="PLATFORM", help="zendesk, jsm or servicenow; told from the file.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Load the queue as it stood at the end of that day.")
    ] = None,
    db: Db = None,
) -> int:
    """Replace a practice platform's tickets by those of a file.

    \b
    supportctl sandbox load issues.jsonl.xz --into jsm
    supportctl sandbox load incident_event_log.csv --into servicenow --as-of 2016-05-01
    """
    with App(options) as it:
        return run_load(it, file, into=into, as_of=as_of, db=db)


@app.command("reset")
@shared()
def reset(
    options: Options,
    db: Db = None,
    seed: Seed = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Throw the sandbox's tickets away and bring the sample company back."""
    with App(options) as it:
        return run_reset(it, db=db, seed=seed, yes=yes)


def run_serve(
    app: App,
    conditions: "Conditions",
    *,
    db: Path | None,
    port: int,
    seed: int | None,
    empty: bool,
    tls: bool,
    as_json: bool,
) -> int:
    from supportctl.commands._practice import announce, server_room, write_profiles

    room = server_room()
    path = db.absolute() if db else default_db()
    config = path.with_suffix(".toml")
    with _open(path) as store:
        if not empty:
            _fill(app, store, seed)
        store.conditions = conditions
        with room.serve(store, port=port, tls=_certificates(path.parent) if tls else None) as running:
            profiles = write_profiles(running.url, config, ca_bundle=running.authority)
            announce(app.console, running.url, path, config, profiles, as_json=as_json)
            _wait(running)
    app.console.note("\nSandbox stopped; its tickets are kept in the file.")
    return int(Exit.OK)


def _certificates(folder: Path) -> "Certificates":
    from supportctl.errors import ConfigError
    from supportctl.sandbox.certificates import make

    try:
        return make(folder)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"--tls needs {error.name}, which is not installed", hint="run: pip install 'supportctl[sandbox]'"
        ) from None


def _wait(running: "RunningServer") -> None:
    """Until Ctrl-C, which is how this command is meant to end."""
    try:
        running.wait()
    except KeyboardInterrupt:
        return


def run_load(app: App, file: Path, *, into: str | None, as_of: str | None, db: Path | None) -> int:
    from supportctl.commands._practice import server_room
    from supportctl.sandbox.loading import load_file

    server_room()
    day = None if as_of is None else end_of_day(as_of)
    if not file.is_file():
        raise UsageError(f"cannot read {file}: no such file; nothing was loaded", hint="give the path of an export")
    path = db or default_db()
    console = app.console
    console.note(f"Loading {file.name} …")
    with _open(path) as store, store.write():
        report = load_file(store, file, platform=into, as_of=day)
        store.set_meta(LOADED, "1")
    for reason, number in report.skipped.items():
        console.warn(f"{count(number, 'record')} left out: {reason}")
    facts = [f"{count(report.loaded, 'ticket')} loaded"]
    if report.replaced:
        facts.append(f"in place of the {report.replaced:,} there were")
    if report.events:
        facts.append(f"{report.events:,} entries of history")
    console.success(" · ".join([*facts, f"in {path}"]))
    console.note(f"To work on them: supportctl sandbox serve{'' if db is None else f' --db {path}'}")
    return int(Exit.OK)


def run_reset(app: App, *, db: Path | None, seed: int | None, yes: bool) -> int:
    from supportctl.commands._practice import server_room
    from supportctl.sandbox.seeding import SEED, seed_store

    server_room()
    path = db or default_db()
    if path.exists() and not yes and not app.console.confirm(f"Throw away the tickets in {path}?", flag="--yes"):
        app.console.note("nothing was changed")
        return int(Exit.OK)
    with _open(path) as store:
        seed_store(store, seed=SEED if seed is None else seed)
        store.set_meta(LOADED, "")
    app.console.success(f"sample company {SEED if seed is None else seed} in {path}")
    return int(Exit.OK)


def default_db() -> Path:
    """``sandbox/sandbox.sqlite`` in the state folder."""
    from supportctl.config import state_dir

    return state_dir() / "sandbox" / "sandbox.sqlite"


def end_of_day(text: str) -> datetime:
    """The last moment of a day, UTC; a time may be given. Raises `UsageError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--as-of {text!r} is not a date", hint="write it like 2016-05-01") from None
    if len(text) <= len("2016-05-01"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fill(app: App, store: "Store", seed: int | None) -> None:
    from supportctl.sandbox.seeding import SEED, is_seeded, seed_store

    if store.get_meta(LOADED):
        if seed is not None:
            raise UsageError(
                "the file holds loaded tickets, which a sample company would replace; nothing was changed",
                hint=f"leave --seed out, or run: supportctl sandbox reset --seed {seed}",
            )
        return
    if is_seeded(store):
        if seed is not None and store.get_meta("seed") != str(seed):
            raise UsageError(
                f"the file holds sample company {store.get_meta('seed')}, not {seed}; nothing was changed",
                hint=f"run: supportctl sandbox reset --seed {seed}",
            )
        return
    app.console.note("Making the sample companies …")
    seed_store(store, seed=SEED if seed is None else seed)


@contextmanager
def _open(path: Path) -> "Iterator[Store]":
    """The sandbox's file. Raises `StateError` when it cannot be opened, written or waited for."""
    import sqlite3

    from supportctl.errors import StateError
    from supportctl.sandbox.store import Store

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StateError(
            f"the folder of {path} cannot be made: {error.strerror}; nothing was served or loaded",
            hint="name another file with --db",
        ) from None
    with Store(path) as store:
        try:
            yield store
        except sqlite3.OperationalError as error:
            raise StateError(
                f"the sandbox file {path} cannot be used: {error}; what was being done was undone",
                hint="free some space, or end what else uses the file",
            ) from None
