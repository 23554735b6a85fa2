"""A team's own list of tags: canonical tags with their aliases, families a ticket needs one of, tags to leave alone.

    ignore = ["bump*", "/^auto_/"]        # globs, or regular expressions between slashes

    [tags]
    vpn = ["vpn-issue", "VPN_problem"]
    mail = []

    [families.product]
    tags = ["vpn", "mail"]
    need = "one"                          # exactly one; "some" is at least one

In a file of its own, or under ``[taxonomy]`` in ``supportctl.toml``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Any

from supportctl.text import project_file, toml_places
from supportctl.text.project_file import ProjectFile

KEYS = ("tags", "families", "ignore")
NEEDS = ("one", "some")


@dataclass(frozen=True, kw_only=True)
class TagRules:
    """What a platform takes for a tag; without a platform, everything."""

    pattern: str = r"[\s\S]+"
    rule: str = ""
    """In words, for messages."""
    fold: bool = False
    """Whether tags that differ in case are one."""
    platform: str = ""


@dataclass(frozen=True, kw_only=True)
class Family:
    name: str
    tags: tuple[str, ...]
    need: str
    """``one`` or ``some``."""


@dataclass(frozen=True, kw_only=True)
class TagList:
    """Tags are held as written."""

    aliases: Mapping[str, str]
    """Alias -> canonical tag."""
    canonical: tuple[str, ...]
    families: tuple[Family, ...] = ()
    ignored: tuple[re.Pattern[str], ...] = ()
    ignore: tuple[str, ...] = ()
    """The patterns as written."""


class BadTaxonomyError(ValueError):
    """``path`` leads to what cannot be right, from the taxonomy's own table."""

    def __init__(self, path: toml_places.Path, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


def tag_list(document: Mapping[str, Any], rules: TagRules = TagRules()) -> TagList:
    """Raises `BadTaxonomyError`: what is wrong, and where."""
    return _Reading(rules).tag_list(document)


def table_of(file: ProjectFile) -> tuple[ProjectFile, Mapping[str, Any], toml_places.Path] | None:
    """The project's taxonomy: the file it stands in, its table, and where that begins; None: it has none.

    ``taxonomy = "FILE"`` names a file of its own beside the project file.
    """
    value = file.document.get("taxonomy")
    if isinstance(value, str):
        other = named(file.beside(value))
        return other, *own_table(other)
    if isinstance(value, dict) and value:
        return file, value, ("taxonomy",)
    return None


def named(path: Path) -> ProjectFile:
    return project_file.read(path)


def own_table(file: ProjectFile) -> tuple[Mapping[str, Any], toml_places.Path]:
    """Of a file given as a taxonomy: the table ``[taxonomy]`` where it has one, else the whole."""
    inner = file.document.get("taxonomy")
    if isinstance(inner, dict):
        return inner, ("taxonomy",)
    return file.document, ()


def suggestion(tag: str, pattern: re.Pattern[str]) -> str | None:
    for candidate in (tag.lower(), re.sub(r"\s+", "_", tag.strip()), re.sub(r"\s+", "_", tag.strip().lower())):
        if pattern.fullmatch(candidate):
            return f"did you mean {candidate!r}?"
    return None


class _Reading:
    def __init__(self, rules: TagRules) -> None:
        self.rules = rules
        self.pattern = re.compile(rules.pattern)

    def tag_list(self, document: Mapping[str, Any]) -> TagList:
        for name in document:
            if name not in KEYS:
                raise BadTaxonomyError((name,), f"unknown key {name!r}", "a taxonomy has tags, families and ignore")
        tags = self.table(document, "tags")
        if not tags:
            raise BadTaxonomyError(("tags",), "there are no tags", "[tags] holds lines such as: vpn = ['vpn-issue']")
        aliases = self.aliases(tags)
        ignore = self.words(("ignore",), document.get("ignore", []))
        ignored = tuple(self.ignoring(number, each) for number, each in enumerate(ignore))
        for tag, under in [*aliases.items(), *zip(tags, tags, strict=True)]:
            if any(pattern.search(tag) for pattern in ignored):
                raise BadTaxonomyError(("tags", under), f"the tag {tag!r} is listed and ignored as well")
        families = tuple(self.family(name, value, tags) for name, value in self.table(document, "families").items())
        return TagList(aliases=aliases, canonical=tuple(tags), families=families, ignored=ignored, ignore=tuple(ignore))

    def aliases(self, tags: Mapping[str, Any]) -> dict[str, str]:
        """Alias -> canonical. One alias, one meaning; no alias is itself a tag to keep."""
        canonical: dict[str, str] = {}
        for tag in tags:
            self.valid(tag)
            if self.same(tag) in canonical:
                raise BadTaxonomyError(
                    ("tags", tag), f"{tag!r} and {canonical[self.same(tag)]!r} are the same tag here"
                )
            canonical[self.same(tag)] = tag
        known: dict[str, str] = {}
        aliases: dict[str, str] = {}
        for tag, value in tags.items():
            for number, alias in enumerate(self.words(("tags", tag), value)):
                same, where = self.same(alias), ("tags", tag, number)
                if alias == tag or (same in canonical and canonical[same] != tag):
                    raise BadTaxonomyError(where, _circle(alias, tag, tags))
                if same in known:
                    other = "twice" if known[same] == tag else f"for {known[same]!r} and for {tag!r}"
                    raise BadTaxonomyError(where, f"the alias {alias!r} stands there {other}")
                known[same] = tag
                if same != self.same(tag):
                    aliases[alias] = tag
        return aliases

    def family(self, name: str, value: Any, tags: Mapping[str, Any]) -> Family:
        here = ("families", name)
        if not isinstance(value, dict) or value.keys() - {"tags", "need"}:
            raise BadTaxonomyError(here, f"the family {name!r} has tags and need, nothing else")
        members = tuple(self.words((*here, "tags"), value.get("tags", [])))
        need = value.get("need", "some")
        if need not in NEEDS:
            raise BadTaxonomyError((*here, "need"), f"the family {name!r} needs {' or '.join(NEEDS)}")
        if not members:
            raise BadTaxonomyError(here, f"the family {name!r} has no tags")
        known = {self.same(tag) for tag in tags}
        for number, tag in enumerate(members):
            if self.same(tag) not in known:
                raise BadTaxonomyError(
                    (*here, "tags", number),
                    f"{tag!r} of the family {name!r} is no canonical tag",
                    "list it under [tags]",
                )
        return Family(name=name, tags=members, need=need)

    def ignoring(self, number: int, text: str) -> re.Pattern[str]:
        flags = re.IGNORECASE if self.rules.fold else re.NOFLAG
        if len(text) > 2 and text.startswith("/") and text.endswith("/"):
            try:
                return re.compile(text[1:-1], flags)
            except re.error as error:
                raise BadTaxonomyError(("ignore", number), f"{text!r} is no regular expression: {error}") from None
        return re.compile(rf"\A{translate(text)}", flags)

    def table(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = document.get(name, {})
        if not isinstance(value, dict):
            raise BadTaxonomyError((name,), f"{name!r} is no table")
        return value

    def words(self, path: toml_places.Path, value: Any) -> list[str]:
        name = path[-1]
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise BadTaxonomyError(path, f"{name!r} is no list of texts", f"write {name} = ['one', 'two'], or []")
        return list(value)

    def valid(self, tag: str) -> None:
        """Only what is to be written must be a tag the platform takes; an alias may be older than the rule."""
        if not self.pattern.fullmatch(tag):
            raise BadTaxonomyError(
                ("tags", tag),
                f"{self.rules.platform} refuses the tag {tag!r} ({self.rules.rule})",
                suggestion(tag, self.pattern),
            )

    def same(self, tag: str) -> str:
        return tag.casefold() if self.rules.fold else tag


def _circle(alias: str, tag: str, tags: Mapping[str, Any]) -> str:
    if alias == tag:
        return f"{tag!r} is an alias of itself"
    back = tags.get(alias)
    if isinstance(back, list) and tag in back:
        return f"{tag!r} and {alias!r} are aliases of each other"
    return f"the alias {alias!r} of {tag!r} is a canonical tag itself"
