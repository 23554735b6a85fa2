"""``duplicates forget``: deletes the index a profile keeps on this computer."""

from supportctl.commands._app import App
from supportctl.commands._duplicates_state import folder
from supportctl.exits import Exit


def run(it: App) -> int:
    from supportctl.duplicates.forgetting import forget

    place = folder(it)
    size = forget(place / "index")
    if size is None:
        it.console.note(f"No index is kept of {it.profile.name}.")
    else:
        it.console.success(f"Deleted the index of {it.profile.name} ({size / 1e6:,.1f} MB).")
        it.console.note("The next find or of reads the window again and keeps a new one; --no-index keeps none.")
    if any((place / name).exists() for name in ("decisions.ndjson", "learned.npz")):
        it.console.note(f"Decisions and what was learned stay in {place}; they hold no text.")
    return int(Exit.OK)
