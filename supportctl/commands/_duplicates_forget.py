"""``duplicates forget``: deletes the index a profile keeps on this computer."""

from supportctl.commands._app import App
from supportctl.commands._duplicates_state import folder
from supportctl.exits import Exit


def run(it: App, *, as_json: bool = False) -> int:
    from supportctl.duplicates.forgetting import forget

    place = folder(it)
    size = forget(place / "index")
    stays = [name for name in ("decisions.ndjson", "learned.npz") if (place / name).exists()]
    if as_json:
        import msgspec

        document = {
            "schema": "supportctl/duplicates-forget/v1",
            "profile": it.profile.name,
            "deleted": size is not None,
            "bytes": size or 0,
            "stays": stays,
        }
        it.console.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", flush=True)
        return int(Exit.OK)
    if size is None:
        it.console.note(f"No index is kept of {it.profile.name}.")
    else:
        it.console.success(f"Deleted the index of {it.profile.name} ({size / 1e6:,.1f} MB).")
        it.console.note("The next find or of reads the window again and keeps a new one; --no-index keeps none.")
    if stays:
        it.console.note(f"Decisions and what was learned stay in {place}; they hold no text.")
    return int(Exit.OK)
