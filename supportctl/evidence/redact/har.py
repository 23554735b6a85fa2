"""HAR files: what browsers record of their requests. Names, times, sizes, states and request ids stay.

The format: HTTP Archive 1.2, and what Chrome, Firefox, Safari, Charles, Insomnia and proxies make of it.
"""

from collections.abc import Callable
from typing import Any

from supportctl.evidence.redact import bodies, tree
from supportctl.evidence.redact.names import KEEP, SECRET, meaning
from supportctl.evidence.redact.scrubber import Scrubber
from supportctl.evidence.redact.words import words_of

STRUCTURE = words_of(
    """
    log version creator browser pages entries name value comment pageref startedDateTime time request response cache
    timings serverIPAddress connection method url httpVersion cookies headers queryString postData headersSize bodySize
    mimeType text params fileName contentType status statusText content redirectURL size compression encoding id title
    pageTimings onContentLoad onLoad path domain expires httpOnly secure sameSite blocked dns connect send wait receive
    ssl beforeRequest afterRequest lastAccess eTag hitCount
    """
)
KEPT = words_of(
    """
    startedDateTime time timings status httpVersion method headersSize bodySize size compression encoding mimeType
    version pageTimings _resourceType _priority _transferSize _fetchType onLoad onContentLoad expires httpOnly secure
    sameSite
    """
)
"""Fields that hold facts about the exchange and nothing of its content."""
_MOST_CALM = 100_000
_FLAT = frozenset({int, float, bool, type(None)})

Walk = Callable[[Any, Scrubber], Any]


def is_har(data: Any) -> bool:
    log = data.get("log") if isinstance(data, dict) else None
    return isinstance(log, dict) and ("entries" in log or "creator" in log or "pages" in log)


def walk(data: dict[str, Any], scrubber: Scrubber, *, before: Any = None) -> dict[str, Any]:
    """``before``: the document as it was walked already; entries that are the same objects stay as they are."""
    log = data["log"]
    done = before["log"].get("entries") if before is not None else None
    known = {id(each) for each in done} if isinstance(done, list) else frozenset[int]()

    def entry(node: Any, scrubber: Scrubber) -> Any:
        return node if id(node) in known else _entry(node, scrubber)

    out = {name: each if name == "log" else tree.walk(each, scrubber) for name, each in data.items()}
    out["log"] = _each(log, scrubber, {"entries": _list(entry), "pages": _list(_page)})
    return out


def value(names: tuple[str, ...], node: Any, scrubber: Scrubber) -> Any:
    """One value of a long list that ``names`` lead to."""
    step = {("log", "entries"): _entry, ("log", "pages"): _page}.get(names[:2]) if len(names) == 2 else None
    return tree.field(names, node, scrubber) if step is None else step(node, scrubber)


def _each(node: Any, scrubber: Scrubber, known: dict[str, Walk]) -> Any:
    """Fields with a walk of their own, facts that stay, and the rest as any JSON."""
    if not isinstance(node, dict):
        return tree.walk(node, scrubber)
    out: dict[str, Any] = {}
    for name, value in node.items():
        step = known.get(name)
        if step is not None:
            out[name] = step(value, scrubber)
        elif name in KEPT and _short(value):
            out[name] = value
        else:
            out[name] = tree.walk(value, scrubber)
    return out


def _short(value: Any) -> bool:
    """A number, a word, or a flat list of them such as the phases of a request."""
    if type(value) is str:
        return len(value) < 100
    if type(value) is dict:
        return len(value) < 20 and _FLAT.issuperset(map(type, value.values()))
    return type(value) is not list


def _list(step: Walk) -> Walk:
    def steps(node: Any, scrubber: Scrubber) -> Any:
        return [step(each, scrubber) for each in node] if isinstance(node, list) else tree.walk(node, scrubber)

    return steps


def _entry(node: Any, scrubber: Scrubber) -> Any:
    return _each(node, scrubber, _ENTRY)


def _page(node: Any, scrubber: Scrubber) -> Any:
    return _each(node, scrubber, {"title": _text})


def _request(node: Any, scrubber: Scrubber) -> Any:
    return _each(node, scrubber, _REQUEST)


def _response(node: Any, scrubber: Scrubber) -> Any:
    return _each(node, scrubber, _RESPONSE)


def _text(node: Any, scrubber: Scrubber) -> Any:
    return tree.leaf(node, scrubber) if isinstance(node, str) else tree.walk(node, scrubber)


def _pairs(named: Callable[[str, str, Scrubber], str]) -> Walk:
    """A list of names with values; those in which there was nothing to do are known again."""

    def pairs(node: Any, scrubber: Scrubber) -> Any:
        if not isinstance(node, list):
            return tree.walk(node, scrubber)
        calm = scrubber.calm.setdefault(named, set())
        return [
            each if type(each) is dict and len(each) == 2 and _known(each, calm) else _pair(each, named, calm, scrubber)
            for each in node
        ]

    return pairs


def _known(node: dict[str, Any], calm: set[tuple[str, str]]) -> bool:
    name, value = node.get("name"), node.get("value")
    return type(name) is str and type(value) is str and (name, value) in calm


def _pair(node: Any, named: Callable[[str, str, Scrubber], str], calm: set[tuple[str, str]], scrubber: Scrubber) -> Any:
    if not isinstance(node, dict) or not isinstance(node.get("value"), str):
        return tree.walk(node, scrubber)
    name = node["name"] if isinstance(node.get("name"), str) else ""
    value = named(name, node["value"], scrubber)
    walked = _each({key: each for key, each in node.items() if key != "value"}, scrubber, {"name": _name})
    told = {key: value if key == "value" else walked[key] for key in node}
    if len(node) == 2 and len(calm) < _MOST_CALM and told == node:
        calm.add((name, value))
    return told


def _name(node: Any, scrubber: Scrubber) -> Any:
    return scrubber.text(node, "json") if isinstance(node, str) and len(node) > 5 else node


def _cookie(_name: str, value: str, scrubber: Scrubber) -> str:
    return scrubber.cookie(value)


def header(name: str, value: str, scrubber: Scrubber) -> str:
    """The value of one header."""
    folded = name.lower()
    if folded in ("cookie", "cookie2"):
        return scrubber.cookies(value)
    if folded in ("set-cookie", "set-cookie2"):
        return "\n".join(scrubber.cookies(line) for line in value.split("\n"))
    if folded in ("authorization", "proxy-authorization"):
        return scrubber.credentials(value)
    if folded in ("www-authenticate", "proxy-authenticate", "date", "etag", "if-none-match"):
        return value
    if folded == ":path":
        return url(value, scrubber)
    if meaning(name) in (SECRET, KEEP):
        return scrubber.named(name, value, "json")
    return tree.leaf(value, scrubber)


def _header(name: str, value: str, scrubber: Scrubber) -> str:
    return header(name, value, scrubber)


def _parameter(name: str, value: str, scrubber: Scrubber) -> str:
    return scrubber.named(name, value, "json", query=True)


def url(text: str, scrubber: Scrubber) -> str:
    return scrubber.text(text, "json")


def _url(node: Any, scrubber: Scrubber) -> Any:
    return url(node, scrubber) if isinstance(node, str) else tree.walk(node, scrubber)


def _post(node: Any, scrubber: Scrubber) -> Any:
    if not isinstance(node, dict):
        return tree.walk(node, scrubber)
    mime = node.get("mimeType")
    told = _each(node, scrubber, {"text": _same, "params": _pairs(_parameter)})
    if isinstance(text := node.get("text"), str):
        told["text"] = bodies.body(text, mime if isinstance(mime, str) else "", scrubber)
    return told


def _content(node: Any, scrubber: Scrubber) -> Any:
    if not isinstance(node, dict):
        return tree.walk(node, scrubber)
    mime, encoding = node.get("mimeType"), node.get("encoding")
    told = _each(node, scrubber, {"text": _same})
    if isinstance(text := node.get("text"), str):
        kind = mime if isinstance(mime, str) else ""
        if encoding == "base64":
            told["text"], still = bodies.packed(text, kind, scrubber)
            if not still:
                told.pop("encoding", None)
        else:
            told["text"] = bodies.body(text, kind, scrubber)
    return told


def _same(node: Any, _scrubber: Scrubber) -> Any:
    return node


def _message(node: Any, scrubber: Scrubber) -> Any:
    if not isinstance(node, dict) or not isinstance(node.get("data"), str):
        return tree.walk(node, scrubber)
    told = _each({key: each for key, each in node.items() if key != "data"}, scrubber, {})
    text = (
        bodies.packed(node["data"], "", scrubber)[0]
        if node.get("opcode") == 2
        else bodies.body(node["data"], "", scrubber)
    )
    return {key: text if key == "data" else told[key] for key in node}


_ENTRY: dict[str, Walk] = {
    "request": _request, "response": _response, "_webSocketMessages": _list(_message), "serverIPAddress": _text,
}  # fmt: skip
_REQUEST: dict[str, Walk] = {
    "url": _url, "headers": _pairs(_header), "cookies": _pairs(_cookie),
    "queryString": _pairs(_parameter), "postData": _post,
}  # fmt: skip
_RESPONSE: dict[str, Walk] = {
    "headers": _pairs(_header), "cookies": _pairs(_cookie), "content": _content, "redirectURL": _url,
}  # fmt: skip
