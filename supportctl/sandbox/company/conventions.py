"""What Harborlight has agreed on, as its checked-in audit settings would say."""

from typing import Any

from supportctl.sandbox.company.people import DEVICES, GROUPS, PLATFORM, people
from supportctl.sandbox.company.topics import TAXONOMY


def audit_settings() -> dict[str, Any]:
    """Plain data in the shape of the audit's settings: the taxonomy, teams that are one, who is in which group."""
    names = {group.id: group.name for group in GROUPS}
    members = {
        name: tuple(person.name for person in people() if number in person.groups) for number, name in names.items()
    }
    return {
        "tags": TAXONOMY,
        "one_team": ((names[DEVICES], names[PLATFORM]),),
        "options": {"OWN203": {"members": members}},
    }
