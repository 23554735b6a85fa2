"""The project's list of tags, for the rules that go by it."""

from typing import Any

from supportctl.audit.declared import Problem
from supportctl.audit.located import Located, locate
from supportctl.audit.project import TAXONOMY, Reading, leads_out
from supportctl.errors import ConfigError
from supportctl.text.fold import fold_word
from supportctl.text.project_file import BadTomlError, ProjectFile
from supportctl.text.taxonomy import BadTaxonomyError, TagList, table_of, tag_list


def read_taxonomy(file: ProjectFile, located: list[Located]) -> TagList | None:
    value = file.document.get("taxonomy")
    if value is None:
        return None
    if not isinstance(value, str | dict):
        what = Problem(path=("taxonomy",), message="taxonomy is a table, or the name of a file with one")
        located.append(locate(file, what))
        return None
    if isinstance(value, str) and (out := leads_out(value, file.path.parent)):
        located.append(locate(file, Problem(path=("taxonomy",), message=out)))
        return None
    place = file
    try:
        if (found := table_of(file)) is None:
            return None
        place, table, prefix = found
        try:
            tags = tag_list(table)
            _check_case(tags)
            return tags
        except BadTaxonomyError as bad:
            problem = Problem(path=(*prefix, *bad.path), message=bad.message, hint=bad.hint)
            located.append(locate(place, problem))
    except BadTomlError as error:
        where = file.beside(str(value))
        located.append(Located(path=where, line=error.place.line, column=error.place.column, message=error.reason))
    except ConfigError as error:
        located.append(locate(file, Problem(path=("taxonomy",), message=error.message, hint=error.hint)))
    return None


def add_tags(tags: TagList, reading: Reading) -> None:
    """The taxonomy is what rules about tags go by."""
    for name in TAXONOMY:
        if name in reading.settings:
            reading.note(("audit", name), f"{name} stands in the taxonomy too", "keep one of them")
    values: dict[str, Any] = {
        "tags": tags.canonical,
        "tag_aliases": dict(tags.aliases),
        "system_tags": tags.ignore,
    }
    for name, value in values.items():
        if value:
            reading.settings[name] = value
            reading.said[name] = ("taxonomy",)
    required = next((rule for rule in reading.rules if rule.code == "CLS106"), None)
    if tags.families and required is not None and required.options is not None:
        options = reading.options.setdefault(required.code, {})
        if "families" in required.options.__struct_fields__ and "families" not in options:
            options["families"] = {family.name: family.tags for family in tags.families}
            reading.said["CLS106.families"] = ("taxonomy",)


def check_aliases(reading: Reading) -> None:
    """Of tags that stand in the settings instead of a taxonomy."""
    aliases, tags = reading.settings.get("tag_aliases", {}), reading.settings.get("tags", ())
    for alias, tag in aliases.items():
        path = ("audit", "tag_aliases", alias)
        if alias in tags:
            reading.note(path, f"the alias {alias!r} of {tag!r} is a tag of the list itself")
        elif tag not in tags and tag not in aliases:
            reading.note(path, f"the alias {alias!r} stands for {tag!r}, which is not in tags")


def _check_case(tags: TagList) -> None:
    """Rules compare tags as people read them: two aliases that differ in case only cannot mean two tags."""
    known: dict[str, tuple[str, str]] = {}
    for alias, tag in tags.aliases.items():
        other = known.setdefault(fold_word(alias), (alias, tag))
        if other[1] != tag:
            raise BadTaxonomyError(
                ("tags", tag), f"the aliases {alias!r} and {other[0]!r} differ in case only and stand for two tags"
            )
