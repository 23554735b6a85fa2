"""Setting fields: which native field is meant, whether the issue's edit screen has it, and what it may hold.

``GET /issue/{key}/editmeta`` tells the edit screen and the choices; it is asked once per project, issue type and
status. It does not list the resolution, which can be edited all the same in many projects.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from supportctl.adapters.base import Need, Needs
from supportctl.adapters.jsm.fields import ASSIGNABLE
from supportctl.adapters.jsm.groups import ask_one, grouped, named, names, objects
from supportctl.adapters.jsm.site import Site
from supportctl.adapters.jsm.statuses import PriorityTable
from supportctl.adapters.jsm.values import label
from supportctl.adapters.jsm.values_in import EMPTY, NoChoiceError, Taken, choice, due, take, text_of
from supportctl.adapters.writing import FieldWish, Prepared
from supportctl.errors import UsageError
from supportctl.model import FieldChange, Priority, Risk, Ticket
from supportctl.model.planned import CUSTOM, gap, same, value_of

SYSTEM = {
    "title": "summary",
    "priority": "priority",
    "native_priority": "priority",
    "component": "components",
    "due_at": "duedate",
    "closure_code": "resolution",
}
"""Our fields and where Jira keeps them, where the profile has no other home for them."""

Meta = dict[str, Any]


class Setter:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._priorities = PriorityTable(site.profile)

    def needs(self, wish: FieldWish) -> Needs:
        field, _ = self.field(wish.field)
        return frozenset({Need.CUSTOM}) if field.startswith(CUSTOM) else frozenset()

    def field(self, text: str) -> tuple[str, str]:
        """Our name of the field and the native one. Raises `UsageError` for a field that is not there."""
        name = text.strip()
        home = self._site.profile.fields.get(name)
        if home is None and name in SYSTEM:
            return name, SYSTEM[name]
        catalogue = self._site.catalogue()
        if home is not None and name in ASSIGNABLE:
            where = f"fields.{name} of the profile"
            return name, catalogue.resolve(home, where) if catalogue.fields else home
        typed = name.removeprefix(CUSTOM)
        if not catalogue.find(typed):
            custom = sorted({each.name for each in catalogue.fields.values() if each.custom and each.name})[:30]
            raise UsageError(
                f"this Jira has no field {typed!r}; nothing was changed",
                hint=f"it has {', '.join([*self._own(), *custom])}",
            )
        native = catalogue.resolve(typed, "the field")
        for ours, theirs in SYSTEM.items():
            if native == theirs:
                return ours, theirs
        if native not in catalogue.fields or not catalogue.fields[native].custom:
            raise UsageError(
                f"the field {native} of Jira cannot be set; nothing was changed",
                hint=f"these can: {', '.join(self._own())} and custom fields",
            )
        return f"{CUSTOM}{native}", native

    def _own(self) -> list[str]:
        """Our names of fields that can be set here."""
        return sorted({*SYSTEM, *self._site.profile.fields} & {*SYSTEM, *ASSIGNABLE})

    def prepare(self, tickets: Sequence[Ticket], wish: FieldWish) -> dict[str, Prepared]:
        field, native = self.field(wish.field)
        found: dict[str, Prepared] = {}
        refused: list[NoChoiceError] = []
        for key, group in grouped(tickets).items():
            meta = self.metadata(key, group)
            for ticket in group:
                try:
                    found[ticket.id] = self._one(ticket, field, native, wish.value, meta)
                except NoChoiceError as error:
                    refused.append(error)
                    said = f"its {field} has no such choice; it has {error.choices}"
                    found[ticket.id] = Prepared(obstacles=[Risk(code="choice", message=said)])
        if refused and len(refused) == len(tickets):
            raise UsageError(
                f"{field} takes none of the kind {str(wish.value)!r}; nothing was changed",
                hint=f"it takes: {refused[0].choices}",
            )
        return found

    def metadata(self, key: tuple[str, ...], group: Sequence[Ticket]) -> Meta | None:
        """Fields of the edit screen by native id; None when no issue of the group answered."""

        def ask(id_: str) -> Meta:
            answer = self._site.get(self._site.issue(id_, "/editmeta")).json()
            fields = answer.get("fields") if isinstance(answer, dict) else None
            return fields if isinstance(fields, dict) else {}

        return ask_one(self._site, "editmeta", key, group, ask)

    def _one(self, ticket: Ticket, field: str, native: str, value: Any, meta: Meta | None) -> Prepared:
        entry = (meta or {}).get(native)
        if meta is None:
            return _obstacle("hidden", "its edit screen cannot be read")
        if native == SYSTEM["closure_code"]:
            entry = entry if isinstance(entry, dict) else {"allowedValues": self._site.resolutions()}
        if not isinstance(entry, dict):
            return _obstacle("screen", f"its edit screen has no field {native}")
        if field == "component" and native == "components" and len(objects(ticket.native.get("components"))) > 1:
            return _obstacle("several", "it has several components, and setting one would drop the others")
        field, taken = self._taken(ticket, field, native, value, entry)
        if taken == EMPTY and entry.get("required") is True:
            return _obstacle("required", f"its {field} must not be empty")
        if gap(ticket, field) is None and same(field, value_of(ticket, field), taken.read):
            return Prepared()
        action = FieldChange(field=field, native_field=native, value=taken.sent)
        return Prepared(actions=[action], after={field: taken.read})

    def _taken(self, ticket: Ticket, field: str, native: str, value: Any, entry: Meta) -> tuple[str, Taken]:
        text = text_of(value)
        if native == SYSTEM.get(field) and text is None:
            return field, Taken([], None) if field == "component" else EMPTY
        match field, native:
            case "title", "summary":
                if "\n" in str(text) or not str(text).strip():
                    raise UsageError("a title is one line of text; nothing was changed")
                return field, Taken(text, text)
            case (("priority" | "native_priority"), "priority"):
                return self._priority(ticket, field, str(text), entry)
            case "component", "components":
                found = choice(str(text), entry)
                return field, Taken([{"id": str(found["id"])}], {"id": str(found["id"]), "name": found.get("name")})
            case "due_at", "duedate":
                return field, due(field, str(text))
            case "closure_code", "resolution":
                found = choice(str(text), entry)
                return field, Taken({"id": str(found["id"])}, found.get("name"))
            case _:
                return field, self._mapped(field, take(native, value, entry, cloud=self._site.cloud))

    def _mapped(self, field: str, taken: Taken) -> Taken:
        """In the form in which a mapped field is read."""
        if field.startswith(CUSTOM) or taken.read is None:
            return taken
        if ASSIGNABLE.get(field) == "text":
            return Taken(taken.sent, label(taken.read))
        shown = label(taken.read)
        id_ = taken.read.get("id", shown) if isinstance(taken.read, Mapping) else shown
        return Taken(taken.sent, {"id": str(id_), "name": shown})

    def _priority(self, ticket: Ticket, field: str, text: str, entry: Meta) -> tuple[str, Taken]:
        """By our word where it names exactly one of theirs, else by their id or name.

        What is planned is our word where nothing is lost by it: the issue's own priority has one too.
        """
        allowed = objects(entry.get("allowedValues")) or self._site.priorities()
        ranks = {str(each.get("id")): self._priorities.of(each.get("id"), each.get("name")) for each in allowed}
        found = named(allowed, text)
        if field == "priority" and text.casefold() in {each.value for each in Priority}:
            found = [each for each in allowed if ranks[str(each.get("id"))] == text.casefold()] or found
        if len(found) != 1:
            raise NoChoiceError(names(found or allowed))
        chosen = found[0]
        rank = ranks[str(chosen.get("id"))]
        sent = {"id": str(chosen.get("id"))}
        alone = rank is not None and list(ranks.values()).count(rank) == 1
        if field == "priority" and alone and rank is not None and ticket.knows("priority"):
            return "priority", Taken(sent, rank.value)
        return "native_priority", Taken(sent, chosen.get("name"))


def _obstacle(code: str, message: str) -> Prepared:
    return Prepared(obstacles=[Risk(code=code, message=message)])
