"""What people type for a record."""

from __future__ import annotations

import pytest

from supportctl.adapters.servicenow.keys import address_of, canonical
from supportctl.errors import UsageError

ID = "0123456789abcdef0123456789abcdef"
HOST = "example.service-now.com"
BASE = f"https://{HOST}"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("INC0010001", "INC0010001"),
        (" inc0010001 ", "INC0010001"),
        ("sctask0010001", "SCTASK0010001"),
        (ID.upper(), ID),
        (f"{BASE}/nav_to.do?uri=incident.do?sys_id={ID}", ID),
        (f"{BASE}/nav_to.do?uri=%2Fincident.do%3Fsys_id%3D{ID}%26sysparm_view%3D", ID),
        (f"{BASE}/incident.do?sys_id={ID}&sysparm_record_target=incident", ID),
        (f"{BASE}/now/nav/ui/classic/params/target/incident.do%3Fsys_id%3D{ID}", ID),
        (f"{BASE}/now/sow/record/incident/{ID}", ID),
        (f"{BASE}/api/now/table/incident/{ID}", ID),
        (f"{BASE}/incident.do?sysparm_query=number=INC0010001", "INC0010001"),
    ],
)
def test_numbers_ids_and_addresses(typed: str, key: str) -> None:
    assert canonical(typed, HOST) == key
    if "://" in typed:
        assert address_of(typed, HOST).table == "incident"


@pytest.mark.parametrize(
    ("typed", "platform"), [("ITSM-12", "Jira"), ("#12", "Zendesk"), ("12", "Zendesk"), ("hello", "not a ServiceNow")]
)
def test_keys_of_other_platforms_are_named(typed: str, platform: str) -> None:
    with pytest.raises(UsageError, match=platform) as raised:
        canonical(typed, HOST)
    assert "INC0010001" in str(raised.value.hint)


@pytest.mark.parametrize("url", [f"https://other.service-now.com/incident.do?sys_id={ID}", f"{BASE}/incident_list.do"])
def test_addresses_of_others_and_of_no_record(url: str) -> None:
    with pytest.raises(UsageError):
        canonical(url, HOST)
