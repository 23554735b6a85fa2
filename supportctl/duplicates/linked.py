"""What the platforms already know to belong together."""

from collections.abc import Sequence

from supportctl.model import Link, LinkType, Ticket

Name = tuple[str, str]
"""Profile or platform, and the id or key of a ticket there."""

_TOGETHER = frozenset(
    {
        LinkType.DUPLICATE_OF,
        LinkType.DUPLICATED_BY,
        LinkType.PROBLEM,
        LinkType.INCIDENT,
        LinkType.TRACKED_BY,
    }
)
_FAMILY = frozenset({LinkType.PARENT, LinkType.CHILD})


def joins(link: Link) -> bool:
    """Whether both ends are about one fault. The parts of a larger piece of work also have one parent, and are not."""
    return link.type in _TOGETHER or (link.type in _FAMILY and "incident" in (link.native_type or ""))


class Sets:
    """Union-find over numbers; a set is named by its smallest number."""

    def __init__(self) -> None:
        self._up: dict[int, int] = {}

    def of(self, number: int) -> int:
        root = number
        while (up := self._up.get(root, root)) != root:
            root = up
        while number != root:
            following = self._up[number]
            self._up[number] = root
            number = following
        return root

    def join(self, one: int, other: int) -> int:
        one, other = self.of(one), self.of(other)
        low, high = min(one, other), max(one, other)
        if low != high:
            self._up[high] = low
        return low


class Known:
    """Which tickets are linked, directly or through one that was not read (a problem, say)."""

    def __init__(self) -> None:
        self.sets = Sets()
        self._here: dict[Name, int] = {}
        self._there: dict[Name, int] = {}
        self._outside: dict[Name, int] = {}
        self._links: list[tuple[int, str, list[Link]]] = []

    def put(self, number: int, ticket: Ticket) -> None:
        self.add(number, (ticket.profile, ticket.platform), (ticket.id, ticket.key), ticket.links)

    def add(self, number: int, where: Name, names: Name, links: Sequence[Link]) -> None:
        """A ticket of this profile and platform, by its id and key."""
        for name in names:
            self._here[where[0], name] = number
        self._there.setdefault((where[1], names[1]), number)
        if kept := [link for link in links if joins(link)]:
            self._links.append((number, where[0], kept))

    def settle(self) -> None:
        """After the last `put`: links may name tickets that came later."""
        for number, profile, links in self._links:
            for link in links:
                self.sets.join(number, self._end(profile, link))
        self._links.clear()

    def _end(self, profile: str, link: Link) -> int:
        if link.platform is not None and (found := self._there.get((link.platform, link.key))) is not None:
            return found
        if link.platform is None:
            for name in (link.id, link.key):
                if name is not None and (found := self._here.get((profile, name))) is not None:
                    return found
        outside: Name = (link.platform or profile, link.key)
        return self._outside.setdefault(outside, OUTSIDE + len(self._outside))

    def number(self, profile: str, name: str) -> int | None:
        """Of a ticket by its id or key."""
        return self._here.get((profile, name))


OUTSIDE = 1 << 40
"""Numbers from here on are of tickets that were not read."""
