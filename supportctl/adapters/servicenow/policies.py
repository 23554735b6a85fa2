"""Fields the instance's data policies ask for in a state, where the account may read the policies.

Policies hold for every write, this API's included. (ServiceNow product documentation, "Data policy"; the field names of
``sys_data_policy2`` and ``sys_data_policy_rule`` are those of the instance's own tables.)
"""

import re

from supportctl.adapters.servicenow.client import Client, cell_text
from supportctl.adapters.servicenow.dictionary import REFUSED

FIELDS = (
    "field",
    "mandatory",
    "sys_data_policy.model_table",
    "sys_data_policy.conditions",
    "sys_data_policy.active",
)
_STATE = re.compile(r"(?:incident_|problem_)?state(=|IN|!=|NOT IN)([-\w,]+)")


class Policies:
    """Asked for once per table."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[str, list[tuple[str, str]]] = {}

    def mandatory(self, table: str, state: str) -> tuple[dict[str, str], set[str]]:
        """``(asked for, may be asked for)``: field names. Conditions on more than the state leave it open."""
        sure: dict[str, str] = {}
        unsure: set[str] = set()
        for field, conditions in self._read(table):
            verdict = holds(conditions, state)
            if verdict:
                sure[field] = ""
            elif verdict is None:
                unsure.add(field)
        return sure, unsure - sure.keys()

    def _read(self, table: str) -> list[tuple[str, str]]:
        if table not in self._rules:
            query = f"sys_data_policy.model_tableIN{table},task^sys_data_policy.active=true^mandatory=true"
            try:
                rows = self._client.page("sys_data_policy_rule", query, FIELDS, limit=1000).rows
            except REFUSED:
                rows = []
            self._rules[table] = [
                (cell_text(row, "field"), cell_text(row, "sys_data_policy.conditions"))
                for row in rows
                # The server may have ignored a condition.
                if cell_text(row, "sys_data_policy.model_table") in {table, "task"}
                and cell_text(row, "sys_data_policy.active") == "true"
                and cell_text(row, "mandatory") == "true"
                and cell_text(row, "field")
            ]
        return self._rules[table]


def holds(conditions: str, state: str) -> bool | None:
    """Whether an encoded query is true of a record in this state, whatever else it holds; None: it depends."""
    parts = [part for part in conditions.split("^") if part and part != "EQ"]
    if any(part.startswith(("OR", "NQ")) for part in parts):
        return None
    verdict: bool | None = True
    for part in parts:
        found = _STATE.fullmatch(part)
        if found is None:
            verdict = None
            continue
        listed = state in found[2].split(",")
        if listed is not (found[1] in {"=", "IN"}):
            return False
    return verdict
