"""A tiny in-memory instance with the habits that matter: SQL nulls, dropped conditions, limits before access rules.

Values are stored as text; an empty text is NULL. Unlike the sandbox, comparisons with NULL are never true, whatever
the operator: the strictest reading an instance could have.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec

OPERATORS = "NOT IN|ISNOTEMPTY|ISEMPTY|STARTSWITH|LIKE|IN|!=|<=|>=|=|<|>"
CONDITION = re.compile(rf"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)({OPERATORS})(.*)\Z", re.DOTALL)
Record = dict[str, str]


def holds(record: Record, text: str, *, folds: bool) -> bool | None:
    """One condition; None when it cannot be read and is dropped."""
    found = CONDITION.match(text)
    if found is None or (found[1] not in record and not found[1].startswith("sys_tags.")):
        return None
    field, operator, wanted = found[1], found[2], found[3]
    value = record.get(field, "")
    if operator in {"ISEMPTY", "ISNOTEMPTY"}:
        return (value == "") is (operator == "ISEMPTY")
    if value == "":
        return False
    if folds:
        value, wanted = value.lower(), wanted.lower()
    match operator:
        case "=":
            return value == wanted
        case "!=":
            return value != wanted
        case "IN":
            return value in wanted.split(",")
        case "NOT IN":
            return value not in wanted.split(",")
        case "LIKE":
            return wanted in value
        case "STARTSWITH":
            return value.startswith(wanted)
        case _:
            pair = (float(value), float(wanted)) if value.isdigit() and wanted.isdigit() else (value, wanted)
            return {"<": pair[0] < pair[1], "<=": pair[0] <= pair[1], ">": pair[0] > pair[1], ">=": pair[0] >= pair[1]}[
                operator
            ]  # type: ignore[operator]


def matches(record: Record, query: str, *, folds: bool = True) -> bool:
    """Whether a record satisfies an encoded query; parts that cannot be read are dropped."""
    for group in query.split("^NQ"):
        clauses: list[list[bool]] = []
        for part in group.split("^"):
            if not part or part.startswith(("ORDERBY", "GROUPBY")) or part == "EQ":
                continue
            other = part.startswith("OR")
            verdict = holds(record, part.removeprefix("OR") if other else part, folds=folds)
            if verdict is None:
                continue
            if other and clauses:
                clauses[-1].append(verdict)
            else:
                clauses.append([verdict])
        if all(any(clause) for clause in clauses):
            return True
    return False


class Instance:
    """Tables by name; ``hidden`` records count and are not shown; ``closed`` tables answer 403."""

    def __init__(self, *, folds: bool = True) -> None:
        self.tables: dict[str, list[Record]] = {}
        self.folds = folds
        self.hidden: set[str] = set()
        self.closed: set[str] = set()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.overrides: list[tuple[Callable[[httpx.Request], bool], Callable[[httpx.Request], httpx.Response]]] = []
        self.counts = True
        self.dropped_on_write: set[str] = set()
        self.serves: int | None = None
        """Requests of a batch that are run before its time is up."""
        self.batches: list[int] = []
        """How many requests each batch held."""

    def add(self, table: str, records: Iterable[Record]) -> None:
        self.tables.setdefault(table, []).extend(records)

    def asked(self, table: str) -> list[dict[str, str]]:
        return [params for method, path, params in self.requests if method == "GET" and path.endswith(f"/{table}")]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        self.requests.append((request.method, request.url.path, params))
        for applies, answer in self.overrides:
            if applies(request):
                return answer(request)
        parts = request.url.path.strip("/").split("/")
        if parts[:2] != ["api", "now"]:
            return failure(400, "Requested URI does not represent any resource")
        if parts[2:] == ["v1", "batch"]:
            return self._batch(msgspec.json.decode(request.content))
        if parts[2] == "attachment":
            return self._list("sys_attachment", params)
        table = parts[3]
        if table in self.closed:
            return failure(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
        if parts[2] == "stats":
            found = [each for each in self.tables.get(table, []) if self._match(each, params)]
            return httpx.Response(200, json={"result": {"stats": {"count": str(len(found))}}})
        if table not in self.tables:
            return failure(400, f"Invalid table {table}")
        if request.method == "GET":
            return self._list(table, params)
        body = msgspec.json.decode(request.content) if request.content else {}
        return self._write(request.method, table, parts[4] if len(parts) > 4 else None, body)

    def _batch(self, body: dict[str, Any]) -> httpx.Response:
        wanted = body["rest_requests"]
        self.batches.append(len(wanted))
        served, left = wanted[: self.serves], wanted[self.serves :] if self.serves is not None else []
        items = []
        for each in served:
            content = base64.b64decode(each["body"])
            found = self(httpx.Request(each["method"], f"https://inner{each['url']}", content=content))
            text = base64.b64encode(found.content).decode()
            items.append({"id": each["id"], "status_code": found.status_code, "status_text": "", "body": text})
        answer = {
            "batch_request_id": body["batch_request_id"],
            "serviced_requests": items,
            "unserviced_requests": [each["id"] for each in left],
        }
        return httpx.Response(200, json=answer)

    def _match(self, record: Record, params: dict[str, str]) -> bool:
        return matches(record, params.get("sysparm_query", ""), folds=self.folds)

    def _list(self, table: str, params: dict[str, str]) -> httpx.Response:
        found = [each for each in self.tables[table] if self._match(each, params)]
        if "ORDERBYsys_id" in params.get("sysparm_query", ""):
            found.sort(key=lambda each: each["sys_id"])
        limit, offset = int(params.get("sysparm_limit", 10000)), int(params.get("sysparm_offset", 0))
        page = [each for each in found[offset : offset + limit] if each["sys_id"] not in self.hidden]
        headers = {}
        if params.get("sysparm_no_count") != "true" and self.counts:
            headers["X-Total-Count"] = str(len(found))
        shown = [self._shown(each, params) for each in page]
        return httpx.Response(200, json={"result": shown}, headers=headers)

    def _shown(self, record: Record, params: dict[str, str]) -> dict[str, Any]:
        names = params["sysparm_fields"].split(",") if "sysparm_fields" in params else list(record)
        kept = {name: record[name] for name in names if name in record and not name.endswith("@")}
        if params.get("sysparm_display_value") == "all":
            return {
                name: {"display_value": record.get(f"{name}@", value), "value": value} for name, value in kept.items()
            }
        return kept

    def _write(self, method: str, table: str, identity: str | None, body: dict[str, str]) -> httpx.Response:
        records = self.tables[table]
        kept = {name: value for name, value in body.items() if name not in self.dropped_on_write}
        if method == "POST":
            made = {"sys_id": f"{len(records) + 1:032x}", **kept}
            records.append(made)
            return httpx.Response(201, json={"result": made})
        record = next((each for each in records if each["sys_id"] == identity), None)
        if record is None:
            return failure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
        if method == "DELETE":
            records.remove(record)
            return httpx.Response(204)
        record.update(kept)
        record["sys_mod_count"] = str(int(record.get("sys_mod_count", "0")) + 1)
        return httpx.Response(200, json={"result": record})


def failure(status: int, message: str, detail: str | None = None) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, "detail": detail}, "status": "failure"})
