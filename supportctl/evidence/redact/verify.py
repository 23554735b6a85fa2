"""The last look: the finished bytes are opened again and searched for everything that was to be hidden.

It starts from bytes, not from what the engine holds, and fails closed: a file with something left has no output.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from supportctl.evidence.redact import walks
from supportctl.evidence.redact.content import Content, opened
from supportctl.evidence.redact.propagate import Known
from supportctl.evidence.redact.scrubber import Scrubber

if TYPE_CHECKING:
    from supportctl.evidence.redact.engine import Redacted


def residual(
    done: "Redacted", before: Content, scrubber: Scrubber, known: Known, told: Callable[[float], None] | None = None
) -> dict[str, int]:
    """Kinds still there, with counts; never a value.

    Searched for: every value that got a token, in every spelling; the known people; whatever a detector or the
    structure points at now.
    """
    found: Counter[str] = Counter()
    if (replacing := known.within(done.name, strict=True)) is not None:
        replacing.text(done.name)
        found["name"] += replacing.count
    if any(True for _ in scrubber.people(done.name)):
        found["PERSON"] += 1
    if done.left_out:
        return dict(+found)
    data = done.stream if done.data is None else done.data
    assert data is not None
    after = Content(opened(data), done.name, before.kind, like=before.plain)
    if after.plain is None:
        return {"unreadable": 1}
    if before.document is not None and (after.document is None or after.cut):
        found["invalid JSON"] += 1
    walk = walks.of(after, scrubber)
    counted = Counter(scrubber.counts)

    def look(role: str, part: Any) -> Any:
        replacing = known.within(after.text_of(role, part), strict=after.document is None)
        if replacing is not None:
            walks.spread(role, part, after.kind, replacing)
            found["known value"] += replacing.count
        if walk(role, part) != part:
            found.update(scrubber.counts - counted or {"form": 1})
            scrubber.counts = Counter(counted)
        return part

    try:
        after.replace(look, told)
    except RecursionError:
        found["nested too deeply"] += 1
    finally:
        after.close()
    if done.stream is not None:
        done.stream.seek(0)
    return dict(+found)
