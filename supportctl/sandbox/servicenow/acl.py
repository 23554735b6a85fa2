"""What an account may not see or change.

Rows are hidden after the limit was applied, fields by leaving out their keys; a table can be closed to the REST API as
a whole (403). What hangs on a hidden record is hidden with it. (ServiceNow product documentation, "Table API";
"Failed API level ACL Validation" is what instances answer for a closed endpoint)
"""

from typing import Any

from supportctl.sandbox.profiles import Account
from supportctl.sandbox.servicenow import dictionary
from supportctl.sandbox.servicenow.call import ApiError
from supportctl.sandbox.servicenow.schema import OWNER

HIDDEN_FIELDS = frozenset({"work_notes", "comments_and_work_notes", "close_notes", "work_notes_list", "urgency"})
HIDDEN_TABLES = frozenset({"sys_journal_field", "sys_properties"})
CLOSED_TABLES = frozenset({"sys_audit"})
_FIRST_LETTERS = "0f"
_CHILDREN = frozenset({"label_entry", "task_sla", "sys_attachment", "metric_instance", "m2m_kb_task"})
_TABLE_NAMES = {"label_entry": "table", "sys_attachment": "table_name"}
"""Where children of several tables say which one theirs is; the others belong to tasks."""


def hidden_fields(account: Account) -> frozenset[str]:
    return HIDDEN_FIELDS if account.role == "limited" else frozenset()


def must_be_open(account: Account, table: str) -> None:
    """403 where the table is closed to the account."""
    if account.role == "limited" and table in CLOSED_TABLES:
        raise ApiError(403, "User Not Authorized", "Failed API level ACL Validation")


def may_read(account: Account, cls: str, doc: dict[str, Any]) -> bool:
    """Whether the row is shown: the limited account misses one task in eight with all that hangs on it."""
    if account.role != "limited":
        return True
    if cls in HIDDEN_TABLES or cls in CLOSED_TABLES:
        return False
    if cls in dictionary.classes("task"):
        return _shown(doc["sys_id"])
    if cls in _CHILDREN:
        table = doc.get(_TABLE_NAMES.get(cls, ""), "task")
        return table not in dictionary.classes("task") or _shown(str(doc.get(OWNER[cls]) or " "))
    return True


def _shown(sys_id: str) -> bool:
    return sys_id[0] not in _FIRST_LETTERS


def may_write(account: Account) -> bool:
    return account.role != "limited"


def must_write(account: Account, what: str) -> None:
    """403 for who only reads; ``what``: ``Insert``, ``Update`` or ``Delete``."""
    if not may_write(account):
        raise ApiError(403, "Operation Failed", f"ACL Exception {what} Failed due to security constraints")
