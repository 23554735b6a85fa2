"""Background jobs: what their answers say about each item, whatever shape ``results`` has this time.

Shapes seen on live accounts: a list of ``{action, id, status, success}``; of ``{id, status}``; of ``{index, id,
account_id}`` with no word of success; an object ``{success}``; null while queued, and sometimes when completed.
Only ``success: false``, a ``Failed`` status or an ``error`` is a failure.
(developer.zendesk.com, "Job Statuses")
"""

from typing import Any

from supportctl.adapters.zendesk.types import Job, JobItem, Json, text_id


def job(doc: Json) -> Job:
    """One job status. Takes ``doc`` apart."""
    pop = doc.pop
    raw = pop("results", None)
    items = None
    if isinstance(raw, list):
        items = [item(each) for each in raw]
    elif raw is not None:
        doc["results"] = raw
    return Job(
        id=str(pop("id", "")),
        status=str(pop("status", "") or "").lower(),
        items=items,
        total=pop("total", None),
        progress=pop("progress", None),
        message=pop("message", None),
        native=doc,
    )


def jobs(envelope: Json) -> list[Job]:
    """The jobs of ``{"job_status": …}`` or ``{"job_statuses": […]}``."""
    if "job_status" in envelope:
        return [job(envelope["job_status"])]
    return [job(each) for each in envelope["job_statuses"] if each]


def item(doc: Any) -> JobItem:
    """One entry of ``results``. Takes ``doc`` apart."""
    if not isinstance(doc, dict):
        return JobItem(ok=None, native={"result": doc})
    pop = doc.pop
    success, status = pop("success", None), pop("status", None)
    error = pop("error", None)
    complaints = doc.get("errors")
    word = status.lower() if isinstance(status, str) else ""
    ok: bool | None = None
    if success is False or word == "failed" or error or complaints:
        ok = False
    elif success is True or word in ("updated", "created", "deleted"):
        ok = True
    native = doc
    for key, value in (("success", success), ("status", status)):
        if value is not None:
            native[key] = value
    return JobItem(
        ok=ok,
        id=text_id(pop("id", None)),
        index=pop("index", None),
        error=None if error is None else str(error),
        details=text_id(pop("details", None)),
        native=native,
    )
