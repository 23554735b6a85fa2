"""What a team's list of tags means for changes: aliases become their tag, and what a ticket lacks is named.

The list itself is described and read in `supportctl.text.taxonomy`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supportctl.adapters.base import Capabilities
from supportctl.adapters.writing import TagWish
from supportctl.errors import ConfigError, DataError, UsageError
from supportctl.text import project_file, toml_places
from supportctl.text.taxonomy import BadTaxonomyError, Family, TagRules, named, own_table, table_of, tag_list

PROJECT_FILE = project_file.NAME


@dataclass(frozen=True, kw_only=True)
class Taxonomy:
    """Tags are held as written; ``fold`` says whether two that differ in case are one tag here."""

    aliases: Mapping[str, str]
    """Alias -> canonical tag."""
    canonical: tuple[str, ...]
    families: tuple[Family, ...] = ()
    ignored: tuple[re.Pattern[str], ...] = ()
    fold: bool = False
    _by_alias: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._by_alias.update({self.same(alias): tag for alias, tag in self.aliases.items()})

    def same(self, tag: str) -> str:
        return tag.casefold() if self.fold else tag

    def renamed(self, tag: str) -> str | None:
        """The canonical tag of an alias; None for a tag that stays."""
        canonical = self._by_alias.get(self.same(tag))
        return None if canonical is None or self.same(canonical) == self.same(tag) else canonical

    def wish(self, tags: Sequence[str]) -> TagWish | None:
        """Aliases away and their canonical tags there; None where the ticket has no alias."""
        aliases = [tag for tag in tags if self.renamed(tag) is not None and not self.ignores(tag)]
        if not aliases:
            return None
        return TagWish(add=list(dict.fromkeys(self.renamed(tag) or tag for tag in aliases)), remove=aliases)

    def reason(self, wish: TagWish) -> str:
        """``vpn-issue → vpn``."""
        return ", ".join(f"{alias} → {self.renamed(alias)}" for alias in wish.remove)

    def lacking(self, tags: Iterable[str]) -> list[str]:
        """What a ticket with these tags misses: ``no tag of product``, ``2 tags of product``."""
        held = {self.same(self.renamed(tag) or tag) for tag in tags if not self.ignores(tag)}
        lacks = []
        for family in self.families:
            number = len(held & {self.same(tag) for tag in family.tags})
            if not number or (number > 1 and family.need == "one"):
                lacks.append(f"{number or 'no'} tag{'' if number in (0, 1) else 's'} of {family.name}")
        return lacks

    def strangers(self, tags: Iterable[str]) -> list[str]:
        """Tags that are in no list."""
        known = {self.same(tag) for tag in self.canonical} | set(self._by_alias)
        return [tag for tag in tags if self.same(tag) not in known and not self.ignores(tag)]

    def ignores(self, tag: str) -> bool:
        return any(pattern.search(tag) for pattern in self.ignored)


def pair(old: str, new: str, capabilities: Capabilities) -> Taxonomy:
    """The taxonomy of one renaming. Raises `UsageError` when both are the same tag here."""
    taxonomy = Taxonomy(aliases={old: new}, canonical=(new,), fold=capabilities.tags_fold_case)
    if taxonomy.same(old) == taxonomy.same(new):
        raise UsageError(
            f"{old!r} and {new!r} are the same tag on {capabilities.platform}; nothing was changed",
            hint="case makes no difference there" if old != new else None,
        )
    return taxonomy


def load(path: str | None, capabilities: Capabilities) -> Taxonomy:
    """From the file given, else from the project's ``supportctl.toml``.

    Raises `UsageError` when there is none, `DataError` naming the line of what cannot be right.
    """
    try:
        found = _found(path)
    except ConfigError as error:
        raise DataError(f"the taxonomy cannot be read: {error.message}; nothing was changed", hint=error.hint) from None
    file, table, prefix = found
    rules = TagRules(
        pattern=capabilities.tag_pattern,
        rule=capabilities.tag_rule,
        fold=capabilities.tags_fold_case,
        platform=capabilities.platform,
    )
    try:
        tags = tag_list(table, rules)
    except BadTaxonomyError as bad:
        line = file.place((*prefix, *bad.path)).line
        raise DataError(f"{file.path}, line {line}: {bad.message}; nothing was changed", hint=bad.hint) from None
    return Taxonomy(
        aliases=tags.aliases,
        canonical=tags.canonical,
        families=tags.families,
        ignored=tags.ignored,
        fold=capabilities.tags_fold_case,
    )


def _found(path: str | None) -> tuple[project_file.ProjectFile, Mapping[str, Any], toml_places.Path]:
    hint = "give one: --taxonomy FILE"
    if path is not None:
        file = named(Path(path))
        if "taxonomy" in file.document and not file.document["taxonomy"]:
            raise UsageError(f"{file.path} has no [taxonomy.tags]; nothing was changed", hint=hint)
        return file, *own_table(file)
    project = project_file.find()
    if project is None:
        raise UsageError(f"no taxonomy: there is no {PROJECT_FILE} here; nothing was changed", hint=hint)
    found = table_of(project)
    if found is None:
        raise UsageError(f"{project.path} has no [taxonomy.tags]; nothing was changed", hint=hint)
    return found


__all__ = ["Family", "Taxonomy", "load", "pair"]
