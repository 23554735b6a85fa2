"""Making issues and attaching files, through the vendor's own client on our transport.

Neither is ever repeated by the client: a request nobody answered for leaves the change in doubt, and is looked for.
"""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from supportctl.adapters.jsm.site import REFUSALS, Site
from supportctl.errors import ConflictError
from supportctl.model import Applied, Failed, NewFile, NewTicket, Outcome

NOT_AS_IT_WAS = "{} is not as it was when the plan was made; it was not attached"


class Maker:
    def __init__(self, site: Site) -> None:
        self._site = site

    def create(self, new: NewTicket) -> Outcome | None:
        """None: sent, and what came of it was not told."""

        def send() -> Outcome:
            issue = self._client().create_issue(fields=dict(new.fields), prefetch=False)
            id_, key = str(issue.raw["id"]), str(issue.raw["key"])
            self._site.marked[new.marks[0]] = id_
            self._site.touched(id_)
            return Applied(note=f"made as {key}")

        return _fate(send)

    def attach(self, issue: str, file: NewFile) -> Outcome | None:
        """``issue`` by its id. The bytes are those of the plan, or nothing is sent."""
        try:
            content = Path(file.path).read_bytes()
        except OSError as error:
            return Failed(error=f"{file.path} cannot be read ({error.strerror}); it was not attached", code="NO_FILE")
        if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
            return Failed(error=NOT_AS_IT_WAS.format(file.path), code="CHANGED_FILE")
        return _fate(lambda: self._attach(issue, file.name, content))

    def _attach(self, issue: str, name: str, content: bytes) -> Outcome:
        self._client().add_attachment(issue, BytesIO(content), filename=name)
        return Applied()

    def _client(self) -> Any:
        from supportctl.wire.vendors import jira_client

        return self._site.once("jira client", lambda: jira_client(self._site.transport, cloud=self._site.cloud))


def _fate(send: Callable[[], Outcome]) -> Outcome | None:
    """What the client makes of an answer it does not understand is no answer."""
    from jira import JIRAError

    try:
        return send()
    except (*REFUSALS, ConflictError) as error:
        return Failed(error=error.message, code=error.code)
    except (JIRAError, ValueError, LookupError, AttributeError, TypeError):
        return None
