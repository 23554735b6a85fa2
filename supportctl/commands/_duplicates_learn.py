"""``duplicates learn``: a ranking and a confidence of the site's own, used only when they are shown to be better."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supportctl.commands._app import App
from supportctl.commands._duplicates_evaluate import show, tell_flattered
from supportctl.commands._duplicates_history import read_history
from supportctl.commands._duplicates_state import apart, learned_path
from supportctl.commands._planning import refuse_empty
from supportctl.errors import DataError
from supportctl.exits import Exit

if TYPE_CHECKING:
    from supportctl.duplicates.teaching import Lesson


@dataclass(frozen=True, kw_only=True)
class LearnOptions:
    words: tuple[str, ...]
    gold: str | None
    window: int
    """Days."""
    minimum: float
    calibrate_only: bool
    forget: bool


def run(it: App, asked: LearnOptions) -> int:
    from supportctl.duplicates import learned
    from supportctl.duplicates.boosting import library
    from supportctl.duplicates.teaching import Settings, TooFewError, teach

    refuse_empty({"--gold": asked.gold})
    path = learned_path(it)
    if asked.forget:
        known = path.exists()
        path.unlink(missing_ok=True)
        it.console.note("Forgotten: what is shipped is used." if known else "Nothing was learned of this site.")
        if (path.parent / "index").is_dir():
            it.console.note("The index of titles is another thing; to delete it: supportctl duplicates forget")
        return int(Exit.OK)
    if not asked.calibrate_only:
        library()  # Said before anything is read.
    history = read_history(it, asked.words, asked.gold)
    settings = Settings(window=asked.window, minimum=asked.minimum, rank=not asked.calibrate_only)
    try:
        lesson = teach(history, settings, it.console.progress)
    except TooFewError as error:
        raise DataError(
            f"{error}; nothing was learned, and confidences stay uncalibrated",
            hint="read more or older tickets, link duplicates, or decide some: supportctl duplicates review",
        ) from None
    show(it, [(name, name == lesson.chosen, each) for name, each in lesson.figures.items()], asked.window)
    if lesson.weights is not None:
        learned.save(path, lesson.weights)
    _say(it, lesson)
    return int(Exit.OK)


def _say(it: App, lesson: "Lesson") -> None:
    console = it.console
    for reason in lesson.reasons:
        console.note(f"{reason[0].upper()}{reason[1:]}.")
    console.note(f"Measured on tickets created from {lesson.parts['tested from']} on, of which nothing was learned.")
    tell_flattered(it)
    if lesson.weights is None:
        console.note("What is shipped stays in use; confidences are uncalibrated.")
        return
    links = lesson.figures[lesson.chosen].at_default
    both = lesson.chosen == "learned"
    what = "The ranking and the confidence learned here are" if both else "The confidence learned here is"
    where = " with --file" if apart(it) else ""
    back = " --file FILE" if apart(it) else ""
    console.success(f"{what} used from now on{where}; to go back: supportctl duplicates learn --forget{back}")
    if apart(it):
        console.note("No profile uses it: --file with -p NAME learns for a profile.")
    if links.links:
        console.note(
            f"From {links.minimum:g} on, {links.right:,} of {links.links:,} links are right "
            f"({links.low:.0%} to {links.high:.0%} with 95 in 100)."
        )
    else:
        console.note(f"No link would have been proposed from {links.minimum:g} on: choose a lower --min-confidence.")
