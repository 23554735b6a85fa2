"""What decoding leaves out on purpose, and why. `tests/recordings` holds the adapter to this list.

A pattern is a path of segments joined by slashes (field names hold dots); ``*`` is one segment.
"""

from supportctl.adapters.servicenow.tables import DATE_NAMES

_LINK = "the API address of the referenced record: the instance, its table and the sys_id that is read"
_SHOWN = "the same moment in the reader's own zone and format; the UTC value is read"
_FLAT = "the API address of the referenced record, as warehouses store it; the value beside it is read"

IGNORED: dict[str, str] = (
    {
        "result/*/link": _LINK,
        "result/*/*/link": _LINK,
        "*/*_link": _FLAT,
    }
    | {f"result/{name}/display_value": _SHOWN for name in sorted(DATE_NAMES)}
    | {f"result/*/{name}/display_value": _SHOWN for name in sorted(DATE_NAMES)}
)

_KNOWLEDGE = "knowledge articles, not tickets"
_IMPORT = "bulk imports through staging tables, which the tool does not use"

OUT_OF_SCOPE: dict[str, str] = {
    r"(GET|POST) /api/sn_km_api/.*": _KNOWLEDGE,
    r"(GET|POST) /api/now/import/.*": _IMPORT,
    r".* /oauth_token\.do": "credentials: read by the sign-in, never shown",
    r"POST .*\(request body\)": "what a client sends",
    r"GET /api/now/table/cmdb_\w+( \(headers only\))?": "configuration items, not tickets",
}
