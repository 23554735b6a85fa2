"""Excuses: tags on the ticket itself (``hygiene-exempt``, ``exempt:CODE``) and what the settings list with a reason."""

from collections.abc import Sequence

from supportctl.audit.registry import names
from supportctl.audit.rule import ALL, ONE, Ref, Rule
from supportctl.audit.settings import Settings
from supportctl.model import Ticket
from supportctl.text.fold import fold_word


class Exemptions:
    """All excuses of one run."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def excuse(self, ticket: Ticket | Ref, rule: Rule) -> bool:
        """Whether this rule's fault of this ticket is excused."""
        return bool(ticket.tags) and self._by_tag(ticket.tags, rule)

    def unused_copy(self) -> "Exemptions":
        """The same excuses, none of which was used yet."""
        return Exemptions(self._settings)

    def merge(self, other: "Exemptions") -> None:
        """Add how often they were used in another part of the queue."""

    def _by_tag(self, tags: Sequence[str], rule: Rule) -> bool:
        """Code, name and aliases count, in any case."""
        folded = [fold_word(tag) for tag in tags]
        if ALL in folded or not set(folded).isdisjoint(self._settings.exempt_tags):
            return True
        excused = {tag.removeprefix(ONE) for tag in folded if tag.startswith(ONE)}
        return bool(excused) and not excused.isdisjoint(names(rule))
