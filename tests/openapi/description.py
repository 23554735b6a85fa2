"""The vendors' own API descriptions, and what an exchange does that they do not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import jsonschema_rs

FILES = {"zendesk": "zendesk-support.yaml", "jira": "jira-platform-v3.json"}
PREFIXES = {"zendesk": ("/api/v2/", "/oauth/tokens"), "jira": ("/rest/api/3/",)}
"""How the paths begin that a file describes."""
_URI = "urn:description"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer as the sandbox saw them. ``ours``: sent by our adapters."""

    method: str
    path: str
    query: str
    request_type: str
    request: bytes
    status: int
    answer_type: str
    answer: bytes
    ours: bool


class Description:
    """One vendor's file."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.name = name
        self.document = document
        self._validators: dict[str, Any] = {}

    @classmethod
    def read(cls, folder: Path, name: str) -> Description:
        text = (folder / "openapi" / FILES[name]).read_text()
        return cls(name, json.loads(text) if FILES[name].endswith(".json") else _yaml(text))

    @cached_property
    def _operations(self) -> list[tuple[str, re.Pattern[str], str, dict[str, Any]]]:
        found = []
        for template, item in self.document["paths"].items():
            pattern = re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template)))
            found += [
                (method.upper(), pattern, template, {**operation, "_shared": item.get("parameters", [])})
                for method, operation in item.items()
                if method in ("get", "post", "put", "patch", "delete")
            ]
        # A fixed path goes before one with a variable in the same place.
        return sorted(found, key=lambda each: each[2].count("{"))

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        plain = path.removesuffix(".json").rstrip("/")
        for verb, pattern, template, operation in self._operations:
            if verb == method and pattern.fullmatch(plain):
                return template, operation
        return None

    def problems(self, exchange: Exchange) -> Iterator[str]:
        """What the exchange does that the file does not say; values are never quoted."""
        found = self.operation(exchange.method, exchange.path)
        if found is None:
            return
        template, operation = found
        place = f"{exchange.method} {template}"
        if exchange.ours and exchange.status < 400:
            yield from (f"{place} request: {problem}" for problem in self._request(operation, template, exchange))
        yield from (f"{place} {exchange.status}: {problem}" for problem in self._answer(operation, template, exchange))

    def _request(self, operation: dict[str, Any], template: str, exchange: Exchange) -> Iterator[str]:
        parameters = [self._resolved(each) for each in (*operation["_shared"], *operation.get("parameters", []))]
        known = {each["name"] for each in parameters if each["in"] == "query"}
        for name, _ in parse_qsl(exchange.query, keep_blank_values=True):
            if name not in known and name.partition("[")[0] not in known:
                yield f"query parameter {name} is not described"
        body = self._resolved(operation.get("requestBody", {})).get("content", {}).get("application/json")
        if body and "schema" in body and exchange.request and "json" in exchange.request_type:
            schema = self._pointer(template, exchange.method, "requestBody", "content", "application/json", "schema")
            yield from self._invalid(schema, exchange.request)
        if exchange.request and not body and exchange.method != "DELETE" and not operation.get("requestBody"):
            yield "a body is not described"

    def _answer(self, operation: dict[str, Any], template: str, exchange: Exchange) -> Iterator[str]:
        responses = operation.get("responses", {})
        status = str(exchange.status)
        if status not in responses:
            # Errors every operation may answer are described for few.
            if exchange.status < 400:
                yield "status is not described"
            return
        content = self._resolved(responses[status]).get("content", {}).get("application/json")
        if content and "schema" in content and "json" in exchange.answer_type:
            schema = self._pointer(
                template, exchange.method, "responses", status, "content", "application/json", "schema"
            )
            yield from self._invalid(schema, exchange.answer)

    def _invalid(self, pointer: str, content: bytes) -> Iterator[str]:
        try:
            value = json.loads(content)
        except ValueError:
            yield "is no JSON"
            return
        validator = self._validator(pointer)
        if not validator.is_valid(value):
            yield from {told for error in validator.iter_errors(value) for told in _told(error)}

    def _validator(self, pointer: str) -> Any:
        if pointer not in self._validators:
            self._validators[pointer] = jsonschema_rs.Draft4Validator(
                {"$ref": _URI + quote(pointer, safe="/#~")}, registry=self._registry, validate_formats=False
            )
        return self._validators[pointer]

    @cached_property
    def _registry(self) -> Any:
        return jsonschema_rs.Registry([(_URI, _draft4(self.document))], draft=jsonschema_rs.Draft4)

    def _pointer(self, template: str, method: str, *rest: str) -> str:
        """Follows references of parameters, bodies and responses on the way."""
        parts = ["paths", template, method.lower(), *rest]
        place: Any = self.document
        walked: list[str] = []
        for part in parts:
            place = place[part]
            walked.append(part)
            if isinstance(place, dict) and set(place) == {"$ref"} and part != parts[-1]:
                walked = place["$ref"].removeprefix("#/").split("/")
                place = self._resolved(place)
        return "#/" + "/".join(each.replace("~", "~0").replace("/", "~1") for each in walked)

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            place: Any = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                place = place[part.replace("~1", "/").replace("~0", "~")]
            value = place
        return value


def _told(error: Any, above: tuple[Any, ...] = ()) -> Iterator[str]:
    """Where and against which keyword; of alternatives, what is wrong with the one that fits best."""
    place = (*above, *error.instance_path)
    branches = [branch for branch in getattr(error.kind, "context", None) or () if branch]
    if branches:
        # The one whose troubles lie deepest was meant, and of those the one with the fewest.
        best = max(branches, key=lambda branch: (min(len(each.instance_path) for each in branch), -len(branch)))
        if min(len(each.instance_path) for each in best) > len(error.instance_path):
            for each in best:
                yield from _told(each, above)
            return
    where = "".join(f".{part}" if isinstance(part, str) else "[]" for part in place)
    keyword = error.kind.name
    wanted: Any = ""
    if keyword in ("type", "enum"):
        wanted = " or ".join(map(str, error.kind.value)) if isinstance(error.kind.value, list) else error.kind.value
    elif keyword in ("required", "additionalProperties"):
        wanted = error.kind.value
    kind = type(error.instance).__name__
    yield f"${where}: {kind} against {keyword} {wanted}".strip()


def _draft4(value: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` in the words of JSON Schema; everything else of it is draft 4."""
    if isinstance(value, list):
        return [_draft4(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _draft4(each) for name, each in value.items()}
    if found.get("nullable") is True:
        if isinstance(found.get("type"), str):
            found["type"] = [found["type"], "null"]
        if isinstance(found.get("enum"), list):
            found["enum"] = [*found["enum"], None]
    return found


def _yaml(text: str) -> dict[str, Any]:
    import yaml

    class Loader(yaml.CSafeLoader):  # type: ignore[misc]
        """A bare ``=`` is a string in these files, not YAML 1.1's default value; dates stay as they are written."""

    Loader.add_constructor("tag:yaml.org,2002:value", yaml.SafeLoader.construct_yaml_str)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)
    found: dict[str, Any] = yaml.load(text, Loader=Loader)
    return json.loads(json.dumps(found))
