"""What Harborlight has agreed on, as its checked-in audit settings would say."""

from typing import Any

from supportctl.sandbox.company.people import DEVICES, GROUPS, PLATFORM, people
from supportctl.sandbox.company.terms import priority
from supportctl.sandbox.company.topics import TAXONOMY

LEVELS = {
    "zendesk": (("impact_1", "impact_2", "impact_3"), ("urgency_1", "urgency_2", "urgency_3")),
    "jsm": (("High", "Medium", "Low"), ("High", "Medium", "Low")),
    "servicenow": (("1", "2", "3"), ("1", "2", "3")),
}
"""What the values of impact and urgency are called, most first."""


def audit_settings(platform: str) -> dict[str, Any]:
    """Plain data in the shape of the audit's settings.

    The taxonomy, teams that are one, who is in which group, and which priority impact and urgency make.
    """
    impacts, urgencies = LEVELS[platform]
    matrix = {
        f"{impact}/{urgency}": priority(platform, row, column)
        for row, impact in enumerate(impacts, 1)
        for column, urgency in enumerate(urgencies, 1)
    }
    names = {group.id: group.name for group in GROUPS}
    members = {
        name: tuple(person.name for person in people() if number in person.groups) for number, name in names.items()
    }
    return {
        "tags": TAXONOMY,
        "one_team": ((names[DEVICES], names[PLATFORM]),),
        "options": {"OWN203": {"members": members}, "PRI302": {"matrix": matrix}},
    }
