"""An adapter on a tiny instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from supportctl.adapters.servicenow.adapter import ServiceNowAdapter
from supportctl.adapters.servicenow.platform import classify
from supportctl.config import Auth, Profile
from supportctl.wire import Transport

from .instance import Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from .desk import Desk, Desks

URL = "https://example.service-now.com"


class NoWaiting:
    """A clock that never sleeps."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> Any:
        from datetime import UTC, datetime

        return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def adapter_on(handler: Callable[[httpx.Request], httpx.Response], **profile: Any) -> ServiceNowAdapter:
    import httpx

    told = Profile(name="snow", platform="servicenow", url=URL, auth=Auth(kind="basic", user="integration"), **profile)
    transport = Transport(URL, classify=classify, transport=httpx.MockTransport(handler), clock=NoWaiting())
    return ServiceNowAdapter(told, transport)


def incident(number: int, /, **fields: str) -> dict[str, str]:
    """A plain incident record, in stored form."""
    return {
        "sys_id": f"{number:032x}",
        "number": f"INC{number:07d}",
        "sys_class_name": "incident",
        "short_description": f"Something {number}",
        "description": "It does not work",
        "state": "2",
        "active": "true",
        "hold_reason": "",
        "priority": "3",
        "impact": "2",
        "urgency": "2",
        "category": "network",
        "subcategory": "",
        "contact_type": "email",
        "caller_id": "c" * 32,
        "caller_id@": "Abel Tuter",
        "caller_id.email": "abel@example.com",
        "caller_id.name": "Abel Tuter",
        "caller_id.user_name": "abel.tuter",
        "assigned_to": "",
        "assigned_to.email": "",
        "assigned_to.name": "",
        "assigned_to.user_name": "",
        "assignment_group": "d" * 32,
        "assignment_group@": "Service Desk",
        "assignment_group.name": "Service Desk",
        "company": "",
        "company.name": "",
        "cmdb_ci": "",
        "business_service": "",
        "opened_at": "2026-02-01 10:00:00",
        "sys_created_on": "2026-02-01 10:00:05",
        "sys_updated_on": "2026-02-20 10:00:00",
        "resolved_at": "",
        "closed_at": "",
        "due_date": "",
        "reopen_count": "0",
        "reassignment_count": "1",
        "close_code": "",
        "close_notes": "",
        "parent": "",
        "parent_incident": "",
        "problem_id": "",
        "caused_by": "",
        "rfc": "",
        "child_incidents": "0",
        "sys_mod_count": "7",
        "made_sla": "true",
        **fields,
    }


@pytest.fixture
def instance() -> Iterator[Instance]:
    made = Instance()
    for table in ("incident", "problem", "sc_request", "sc_req_item", "sc_task", "task", "label", "label_entry",
                  "sys_journal_field", "sys_audit", "metric_instance", "task_sla", "sys_attachment", "sys_choice",
                  "sys_filter", "sys_number", "sys_user_has_role", "sys_properties", "sys_db_object"):  # fmt: skip
        made.tables[table] = []
    made.add(
        "sys_user",
        [{"sys_id": "a" * 32, "user_name": "integration", "name": "Integration", "time_zone": "UTC", "email": "",
          "active": "true", "web_service_access_only": "true", "internal_integration_user": "false"}],
    )  # fmt: skip
    names = [name for name in incident(1) if "." not in name and not name.endswith("@")]
    references = {"caller_id": "sys_user", "assigned_to": "sys_user", "assignment_group": "sys_user_group",
                  "company": "core_company"}  # fmt: skip
    made.add(
        "sys_dictionary",
        [dictionary_row(number, "incident", name, references.get(name, "")) for number, name in enumerate(names)]
        + [dictionary_row(500 + number, table, name) for number, (table, name) in enumerate(WALKED)],
    )
    yield made


WALKED = [("sys_user", name) for name in ("email", "name", "user_name", "sys_id", "time_zone", "active", "roles")] + [
    (table, name)
    for table in ("sys_user_group", "core_company")
    for name in ("name", "sys_id", "active", "description", "manager", "email", "notes")
]


def dictionary_row(number: int, table: str, element: str, reference: str = "") -> dict[str, str]:
    return {
        "sys_id": f"{number:032x}",
        "name": table,
        "element": element,
        "column_label": element.replace("_", " ").title(),
        "internal_type": "reference" if reference else "string",
        "reference": reference,
    }


@pytest.fixture
def desks(sandbox: Any) -> Iterator[Desks]:
    """Desks on the sandbox, closed after the test."""
    import contextlib

    from .desk import Desk
    from .test_on_sandbox import open_as

    with contextlib.ExitStack() as stack:

        def opened(*account: str) -> Desk:
            made = open_as(sandbox, account)
            stack.callback(made.close)
            return Desk(made)

        yield opened


@pytest.fixture
def desk(desks: Desks) -> Desk:
    return desks()
