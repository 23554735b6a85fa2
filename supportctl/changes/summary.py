"""A plan at a glance: what changes from what to what on how many tickets, what may happen besides, what stays."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from supportctl.model import Change, LinkChange, Merge, NewComment, NewFile, NewTicket, TagChange
from supportctl.model.planned import BESIDE, COMMENT, empty, same

EXAMPLES = 3


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets to which the same happens in one field. ``before`` and ``after`` are as people read them."""

    field: str
    before: str
    after: str
    tickets: int
    examples: list[str]
    """Keys of the first few."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """The comment of the first ticket that gets one of this visibility."""

    public: bool
    key: str
    body: str
    different: int
    """Different texts among all tickets."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    tickets: int
    groups: list[Group]
    texts: list[Text]
    risks: dict[str, int]
    """Message -> tickets."""
    final: dict[str, int]
    """What cannot be undone -> tickets."""
    stays: dict[str, int]
    """What an undo would leave -> tickets."""


def summarize(changes: Sequence[Change]) -> Summary:
    """Groups in the order of fields as planned, the largest first within a field."""
    keys: dict[tuple[str, str, str], list[str]] = {}
    risks: Counter[str] = Counter()
    final: Counter[str] = Counter()
    stays: Counter[str] = Counter()
    for change in changes:
        for group in movements(change):
            keys.setdefault(group, []).append(change.key)
        risks.update({risk.message for risk in change.risks})
        final.update(set(change.final))
        stays.update(f"{field}: {reason}" for field, reason in change.stays.items())
    order = {field: place for place, field in enumerate(dict.fromkeys(field for field, _, _ in keys))}
    listed = sorted(keys.items(), key=lambda item: (order[item[0][0]], -len(item[1])))
    groups = [
        Group(field=field, before=before, after=after, tickets=len(found), examples=found[:EXAMPLES])
        for (field, before, after), found in listed
    ]
    return Summary(
        tickets=len(changes),
        groups=groups,
        texts=_texts(changes),
        risks=dict(risks.most_common()),
        final=dict(final.most_common()),
        stays=dict(stays.most_common()),
    )


def _texts(changes: Sequence[Change]) -> list[Text]:
    found: dict[bool, dict[str, str]] = {}
    for change in changes:
        for action in change.actions:
            if isinstance(action, NewComment):
                found.setdefault(action.public, {}).setdefault(action.body, change.key)
    texts = []
    for public, bodies in sorted(found.items(), reverse=True):
        body, key = next(iter(bodies.items()))
        texts.append(Text(public=public, key=key, body=body, different=len(bodies)))
    return texts


def movements(change: Change) -> Iterator[tuple[str, str, str]]:
    """``(field, before, after)`` of one change, in words."""
    for action in change.actions:
        match action:
            case TagChange(add=add, remove=remove):
                yield from (("tags", "", f"+{tag}") for tag in add)
                yield from (("tags", f"-{tag}", "") for tag in remove)
            case LinkChange(type=kind, to=to, remove=remove):
                word = f"{kind.value} {to}"
                yield ("links", word, "") if remove else ("links", "", word)
            case Merge(into=into):
                yield "merge", "", f"into {into}"
            case NewComment(public=public):
                yield COMMENT, "", "public" if public else "internal"
            case NewTicket():
                yield "made", "", made(action)
            case NewFile(name=name):
                yield "files", "", name
            case _:
                continue
    for field, after in change.after.items():
        before = change.before.get(field)
        if field in ("tags", "links", *BESIDE) or same(field, before, after):
            continue
        if field == "native_status" and not same("status", change.before.get("status"), change.after.get("status")):
            continue
        if field == "description":
            # As long as a letter: it is read in the plan's file or where it stands.
            yield field, _length(before), _length(after)
            continue
        yield field, words(before), words(after)


def _length(text: Any) -> str:
    return words(text) if empty(text) else f"{len(str(text)):,} characters"


def made(action: NewTicket) -> str:
    """``ENG Bug: title``."""
    return f"{action.project} {action.kind}: {action.title}"


def words(value: Any) -> str:
    """A planned value for people; ``(empty)`` for none."""
    if empty(value):
        return "(empty)"
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id") or value)
    if isinstance(value, list):
        return ", ".join(map(words, value))
    return str(value)
