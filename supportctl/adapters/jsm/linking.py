"""Making and removing links: issue links within Jira, remote links to tickets of other platforms.

``POST /issueLink`` names two ends, and the documents do not agree which is which. We read them as "inwardIssue
<type.outward> outwardIssue" (an issue that duplicates another is the inward one), and do not trust that: the first
link of a run is read back, and when it points the other way it is taken away again and no more are made.
Making the same link twice is harmless; a comment would not be, so none goes along. Remote links are known by a global
id: sending one again changes nothing (REST v3, "Create or update remote issue link").
"""

import threading
from typing import Any
from urllib.parse import quote

from supportctl.adapters.jsm.platform import INVERSE
from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.adapters.writing import Step
from supportctl.errors import AuthError, NotFoundError, TemporaryError
from supportctl.model import Applied, Failed, LinkChange, Outcome, Unchanged

REVERSED = (
    "Jira made the link in the opposite direction; it was taken away again, and no further links of this kind are made"
)


REVERSED_AND_LEFT = "Jira made the link in the opposite direction, and it could not be taken away again"
GLOBAL_ID = "globalId"
"""In `LinkChange.native`, it tells a remote link from one between issues."""
REMOTE_LINK = (GLOBAL_ID, "relationship", "object")


def same_type(native: Any, ours: str | None) -> bool:
    return isinstance(native, dict) and str(native.get("id")) == str(ours)


class LinkSender:
    """One per run. Thread safe: the first link of each type is made and looked at before there is a second."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._proved: set[str] = set()
        self._reversed: set[str] = set()

    def send(self, step: Step, link: LinkChange) -> Outcome:
        if GLOBAL_ID in link.native:
            return self._remote(step, link)
        if link.remove:
            return self._remove(link)
        kind = str(link.native.get("type"))
        if link.native.get("both") or kind in self._proved:
            return self._make(step, link)
        with self._lock:
            if kind in self._reversed:
                return Failed(error=REVERSED, code="REVERSED")
            made = self._make(step, link)
            if kind in self._proved or not isinstance(made, Applied):
                return made
            return self._look_at_first(step, link, kind)

    def _make(self, step: Step, link: LinkChange) -> Outcome:
        this, other = {"id": step.id}, {"id": link.to_id} if link.to_id else {"key": link.to}
        ends = (this, other) if link.native.get("end") == "outward" else (other, this)
        body = {"type": {"id": link.native.get("type")}, "inwardIssue": ends[0], "outwardIssue": ends[1]}
        try:
            self._write("POST", f"{self._site.api}/issueLink", body)
        except NotFoundError as error:
            # One of the two issues, the type, the permission to link or linking as such: Jira does not say which.
            return Failed(error=error.message, code=error.code)
        return Applied()

    def _look_at_first(self, step: Step, link: LinkChange, kind: str) -> Outcome:
        try:
            found = self._site.get(self._site.issue(step.id), fields="issuelinks").json()
        except (*REFUSALS, TemporaryError):
            return Applied(note="the direction of the link could not be looked at")
        fields = found.get("fields") if isinstance(found, dict) else None
        entries = fields.get("issuelinks") if isinstance(fields, dict) else None
        wanted = "outwardIssue" if link.native.get("end") == "outward" else "inwardIssue"
        turned = None
        for entry in entries if isinstance(entries, list) else []:
            if not isinstance(entry, dict) or not same_type(entry.get("type"), kind):
                continue
            for end in ("inwardIssue", "outwardIssue"):
                if _is(entry.get(end), link):
                    if end == wanted:
                        self._proved.add(kind)
                        return Applied()
                    turned = entry
        if turned is None or _was_there(step, link):
            return Failed(error="Jira did not make the link", code="NOT_APPLIED")
        self._reversed.add(kind)
        try:
            self._write("DELETE", f"{self._site.api}/issueLink/{quote(str(turned.get('id')), safe='')}", None)
        except (*REFUSALS, AuthError, TemporaryError) as error:
            return Failed(error=f"{REVERSED_AND_LEFT}: {error.message}", code="REVERSED")
        return Failed(error=REVERSED, code="REVERSED")

    def _remove(self, link: LinkChange) -> Outcome:
        """A link that is not there any more is as planned."""
        try:
            self._write("DELETE", f"{self._site.api}/issueLink/{quote(str(link.native.get('id')), safe='')}", None)
        except NotFoundError:
            return Unchanged()
        return Applied()

    def _remote(self, step: Step, link: LinkChange) -> Outcome:
        path = self._site.issue(step.id, "/remotelink")
        if link.remove:
            try:
                self._write("DELETE", path, None, params={GLOBAL_ID: link.native[GLOBAL_ID]})
            except NotFoundError:
                return Unchanged()
            return Applied()
        body = {name: link.native[name] for name in REMOTE_LINK if name in link.native}
        self._write("POST", path, body, expect_json=True)
        return Applied()

    def _write(self, method: str, path: str, body: Any, *, params: Any = None, expect_json: bool = False) -> None:
        self._site.write(method, path, body, params=params, expect_json=expect_json)


def remote_link_is_there(site: Site, issue: str, global_id: str) -> bool:
    """Raises what reading raises; an answer without the link (404, an empty list) is a no."""
    try:
        found = site.get(site.issue(issue, "/remotelink"), globalId=global_id).json()
    except NotFoundError:
        return False
    listed = found if isinstance(found, list) else [found]
    return any(isinstance(each, dict) and each.get("globalId") == global_id for each in listed)


def _is(end: Any, link: LinkChange) -> bool:
    return isinstance(end, dict) and (
        end.get("key") == link.to or (link.to_id is not None and end.get("id") == link.to_id)
    )


def _was_there(step: Step, link: LinkChange) -> bool:
    """Whether the opposite link was there before: then it is not of our making, and stays."""
    return any(
        isinstance(each, dict) and each.get("key") == link.to and each.get("type") == INVERSE[link.type].value
        for each in step.change.before.get("links") or ()
    )
