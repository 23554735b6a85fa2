"""The loops people write: a process that lists the open tickets, waits for a line, and changes them one by one.

    python loops.py zenpy|jira|httpx tag|close ADDRESS USER SECRET

The clients are used as their documentation shows. Prints the number of tickets once they are listed.
"""

import sys
from collections.abc import Callable
from typing import Any

TAG = "bench-tag"
CODE = {"jira": "Done", "httpx": "Solution provided"}
NOTES = "The export was started again and has arrived."

Change = Callable[[Any], object]
Loop = tuple[list[Any], Change]


def zenpy(job: str, url: str, user: str, secret: str) -> Loop:
    """Where the sandbox is, ZENPY_FORCE_SCHEME and ZENPY_FORCE_NETLOC say."""
    from zenpy import Zenpy

    client = Zenpy(subdomain="bench", email=user, token=secret)
    tickets = [ticket for ticket in client.tickets(cursor_pagination=True) if ticket.status == "open"]

    def tag(ticket: Any) -> None:
        ticket.tags.append(TAG)
        client.tickets.update(ticket)

    def close(ticket: Any) -> None:
        ticket.status = "solved"
        client.tickets.update(ticket)

    return tickets, {"tag": tag, "close": close}[job]


def jira(job: str, url: str, user: str, secret: str) -> Loop:
    from jira import JIRA

    client = JIRA(url, basic_auth=(user, secret))
    issues = client.enhanced_search_issues(
        "statusCategory = 'In Progress' AND created >= '2000-01-01' ORDER BY key ASC", maxResults=0
    )

    def tag(issue: Any) -> None:
        issue.fields.labels.append(TAG)
        issue.update(fields={"labels": issue.fields.labels})

    def close(issue: Any) -> None:
        client.transition_issue(issue, "Resolved", fields={"resolution": {"name": CODE["jira"]}})

    return list(issues), {"tag": tag, "close": close}[job]


def httpx(job: str, url: str, user: str, secret: str) -> Loop:
    import httpx

    client = httpx.Client(base_url=url, auth=(user, secret), headers={"Accept": "application/json"}, timeout=60)

    def result(answer: httpx.Response) -> Any:
        return answer.raise_for_status().json()["result"]

    incidents: list[Any] = []
    while True:
        asked = {"sysparm_query": "state=2^ORDERBYnumber", "sysparm_fields": "sys_id,number,short_description"}
        page = {"sysparm_limit": "1000", "sysparm_offset": str(len(incidents))}
        rows = result(client.get("/api/now/table/incident", params=asked | page))
        incidents += rows
        if len(rows) < 1000:
            break
    label = ""
    if job == "tag":
        query = {"sysparm_query": f"name={TAG}^active=true^type=standard"}
        found = result(client.get("/api/now/table/label", params=query))
        made = {"name": TAG, "viewable_by": "everyone"}
        label = (found[0] if found else result(client.post("/api/now/table/label", json=made)))["sys_id"]

    def tag(incident: Any) -> None:
        title = f"{incident['number']}: {incident['short_description']}"
        entry = {"label": label, "table": "incident", "table_key": incident["sys_id"], "title": title}
        result(client.post("/api/now/table/label_entry", json=entry))

    def close(incident: Any) -> None:
        values = {"state": "6", "close_code": CODE["httpx"], "close_notes": NOTES}
        result(client.patch(f"/api/now/table/incident/{incident['sys_id']}", json=values))

    return incidents, {"tag": tag, "close": close}[job]


LOOPS: dict[str, Callable[[str, str, str, str], Loop]] = {"zenpy": zenpy, "jira": jira, "httpx": httpx}


def main() -> None:
    client, *rest = sys.argv[1:]
    tickets, change = LOOPS[client](*rest)
    print(len(tickets), flush=True)
    sys.stdin.readline()
    for ticket in tickets:
        change(ticket)


if __name__ == "__main__":
    main()
