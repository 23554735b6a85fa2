"""What the receiver can begin with, told from what is there; or why they cannot yet."""

from datetime import UTC

from supportctl.evidence.packet.timeline import place
from supportctl.evidence.packet.told import Told
from supportctl.model import DONE

_MOST_MISSED = {
    "steps": "steps to reproduce",
    "actual": "what happens, with the exact error",
    "expected": "what should happen",
    "environment": "environment and version",
    "trace": "a request or trace id",
    "times": "when it happened",
}


def of(told: Told) -> list[str]:
    steps = []
    if told.lead["closed_at"] is not None or told.lead["status"] in DONE:
        steps.append("See whether this is still to be done: the ticket is finished.")
    failed = _first_failure(told)
    if failed is not None:
        steps.append(failed)
    if _has(told, "trace"):
        steps.append("Look the ids below up in the logs of the service.")
    if _has(told, "steps"):
        where = " in the environment named below" if _has(told, "environment") else ""
        steps.append(f"Follow the steps to reproduce{where}.")
    missing = [noun for name, noun in _MOST_MISSED.items() if _lacks(told, name)]
    if missing:
        begun = "go on without" if steps else "begin"
        steps.append(f"What you may need to {begun}, and nobody has told yet: {'; '.join(missing)}.")
    if any(each.needs_eye for each in told.evidence):
        steps.append("Look at the pictures listed under Evidence: no tool has read them.")
    return steps


def _first_failure(told: Told) -> str | None:
    files = {each.path for each in told.evidence if each.path is not None}
    for row in told.rows:
        moment = row.moment
        if moment.failed and moment.source in files and moment.at is not None:
            at = f"{moment.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
            return f"Begin at {at}, where the first failure was recorded ({place(moment)})."
    return None


def _has(told: Told, name: str) -> bool:
    found = told.elements.get(name)
    return found is not None and found["state"] in ("present", "inferred") and bool(found["text"])


def _lacks(told: Told, name: str) -> bool:
    found = told.elements.get(name)
    return found is not None and found["state"] == "missing"
