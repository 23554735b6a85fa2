"""The vendors' own API descriptions, and what an exchange does that they do not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

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
        for error in self._validator(pointer).iter_errors(value):
            yield from _told(error)

    def _validator(self, pointer: str) -> Any:
        from openapi_schema_validator import OAS30Validator
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT4

        if pointer not in self._validators:
            if not hasattr(self, "_registry"):
                resource = Resource.from_contents(self.document, default_specification=DRAFT4)
                self._registry = Registry().with_resource(_URI, resource)
            self._validators[pointer] = OAS30Validator({"$ref": _URI + pointer}, registry=self._registry)
        return self._validators[pointer]

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


def _told(error: Any) -> Iterator[str]:
    """Where and against which keyword; of alternatives, what is wrong with the one that fits best."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error]) or error
    where = "".join(f".{part}" if isinstance(part, str) else "[]" for part in deepest.absolute_path)
    wanted = deepest.validator_value if deepest.validator in ("type", "enum", "format", "required") else ""
    kind = type(deepest.instance).__name__
    if deepest.validator == "required" and isinstance(deepest.instance, dict):
        wanted = sorted(set(deepest.validator_value) - set(deepest.instance))
    if deepest.validator == "additionalProperties":
        wanted = sorted(set(deepest.instance) - set(deepest.schema.get("properties", {})))
    yield f"${where}: {kind} against {deepest.validator} {wanted}".strip()


def _yaml(text: str) -> dict[str, Any]:
    import yaml

    class Loader(yaml.CSafeLoader):  # type: ignore[misc]
        """A bare ``=`` is a string in these files, not YAML 1.1's default value; dates stay as they are written."""

    Loader.add_constructor("tag:yaml.org,2002:value", yaml.SafeLoader.construct_yaml_str)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)
    found: dict[str, Any] = yaml.load(text, Loader=Loader)
    return json.loads(json.dumps(found))
