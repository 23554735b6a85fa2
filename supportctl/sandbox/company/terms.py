"""What the platforms call things, as far as the sample company must know."""

MATRIX = {
    (1, 1): "p1",
    (1, 2): "p2",
    (1, 3): "p3",
    (2, 1): "p2",
    (2, 2): "p3",
    (2, 3): "p4",
    (3, 1): "p3",
    (3, 2): "p4",
    (3, 3): "p5",
}
"""(impact, urgency) -> priority; Zendesk has four priorities, so its last one stands for p5 too."""

FIRST_RESPONSE = {"p1": 30, "p2": 60, "p3": 240, "p4": 480, "p5": 960}
RESOLUTION = {"p1": 240, "p2": 480, "p3": 1440, "p4": 4320, "p5": 7200}
"""Minutes around the clock."""

CODES = {
    "zendesk": ("solved", "solved", "solved", "solved", "user_error", "no_fault", "not_reproducible"),
    "jsm": ("Done", "Done", "Done", "Done", "Known Error", "Cannot Reproduce"),
    "servicenow": (
        "Solution provided",
        "Solution provided",
        "Solution provided",
        "User error",
        "Resolved by change",
        "Resolved by request",
    ),
}
"""Closure codes of ordinary tickets, the frequent ones more than once."""
DUPLICATE = {"zendesk": "duplicate", "jsm": "Duplicate", "servicenow": "Duplicate"}
CANCELLED = {"jsm": "Won't Do"}
"""Jira shows a cancelled issue without a resolution as unresolved, so that it needs one."""


def priority(platform: str, impact: int, urgency: int) -> str:
    found = MATRIX[impact, urgency]
    return "p4" if platform == "zendesk" and found == "p5" else found


_TABLES = {"problem": "PRB", "task": "SCTASK", "request": "REQ"}


def ticket_key(platform: str, number: int, kind: str, language: str) -> str:
    """How agents write a ticket's name."""
    if platform == "zendesk":
        return f"#{number}"
    if platform == "jsm":
        return f"{'HILFE' if language == 'de' else 'SUP'}-{number}"
    return f"{_TABLES.get(kind, 'INC')}{10_000 + number:07d}"
