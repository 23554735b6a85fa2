"""``supportctl tag``: plan a change of tags, show it, and with ``--yes`` carry it out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from supportctl.commands._app import App, count
from supportctl.commands._new import command_app
from supportctl.commands._options import CHANGING, CHOOSING, OUTPUT, READING, Options, shared
from supportctl.commands._planning import TOLD, Which, Work, carry_out
from supportctl.errors import UsageError

if TYPE_CHECKING:
    from supportctl.adapters.base import Capabilities
    from supportctl.changes.making import Made
    from supportctl.changes.taxonomy import Taxonomy
    from supportctl.model import Ticket

app = command_app("Add, remove, set or rename tags.")

Tags = Annotated[str, typer.Argument(metavar="TAGS", help="One tag, or several separated by commas.")]
OneTag = Annotated[str, typer.Argument(metavar="OLD", help="The tag as it is.")]
OtherTag = Annotated[str, typer.Argument(metavar="NEW", help="The tag to be in its place.")]


@app.command("add")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def add_(
    options: Options,
    tags: Tags,
    which: Which = None,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="TAGS", help="Remove these in the same change.")
    ] = None,
) -> int:
    """Add tags; other tags stay.

    \b
    supportctl tag add billing 'text:invoice status:open'         plan and look
    supportctl tag add billing,vip SUP-12 SUP-14 --yes            do it
    supportctl list 'tag:vpn' --format ndjson | supportctl tag add network - --yes
    supportctl audit --rule CLS101 --format ndjson | supportctl tag add triage --from-findings -
    """
    with App(options) as it:
        return change(it, "add", which, add=_words(tags), remove=_words(remove or ""))


@app.command("remove")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def remove_(options: Options, tags: Tags, which: Which = None) -> int:
    """Remove tags; other tags stay.

    \b
    supportctl tag remove needs-triage 'tag:needs-triage -assignee:none'
    """
    with App(options) as it:
        return change(it, "remove", which, remove=_words(tags))


@app.command("set")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def set_(options: Options, tags: Tags, which: Which = None) -> int:
    """Make these the only tags; all others are removed.

    \b
    supportctl tag set billing,invoice SUP-12
    """
    with App(options) as it:
        return change(it, "set", which, add=_words(tags), exact=True)


@app.command("rename")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def rename_(options: Options, old: OneTag, new: OtherTag, which: Which = None) -> int:
    """Put one tag in another's place.

    \b
    supportctl tag rename vpn_problem vpn                         on all tickets that have it
    supportctl tag rename vpn_problem vpn 'is:unresolved' --yes
    """
    with App(options) as it:
        return rename(it, old.strip(), new.strip(), which)


@app.command("apply-aliases")
@shared(CHOOSING, READING, OUTPUT, CHANGING)
def apply_aliases_(
    options: Options,
    which: Which = None,
    taxonomy: Annotated[
        str | None,
        typer.Option("--taxonomy", metavar="FILE", help="Your tags and their aliases. Default: the project's."),
    ] = None,
) -> int:
    """Replace aliases by the tags of your taxonomy, and name tickets without a tag they need.

    \b
    supportctl tag apply-aliases 'is:unresolved'                  with [taxonomy] in supportctl.toml
    supportctl tag apply-aliases 'is:unresolved' --taxonomy tags.toml --yes

    No tag is invented: a ticket without a tag of a family it needs is named, and left as it is.
    """
    with App(options) as it:
        return apply_aliases(it, taxonomy, which)


def change(
    it: App, verb: str, which: Sequence[str] | None, *, add: Sequence[str] = (), remove: Sequence[str] = (),
    exact: bool = False,
) -> int:  # fmt: skip
    """One wish for all tickets."""
    from supportctl.adapters.writing import TagWish
    from supportctl.changes.making import make_changes, refuse_impossible, wishes_need
    from supportctl.changes.tags import valid_tags

    if not add and not remove:
        raise UsageError("no tag was given; nothing was changed", hint=f"supportctl tag {verb} TAG QUERY")
    capabilities = it.adapter.capabilities
    added, removed = valid_tags(add, capabilities), valid_tags(remove, capabilities)
    _refuse_both(added, removed, capabilities)
    wish = TagWish(add=added, remove=removed, exact=exact)
    refuse_impossible(capabilities, [wish])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        return make_changes(it.adapter, tickets, [wish], reasons=reasons)

    both = f" --remove {','.join(removed)}" if added and removed else ""
    words = f"tag {verb} {','.join(added or removed)}{both}"
    return carry_out(it, which or (), Work(words=words, needs=wishes_need(it.adapter, [wish]), make=make))


def _refuse_both(add: Sequence[str], remove: Sequence[str], capabilities: "Capabilities") -> None:
    fold = capabilities.tags_fold_case
    unwanted = {tag.casefold() if fold else tag for tag in remove}
    for tag in add:
        if (tag.casefold() if fold else tag) in unwanted:
            raise UsageError(
                f"the tag {tag!r} is to be added and removed; nothing was changed", hint="leave it out of one of them"
            )


def rename(it: App, old: str, new: str, which: Sequence[str] | None) -> int:
    """Without a choice of tickets: all that have the old tag."""
    from supportctl.changes.tags import valid_tags
    from supportctl.changes.taxonomy import pair

    capabilities = it.adapter.capabilities
    if not old or not new:
        raise UsageError("a tag is empty; nothing was changed", hint="supportctl tag rename OLD NEW")
    (new,) = valid_tags([new], capabilities)
    taxonomy = pair(old, new, capabilities)
    options = it.options
    chosen = which or options.choosing.from_findings or options.native or options.view
    quoted = old.replace("\\", "\\\\").replace('"', '\\"')
    words = list(which or ()) if chosen else [f'tag:"{quoted}"']
    return _rename_all(it, f"tag rename {old} {new}", taxonomy, words)


def apply_aliases(it: App, path: str | None, which: Sequence[str] | None) -> int:
    from supportctl.changes.taxonomy import load

    taxonomy = load(path, it.adapter.capabilities)
    return _rename_all(it, "tag apply-aliases", taxonomy, which or ())


def _rename_all(it: App, words: str, taxonomy: "Taxonomy", which: Sequence[str]) -> int:
    from supportctl.adapters.base import Need
    from supportctl.adapters.writing import TagWish
    from supportctl.changes.making import make_changes, refuse_impossible, wishes_need

    census = _Census(it, taxonomy)
    refuse_impossible(it.adapter.capabilities, [TagWish()])

    def make(tickets: "Sequence[Ticket]", reasons: Mapping[str, str]) -> "Made":
        """Tickets of the same wish are prepared together."""
        from supportctl.changes.making import Made

        groups: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[TagWish, list[Ticket]]] = {}
        made = Made(changes=[], unchanged=[], skipped=[])
        why: dict[str, str] = {}
        for ticket in tickets:
            if "tags" in ticket.unknown:
                made.skipped.append((ticket.key, f"its tags are unknown ({ticket.unknown['tags']})"))
            elif (wish := taxonomy.wish(ticket.tags)) is None:
                made.unchanged.append(ticket.key)
            else:
                given = reasons.get(ticket.id)
                why[ticket.id] = taxonomy.reason(wish) + (f"; {given}" if given else "")
                groups.setdefault((tuple(wish.add), tuple(wish.remove)), (wish, []))[1].append(ticket)
        for wish, alike in groups.values():
            part = make_changes(it.adapter, alike, [wish], reasons=why)
            made.changes.extend(part.changes)
            made.unchanged.extend(part.unchanged)
            made.skipped.extend(part.skipped)
        return made

    needs = wishes_need(it.adapter, [TagWish()]) | {Need.TAGS}
    return carry_out(it, which, Work(words=words, needs=needs, make=make, seen=census.see, tell=census.tell))


class _Census:
    """What a taxonomy says of the tickets besides the aliases."""

    def __init__(self, it: App, taxonomy: "Taxonomy") -> None:
        self.it = it
        self.taxonomy = taxonomy
        self.lacking: dict[str, list[str]] = {}
        self.strangers: Counter[str] = Counter()
        self.whole = bool(taxonomy.families or len(taxonomy.canonical) > 1)
        """Whether there is more to it than one renaming."""

    def see(self, tickets: "Iterable[Ticket]") -> None:
        for ticket in tickets:
            if "tags" in ticket.unknown or not self.whole:
                continue
            for lack in self.taxonomy.lacking(ticket.tags):
                self.lacking.setdefault(lack, []).append(ticket.key)
            self.strangers.update(self.taxonomy.strangers(ticket.tags))

    def tell(self) -> None:
        console = self.it.console
        for lack, keys in self.lacking.items():
            more = f" and {len(keys) - TOLD:,} more" if len(keys) > TOLD else ""
            console.warn(f"{count(len(keys), 'ticket')} with {lack}: {', '.join(keys[:TOLD])}{more}")
        if self.strangers:
            from supportctl.console import safe_line

            named = ", ".join(f"{safe_line(tag)} ({number})" for tag, number in self.strangers.most_common(TOLD))
            console.note(f"{count(len(self.strangers), 'tag')} not in the taxonomy; most used: {named}")


def _words(text: str) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in text.split(",") if tag.strip())
