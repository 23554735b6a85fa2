"""Every example in Atlassian's own description of REST v3 decodes without loss, or is no ticket at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.recordings.harness import Recording, examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERBS = ("get", "post", "put", "delete", "patch")


def examples(description: dict[str, Any]) -> Iterator[Recording]:
    for path, operations in description["paths"].items():
        for verb, operation in operations.items():
            for status, answer in operation.get("responses", {}).items() if verb in VERBS else ():
                for media in (answer.get("content") or {}).values():
                    example = media.get("example")
                    if example is None or not status.isdigit():
                        continue
                    content = example if isinstance(example, str) else json.dumps(example)
                    name = f"{verb} {path} {status}"
                    yield Recording(name, verb.upper(), path, int(status), "spec-example", content.encode())


@pytest.mark.recordings
def test_every_documented_example(recordings: Path) -> None:
    description = json.loads((recordings / "openapi" / "jira-platform-v3.json").read_bytes())
    report = examine("jsm", list(examples(description)))
    assert report.decoded > 300
    assert not report.failures, "\n".join(report.failures)
