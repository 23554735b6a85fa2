"""Custom fields a query names: they must exist, or a typo would quietly leave every ticket undecided."""

from collections.abc import Iterable

from supportctl.errors import QueryError
from supportctl.query.ast import Node, terms
from supportctl.query.fields import custom_id, guess
from supportctl.text.fold import fold_word


def require_custom(query: Node | None, known: Iterable[tuple[str, str]], site: str) -> None:
    """Raises `QueryError` for the first custom field that is none of ``known`` (id and human name).

    ``site`` is what the message calls the instance, e.g. ``this Zendesk``.
    """
    asked = [term for term in terms(query) if term.field == "custom" and term.custom] if query is not None else []
    if not asked:
        return
    names = {}
    for identity, name in known:
        names[custom_id(identity)] = name
        names[fold_word(name)] = name
    for term in asked:
        wanted = (term.custom or "").strip()
        if fold_word(wanted) in names or custom_id(wanted) in names:
            continue
        meant = guess(wanted, names.values())
        raise QueryError(
            f"{site} has no field {wanted!r}{f': did you mean {meant!r}?' if meant else ''}",
            start=term.span.start,
            end=term.span.end,
            hint="fields are named as people see them, in quotes, or by id",
        )
