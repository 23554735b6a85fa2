"""Leaves of Jira's JSON that are left out on purpose, each with its reason."""

IGNORED: dict[str, str] = {
    "**.self": "the object's own address; ours is built from the key",
    "self": "the object's own address; ours is built from the key",
    "**.avatarUrls.**": "pictures of people, projects and types",
    "**._links.**": "addresses of the object and its pictures; the customer portal's is kept",
    "_links.**": "paging addresses; pages are followed by offset",
    "**.iconUrl": "a picture",
    "**.colorName": "how an administrator coloured a status category",
    "**.statusColor": "how an administrator coloured a priority",
    "**.avatarId": "which picture an issue type has",
    "**.status.description": "how an administrator described the status, not the ticket",
    "**.issuetype.description": "how an administrator described the type, not the ticket",
    "**.priority.description": "how an administrator described the priority, not the ticket",
    "**.resolution.description": "how an administrator described the resolution, not the ticket",
    "**.project.description": "how an administrator described the project, not the ticket",
    "**.projectCategory.description": "how an administrator described the project category, not the ticket",
    "**.components.*.description": "how an administrator described the component, not the ticket",
    "**.type.description": "how an administrator described a link type, not the ticket",
    "**.expand": "what more could be asked for",
    "expand": "what more could be asked for",
    "**._expands.*": "what more could be asked for",
    "_expands.*": "what more could be asked for",
    "**.friendly": "the same instant or duration in the viewer's language",
    "**.iso8601": "the same instant; epochMillis is read, which has no zone",
    "**.jira": "the same instant; epochMillis is read, which has no zone",
    "names.*": "field names of the page; they come from the field list",
    "schema.**": "field types of the page; they come from the field list",
    "startAt": "paging",
    "maxResults": "paging",
    "total": "paging",
    "isLast": "paging",
    "nextPage": "paging",
    "nextPageToken": "paging",
    "start": "paging",
    "limit": "paging",
    "size": "paging",
    "isLastPage": "paging",
    "fields.comment.startAt": "paging of embedded comments",
    "fields.comment.maxResults": "paging of embedded comments",
    "issues.*.fields.comment.startAt": "paging of embedded comments",
    "issues.*.fields.comment.maxResults": "paging of embedded comments",
    "**.changelog.startAt": "paging of the embedded changelog",
    "changelog.startAt": "paging of the embedded changelog",
    "**.changelog.maxResults": "paging of the embedded changelog",
    "changelog.maxResults": "paging of the embedded changelog",
}

OUT_OF_SCOPE: dict[str, str] = {
    r"\w+ .*/rest/api/\w+/(?:serverInfo|myself|mypermissions|permissions|configuration)": "the account and the server",
    r"\w+ .*/rest/api/\w+/(?:field|label|issueLinkType|issuetype|component|version|role|projectCategory).*": (
        "vocabulary, read into FieldInfo and Vocabulary"
    ),
    r"\w+ .*/rest/api/\w+/(?:status|statuscategory|statuses|priority|resolution)(?:/.*)?": "vocabulary",
    r"\w+ .*/rest/api/\w+/(?:announcementBanner|app|application-properties|applicationrole)(?:/.*)?": "administration",
    r"\w+ .*/rest/api/\w+/(?:auditing|avatar|banner|classification-levels)(?:/.*)?": "administration",
    r"\w+ .*/rest/api/\w+/(?:config|configuration|customFieldOption|data-policy|events)(?:/.*)?": ("administration"),
    r"\w+ .*/rest/api/\w+/(?:expression|groups|instance|license|mypreferences|plans|settings|webhook|redact)(?:/.*)?": (
        "administration"
    ),
    r"\w+ .*/rest/api/\w+/(?:\w*schemes?|securitylevel|workflows|uiModifications|universal_avatar)(?:/.*)?": (
        "configuration"
    ),
    r"\w+ .*/rest/api/\w+/(?:permissions/check|projectvalidate|worklog|jql|latest)(?:/.*)?": "no tickets",
    r"\w+ .*/rest/api/\w+/attachment/(?:meta|[^/]+/expand/.*)": "settings, and the list of files in an archive",
    r"\w+ .*/rest/api/\w+/comment/[^/]+/properties.*": "properties alone; with their comment they are read",
    r"\w+ .*/rest/api/\w+/issues?/(?:archive|unarchive|createmeta|limit|watching|properties|picker|events).*": (
        "about issues, and none of their content"
    ),
    r"\w+ .*/rest/agile/.*": "boards and sprints; their issues are read",
    r"\w+ .*/rest/(?:atlassian-connect|forge|greenhopper|dev-status|auth|plugins|insight|assets)/.*": "apps",
    r"\w+ .*/rest/api/\w+/(?:project|user|users|groupuserpicker|group|filter|dashboard|workflow|screens)(?:/.*)?": (
        "configuration and people, not tickets"
    ),
    r"\w+ .*/rest/api/\w+/(?:jql/.*|search/approximate-count)": "about queries, not tickets",
    r"\w+ .*/rest/api/\w+/issue/[^/]+/(?:transitions|editmeta|watchers|votes|properties|remotelink).*": (
        "what may be done to an issue"
    ),
    r"\w+ .*/rest/api/\w+/issue/[^/]+/worklog.*": "work logs: no metric of ours is made of them",
    r"GET .*/rest/api/\w+/bulk/issues/\w+": "what may be done to issues in bulk",
    r"\w+ .*/rest/servicedeskapi/(?:info|customer|organization|servicedesk|requesttype|knowledgebase|assets).*": (
        "people and configuration, not tickets"
    ),
    r"\w+ .*/rest/servicedeskapi/request/[^/]+/(?:participant|transition|approval|feedback|notification).*": (
        "who takes part and what may be done; satisfaction is read from the issue"
    ),
}
