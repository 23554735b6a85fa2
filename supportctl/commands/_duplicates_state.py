"""Where what is kept of a profile's duplicates lies: decisions, and what was learned."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.errors import ConfigError, StateError

if TYPE_CHECKING:
    from supportctl.duplicates.decisions import Decisions
    from supportctl.duplicates.weights import Weights


def folder(app: App) -> Path:
    """One per profile and instance: a profile that leads elsewhere begins anew. Tickets from a file need no profile."""
    from supportctl.changes.plan import instance_of

    try:
        name = f"{app.profile.name}-{instance_of(app.profile)[:8]}"
    except ConfigError:
        if app.options.file is None:
            raise
        name = "files"
    return app.options.applying.state / "duplicates" / name


def decisions(app: App) -> "Decisions":
    from supportctl.duplicates.decisions import Decisions

    return Decisions(folder(app) / "decisions.ndjson")


def who() -> str:
    """The account of the person at this machine, for the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def learned_path(app: App) -> Path:
    return folder(app) / "learned.npz"


def site_weights(app: App) -> "Weights | None":
    """What was learned of this profile's site; None where nothing was, or where it cannot be used, which is said."""
    from supportctl.duplicates.learned import load

    try:
        return load(learned_path(app))
    except StateError as error:
        app.console.warn(error.message)
        if error.hint:
            app.console.note(f"  → {error.hint}")
        return None


def tell_precision(app: App, weights: "Weights | None", minimum: float) -> None:
    """What a confidence from ``minimum`` on was worth on this site when it was learned; nothing where it was not."""
    if weights is None:
        return
    known = [each for each in weights.about["precision"] if each["minimum"] <= minimum and each["links"]]
    if not known:
        return
    best = max(known, key=lambda each: float(each["minimum"]))
    app.console.note(
        f"Of past tickets {best['right']:,} of {best['links']:,} such links from {best['minimum']:g} on were right "
        f"({best['low']:.0%} to {best['high']:.0%} with 95 in 100; what nobody linked counts as wrong)",
        "dim",
    )
