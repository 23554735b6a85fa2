from __future__ import annotations

from datetime import UTC, datetime

import pytest

from supportctl.errors import QueryError
from supportctl.query import parse
from supportctl.query.custom import require_custom

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KNOWN = [("customfield_10050", "Root cause"), ("360001", "Kundenstufe")]


@pytest.mark.parametrize(
    "text", ['"Root cause":billing', '"ROOT CAUSE":x', "cf[10050]:x", "cf[360001]:x", "status:open"]
)
def test_known_fields_pass(text: str) -> None:
    require_custom(parse(text, now=NOW), KNOWN, "this site")


def test_a_typo_is_named_with_its_place() -> None:
    text = 'status:open "Root cuase":billing'
    with pytest.raises(QueryError, match="did you mean 'Root cause'") as caught:
        require_custom(parse(text, now=NOW), KNOWN, "this site")
    assert text[caught.value.start : caught.value.end].startswith('"Root cuase"')
