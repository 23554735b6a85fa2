"""Jira Data Center in the sandbox: the same issues as Cloud's, behind another front and in other shapes.

Under the context path ``/jira``: ``/jira/rest/api/2`` (``latest`` is 2, there is no 3) and
``/jira/rest/servicedeskapi``.
"""

from typing import TYPE_CHECKING

from supportctl.sandbox.jira.data_center.front import front

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from supportctl.sandbox.store import Store

__all__ = ["PATHS", "front", "not_found", "routes"]

PATHS = ("/jira/",)


def routes(store: "Store") -> "list[BaseRoute]":
    from supportctl.sandbox.jira.data_center.routes import routes as found

    return found(store)


def not_found(request: "Request") -> "Response":
    from supportctl.sandbox.jira.data_center.call import not_found as answer

    return answer(request.url.path)
