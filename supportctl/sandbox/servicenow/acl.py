"""What an account may not see. Rows are hidden after the limit was applied, fields by leaving out their keys."""

from typing import Any

from supportctl.sandbox.profiles import Account

HIDDEN_FIELDS = frozenset({"work_notes", "comments_and_work_notes", "close_notes", "work_notes_list"})
HIDDEN_TABLES = frozenset({"sys_journal_field", "sys_audit", "sys_properties"})


def hidden_fields(account: Account) -> frozenset[str]:
    return HIDDEN_FIELDS if account.role == "limited" else frozenset()


def may_read(account: Account, cls: str, doc: dict[str, Any]) -> bool:
    """Whether the row is shown: the limited account misses one record in eight, and some tables altogether."""
    if account.role != "limited":
        return True
    if cls in HIDDEN_TABLES:
        return False
    return "number" not in doc or doc["sys_id"][0] not in "0f"


def may_write(account: Account) -> bool:
    return account.role != "limited"
