"""Where what is kept of a profile's duplicates lies: decisions, and what was learned."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.errors import StateError

if TYPE_CHECKING:
    from supportctl.duplicates.decisions import Decisions
    from supportctl.duplicates.weights import Weights


FILES = "files"


def apart(app: App) -> bool:
    """Whether tickets come from a file that nobody said is a profile's: they use and leave nothing of a profile."""
    return app.options.file is not None and app.options.profile is None


def folder(app: App) -> Path:
    """One per profile and instance: a profile that leads elsewhere begins anew. One for files, unless with ``-p``."""
    from supportctl.changes.plan import instance_of

    name = FILES if apart(app) else f"{app.profile.name}-{instance_of(app.profile)[:8]}"
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
    """What the ranking's confidence from ``minimum`` on was worth on this site when it was learned, if it was.

    Of the ranking alone: neither what is the same by rule nor rare names nor the choice of a master was measured.
    """
    if weights is None:
        return
    known = [each for each in weights.about["precision"] if each["minimum"] <= minimum and each["links"]]
    if not known:
        return
    best = max(known, key=lambda each: float(each["minimum"]))
    app.console.note(
        f"By the ranking alone {best['right']:,} of {best['links']:,} links from {best['minimum']:g} on were right on "
        f"past tickets ({best['low']:.0%} to {best['high']:.0%} with 95 in 100; what nobody linked counts as wrong); "
        "copies by rule, rare names and the choice of masters were not measured",
        "dim",
    )
