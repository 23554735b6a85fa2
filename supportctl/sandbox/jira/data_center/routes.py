"""What Data Center answers: mostly the shared handlers, under its context path and in its shapes."""

from starlette.routing import BaseRoute

from supportctl.sandbox.jira import creating, desk, links, reads, screens, site, uploads, writes
from supportctl.sandbox.jira.call import Handler
from supportctl.sandbox.jira.data_center import search
from supportctl.sandbox.jira.data_center import site as own
from supportctl.sandbox.jira.data_center.call import missing, route
from supportctl.sandbox.store import Store

_METHODS = ("GET", "POST", "PUT", "DELETE")
_API = "/rest/api/{v}"
_DESK, _REQUEST = "/rest/servicedeskapi/servicedesk", "/rest/servicedeskapi/request/{key}"

_GET: tuple[tuple[str, Handler], ...] = (
    (f"{_API}/myself", site.myself),
    (f"{_API}/mypermissions", own.permissions),
    (f"{_API}/user", own.user),
    (f"{_API}/user/search", own.user_search),
    (f"{_API}/user/assignable/search", own.assignable),
    (f"{_API}/field", site.plain_list("field")),
    (f"{_API}/status", site.plain_list("status")),
    (f"{_API}/status/{{id}}", site.one("status", "status")),
    (f"{_API}/statuscategory", site.status_categories),
    (f"{_API}/priority", site.plain_list("priority")),
    (f"{_API}/priority/{{id:int}}", site.one("priority", "priority")),
    (f"{_API}/resolution", site.plain_list("resolution")),
    (f"{_API}/issuetype", site.plain_list("issuetype")),
    (f"{_API}/issueLinkType", site.link_types),
    (f"{_API}/project", site.plain_list("project")),
    (f"{_API}/project/{{id}}", site.one("project", "project")),
    (f"{_API}/filter/favourite", own.favourites),
    (f"{_API}/filter/{{id:int}}", site.one("filter", "filter")),
    (f"{_API}/attachment/meta", uploads.settings),
    (f"{_API}/attachment/{{id:int}}", reads.attachment),
    ("/secure/attachment/{id:int}/{name:path}", own.attachment),
    *creating.METADATA,
    (f"{_API}/comment/{{id:int}}/properties", own.comment_properties),
    (f"{_API}/comment/{{id:int}}/properties/{{property}}", own.comment_property),
    (f"{_API}/issue/{{key}}/comment", reads.comments),
    (f"{_API}/issue/{{key}}/comment/{{id:int}}", reads.comment),
    (f"{_API}/issue/{{key}}/worklog", reads.worklog),
    (f"{_API}/issue/{{key}}/remotelink", links.remote_links),
    (f"{_API}/issueLink/{{id:int}}", links.show),
    (f"{_API}/issue/{{key}}/transitions", writes.transitions),
    (f"{_API}/issue/{{key}}/editmeta", screens.editmeta),
    (f"{_API}/issue/{{key}}", reads.issue),
    (_DESK, desk.desks),
    (f"{_DESK}/{{desk:int}}", desk.desk),
    (f"{_DESK}/{{desk:int}}/requesttype", desk.request_types),
    (_REQUEST, desk.request),
    (f"{_REQUEST}/status", desk.statuses),
    (f"{_REQUEST}/sla", desk.slas),
    (f"{_REQUEST}/sla/{{metric:int}}", desk.one_sla),
    (f"{_REQUEST}/comment", desk.comments),
)
_EXPERIMENTAL: tuple[tuple[str, Handler], ...] = (
    (f"{_DESK}/{{desk:int}}/queue", desk.queues),
    (f"{_DESK}/{{desk:int}}/queue/{{queue:int}}", desk.queue),
    (f"{_DESK}/{{desk:int}}/queue/{{queue:int}}/issue", desk.queue_issues),
)
_WRITE: tuple[tuple[str, str, Handler], ...] = (
    ("POST", f"{_API}/issue/{{key}}/transitions", writes.transition),
    ("POST", f"{_API}/issue/{{key}}/comment", writes.add_comment),
    ("POST", f"{_API}/issue", creating.create),
    ("POST", f"{_API}/issue/{{key}}/attachments", uploads.upload),
    ("POST", f"{_API}/issueLink", links.link),
    ("DELETE", f"{_API}/issueLink/{{id:int}}", links.unlink),
    ("POST", f"{_API}/issue/{{key}}/remotelink", links.put_remote_link),
    ("DELETE", f"{_API}/issue/{{key}}/remotelink", links.delete_remote_link),
    ("PUT", f"{_API}/issue/{{key}}", writes.edit),
    ("PUT", f"{_API}/issue/{{key}}/assignee", writes.assign),
    ("POST", f"{_REQUEST}/comment", desk.add_comment),
)


def routes(store: Store) -> list[BaseRoute]:
    """What Cloud has beyond this (token searches, bulk fetches and edits, lists of labels) is not here."""
    return [
        route(store, f"{_API}/serverInfo", own.server_info, visitor=own.server_info),
        route(store, f"{_API}/search", search.get, visitor=search.visitor),
        route(store, f"{_API}/search", search.post, "POST", visitor=search.visitor),
        *(route(store, path, handler) for path, handler in _GET),
        *(route(store, path, handler, experimental=True) for path, handler in _EXPERIMENTAL),
        *(route(store, path, handler, method) for method, path, handler in _WRITE),
        # Wrong credentials are refused even where there is nothing.
        *(route(store, "/rest/{rest:path}", missing, method, visitor=missing) for method in _METHODS),
    ]
