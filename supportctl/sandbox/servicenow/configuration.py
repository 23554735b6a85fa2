"""What an instance has before its first ticket: choices, the dictionary, accounts, SLA definitions, saved filters."""

from collections.abc import Iterator

from supportctl.sandbox.servicenow import dictionary
from supportctl.sandbox.servicenow.call import ACCOUNTS
from supportctl.sandbox.servicenow.records import Doc, stamped, sys_id_of

BORN = "2015-01-01 00:00:00"
TIME_ZONE = "Europe/Oslo"
"""Of the accounts that sign in: not UTC, so that nobody can mistake display values for values."""

CHOICES: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("incident", "state"): (
        ("1", "New"), ("2", "In Progress"), ("3", "On Hold"), ("6", "Resolved"), ("7", "Closed"), ("8", "Canceled"),
    ),
    ("incident", "hold_reason"): (
        ("1", "Awaiting Caller"), ("3", "Awaiting Problem"), ("4", "Awaiting Vendor"), ("5", "Awaiting Change"),
    ),
    ("incident", "category"): (
        ("devices", "Devices"), ("booking", "Booking"), ("billing", "Billing"), ("network", "Network"),
        ("access", "Access"), ("other", "Other"),
    ),
    ("incident", "close_code"): tuple(
        (code, code)
        for code in (
            "Duplicate", "Known error", "No resolution provided", "Resolved by caller", "Resolved by change",
            "Resolved by problem", "Resolved by request", "Solution provided", "Workaround provided", "User error",
        )
    ),
    ("incident", "severity"): (("1", "1 - High"), ("2", "2 - Medium"), ("3", "3 - Low")),
    ("problem", "state"): (
        ("101", "New"), ("102", "Assess"), ("103", "Root Cause Analysis"), ("104", "Fix in Progress"),
        ("106", "Resolved"), ("107", "Closed"),
    ),
    ("sc_task", "state"): (
        ("-5", "Pending"), ("1", "Open"), ("2", "Work in Progress"), ("3", "Closed Complete"),
        ("4", "Closed Incomplete"), ("7", "Closed Skipped"),
    ),
    ("task", "state"): (
        ("-5", "Pending"), ("1", "Open"), ("2", "Work in Progress"), ("3", "Closed Complete"),
        ("4", "Closed Incomplete"), ("7", "Closed Skipped"),
    ),
    ("task", "priority"): (
        ("1", "1 - Critical"), ("2", "2 - High"), ("3", "3 - Moderate"), ("4", "4 - Low"), ("5", "5 - Planning"),
    ),
    ("task", "impact"): (("1", "1 - High"), ("2", "2 - Medium"), ("3", "3 - Low")),
    ("task", "urgency"): (("1", "1 - High"), ("2", "2 - Medium"), ("3", "3 - Low")),
    ("task", "escalation"): (("0", "Normal"), ("1", "Moderate"), ("2", "High"), ("3", "Overdue")),
    ("task", "contact_type"): (
        ("email", "Email"), ("phone", "Phone"), ("self-service", "Self-service"), ("chat", "Chat"), ("api", "API"),
    ),
}  # fmt: skip

PRIORITY = {
    ("1", "1"): "1", ("1", "2"): "2", ("1", "3"): "3",
    ("2", "1"): "2", ("2", "2"): "3", ("2", "3"): "4",
    ("3", "1"): "3", ("3", "2"): "4", ("3", "3"): "5",
}  # fmt: skip
"""(impact, urgency) -> priority, as the platform ships it."""

SLAS = (("first_response", "Response time", "response"), ("resolution", "Resolution time", "resolution"))

FILTERS = (
    ("Open incidents without assignee", "incident", "active=true^assigned_toISEMPTY"),
    ("Priority 1 and 2", "incident", "priorityIN1,2^active=true"),
)

POLICIES = (("Mandatory when resolved", "incident", "stateIN6,7^EQ", ("close_code", "close_notes")),)
"""Data policies as delivered: what a record needs while the condition holds."""

ROLES = {"admin": ("admin", "itil", "itil_admin"), "itil": ("itil",), "limited": ("itil_read",)}


def records() -> Iterator[tuple[str, Doc]]:
    """``(class, document)`` of everything; the same ids every time, so that it can be put twice."""
    yield from _choices()
    yield from _dictionary()
    yield from _accounts()
    for name, label, target in SLAS:
        yield "contract_sla", _doc("contract_sla", name, name=label, target=target, type="SLA", collection="incident",
                                   active="true")  # fmt: skip
    for title, table, conditions, fields in POLICIES:
        policy = _doc("sys_data_policy2", title, short_description=title, model_table=table, conditions=conditions,
                      active="true", inherit="true")  # fmt: skip
        yield "sys_data_policy2", policy
        for field in fields:
            yield "sys_data_policy_rule", _doc("sys_data_policy_rule", title, field, sys_data_policy=policy["sys_id"],
                                               table=table, field=field, mandatory="true")  # fmt: skip
    for title, table, query in FILTERS:
        yield "sys_filter", _doc("sys_filter", title, title=title, table=table, filter=query)
    for name, value in (("glide.sys.default.tz", "Europe/Oslo"), ("glide.invalid_query.returns_no_rows", "false"),
                        ("glide.ui.autoclose.time", "7")):  # fmt: skip
        yield "sys_properties", _doc("sys_properties", name, name=name, value=value, type="string")


def choice(table: str, element: str, value: str, label: str, position: int = 0) -> Doc:
    return _doc(
        "sys_choice", table, element, value, name=table, element=element, value=value, label=label, language="en",
        sequence=str(position), inactive="false",
    )  # fmt: skip


def user(user_name: str, name: str, **values: str) -> Doc:
    first, _, last = name.partition(" ")
    return _doc(
        "sys_user", user_name, user_name=user_name, name=name, first_name=first, last_name=last,
        **{"active": "true", "time_zone": TIME_ZONE, **values},
    )  # fmt: skip


def named(table: str, name: str, **values: str) -> Doc:
    """A group, company, configuration item or service."""
    return _doc(table, name, name=name, **values)


def _doc(*identity: str, **values: str) -> Doc:
    return stamped({"sys_id": sys_id_of(*identity), **values}, BORN, "system")


def _choices() -> Iterator[tuple[str, Doc]]:
    for (table, element), values in CHOICES.items():
        for position, (value, label) in enumerate(values):
            yield "sys_choice", choice(table, element, value, label, position)


def _dictionary() -> Iterator[tuple[str, Doc]]:
    for table, (parent, label) in dictionary.tables().items():
        above = sys_id_of("sys_db_object", parent) if parent else ""
        yield "sys_db_object", _doc("sys_db_object", table, name=table, label=label, super_class=above)
        for field in dictionary.own_fields(table):
            yield "sys_dictionary", _doc(
                "sys_dictionary", table, field.name, name=table, element=field.name, column_label=field.label,
                internal_type=field.kind, reference=field.reference, max_length=str(field.length), active="true",
                mandatory="false", read_only="false", choice="1" if field.choices else "0",
            )  # fmt: skip


def _accounts() -> Iterator[tuple[str, Doc]]:
    for role in sorted({name for names in ROLES.values() for name in names}):
        yield "sys_user_role", _doc("sys_user_role", role, name=role)
    for account in ACCOUNTS:
        yield "sys_user", user(account.user, account.user.replace(".", " ").title())
        for role in ROLES.get(account.role, ()):
            yield "sys_user_has_role", _doc(
                "sys_user_has_role", account.user, role, user=sys_id_of("sys_user", account.user),
                role=sys_id_of("sys_user_role", role), state="active", inherited="false",
            )  # fmt: skip
