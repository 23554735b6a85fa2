"""What the redactor finds and what it leaves alone, beside what other tools were measured at on the same data.

``python benchmarks/redaction.py --data DIR`` with the folder that holds ``pii/``, ``har/`` and ``logs/``. Values are
never printed. The figures of other tools are those published with the data (the same spans, the same scoring).
"""

import argparse
import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from supportctl.evidence.redact import Source, redact
from supportctl.evidence.redact.detectors import find

KINDS = {
    "EMAIL_ADDRESS": "EMAIL", "CREDIT_CARD": "CARD", "IBAN_CODE": "IBAN", "US_SSN": "NATIONAL_ID", "IP_ADDRESS": "IP",
    "DOMAIN_NAME": "HOST", "PHONE_NUMBER": "PHONE",
}  # fmt: skip
OTHERS = {
    "EMAIL": ("1.00/1.00", "1.00/.98", "1.00/1.00"),
    "CARD": (".77/1.00", ".86/1.00", ".38/1.00"),
    "IBAN": ("1.00/1.00", "0", "0"),
    "NATIONAL_ID": ("1.00/1.00", "1.00/.94", "1.00/1.00"),
    "IP": ("1.00/1.00", "0", ".93/.87"),
    "HOST": ("1.00/.43", "1.00/1.00", "0"),
    "PHONE": (".59/.73", ".19/.94", ".20/1.00"),
}
"""Recall/precision of presidio with a blank model, scrubadub and datafog on synth_dataset_v2."""
SANITIZERS = (("Cloudflare, its page as it comes", 1314), ("Cloudflare, everything ticked", 34), ("Chrome's rule", 323))
"""Values still present in 125 other HAR files, of 1,375."""


def prose(path: Path) -> None:
    """Recall (same kind, overlapping), precision, and spans of which every letter and digit is covered."""
    texts = json.loads(path.read_text())
    gold, hit, hidden, found, right = Counter[str](), Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for text in texts:
        whole = text["full_text"]
        spots = find(whole, "prose")
        spans = [
            (each["start_position"], each["end_position"], KINDS.get(each["entity_type"])) for each in text["spans"]
        ]
        for start, end, kind in spans:
            if kind is None:
                continue
            gold[kind] += 1
            hit[kind] += any(spot.kind == kind and spot.start < end and start < spot.end for spot in spots)
            hidden[kind] += all(
                not whole[at].isalnum() or any(spot.start <= at < spot.end for spot in spots)
                for at in range(start, end)
            )
        for spot in spots:
            found[spot.kind] += 1
            right[spot.kind] += any(
                kind == spot.kind and start < spot.end and spot.start < end for start, end, kind in spans
            )
    others = OTHERS if path.stem == "synth_dataset_v2" else {}
    print(f"\n{path.name}: {len(texts)} texts\n")
    print("| kind | n | recall | precision | hidden whole | presidio R/P | scrubadub R/P | datafog R/P |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in sorted({*gold, *found}):
        n, told = gold[kind], found[kind]
        recall = f"{hit[kind] / n:.3f}" if n else "-"
        precision = f"{right[kind] / told:.3f}" if told else "-"
        whole_share = f"{hidden[kind] / n:.3f}" if n else "-"
        print(
            f"| {kind} | {n} | {recall} | {precision} | {whole_share} | {' | '.join(others.get(kind, ('', '', '')))} |"
        )


_STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T_][0-9:.]{8,}|[A-Z][a-z]{2} [ 0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}|^[0-9]{6} [0-9]{6}",
    re.MULTILINE,
)
_REQUEST = re.compile(
    r"\breq-[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\bblk_-?[0-9]+"
)
_ADDRESS = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.]*[0-9])")


def logs(folder: Path) -> None:
    print(
        "\nLogs: system logs hold next to no personal data, so all but addresses and accounts would be false alarms\n"
    )
    print("| log | lines | replaced | times kept | ids kept | groups of addresses kept |")
    print("|---|---|---|---|---|---|")
    for path in sorted(folder.glob("*.log")):
        data = path.read_bytes()
        [done] = redact([Source(path.name, data)]).files
        before, after = data.decode(errors="replace"), (done.data or b"").decode(errors="replace")
        kept = [f"{len(form.findall(after))}/{len(form.findall(before))}" for form in (_STAMP, _REQUEST)]
        public = sorted(n for value, n in Counter(_ADDRESS.findall(before)).items() if value not in after)
        tokens = sorted(Counter(re.findall(r"\[IP_[0-9]+\]", after)).values())
        told = ", ".join(f"{kind} {n}" for kind, n in done.counts.items()) or "nothing"
        same = "yes" if public == tokens else f"no ({len(public)} to {len(tokens)})"
        print(f"| {path.name} | {before.count(chr(10))} | {told} | {kept[0]} | {kept[1]} | {same} |")


# An oracle for HAR files, written apart from the redactor: it shares no list, no pattern and no walker with it.
_SENSITIVE = re.compile(
    r"pass|pwd|token|secret|api.?key|access.?key|session|^sid$|^code$|^state$|^nonce$|auth|signature|^sig$|credential|"
    r"saml|assertion|csrf|xsrf|otp|jwt|verifier",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(r"type|expires|url|uri|name$|count|length|method|limit", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,12}")
_WEB_TOKEN = re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{5,}\.([\w-]{16,})")


def secrets_of(har: Any, text: str) -> set[str]:
    """Cookie values, sensitive parameters, credentials of headers, signatures of web tokens, e-mail addresses."""
    found: set[str] = set()
    for entry in har.get("log", {}).get("entries") or []:
        if not isinstance(entry, dict):
            continue
        for side in (entry.get("request"), entry.get("response")):
            if isinstance(side, dict):
                found |= set(_of_message(side))
    found |= {match[1] for match in _WEB_TOKEN.finditer(text)}
    found |= {
        mail for mail in _MAIL.findall(text)
        if not mail.lower().endswith((".png", ".jpg", ".gif", ".js", ".css", ".svg", ".webp"))
    }  # fmt: skip
    return found


def _of_message(side: dict[str, Any]) -> Iterator[str]:
    for cookie in side.get("cookies") or []:
        if isinstance(cookie, dict) and len(str(cookie.get("value", ""))) >= 8:
            yield str(cookie["value"])
    for header in side.get("headers") or []:
        name, value = str(header.get("name", "")).lower(), str(header.get("value", ""))
        if name == "cookie":
            for part in value.split(";"):
                _, _, cookie = part.strip().partition("=")
                if len(cookie) >= 8:
                    yield cookie
        elif name == "set-cookie":
            for line in value.splitlines():
                cookie = line.partition(";")[0].partition("=")[2]
                if len(cookie) >= 8:
                    yield cookie
        elif name in ("authorization", "proxy-authorization", "x-api-key", "x-amz-security-token", "x-csrf-token"):
            credentials = value.split(" ")[-1]
            if len(credentials) >= 8:
                yield credentials
    pairs = [(str(p.get("name")), str(p.get("value"))) for p in side.get("queryString") or [] if isinstance(p, dict)]
    post = side.get("postData") or {}
    pairs += [(str(p.get("name")), str(p.get("value"))) for p in post.get("params") or [] if isinstance(p, dict)]
    pairs += parse_qsl(str(post.get("text") or "")) if "=" in str(post.get("text") or "")[:200] else []
    pairs += parse_qsl(urlsplit(str(side.get("url", ""))).query)
    for name, value in pairs:
        if len(value) >= 8 and _SENSITIVE.search(name) and not _NO_SECRET.search(name):
            yield value


def left(value: str, output: str) -> bool:
    forms = {
        value,
        quote(value, safe=""),
        quote_plus(value),
        json.dumps(value)[1:-1],
        quote(quote(value, safe=""), safe=""),
    }
    forms.add(base64.b64encode(value.encode("utf-8", "surrogatepass")).decode().rstrip("="))
    return any(form in output for form in forms)


_IDS = re.compile(
    r"request-id|trace|cf-ray|amz-cf-id|amz-request-id|served-by|server-timing|correlation", re.IGNORECASE
)


def ids_of(har: Any) -> list[str]:
    """Values of headers that name a request."""
    found = []
    for entry in har.get("log", {}).get("entries") or []:
        for side in ("request", "response"):
            headers = ((entry or {}).get(side) or {}).get("headers") or []
            found += [str(header.get("value")) for header in headers if _IDS.search(str(header.get("name")))]
    return found


def _entries(har: Any) -> int:
    return len((har.get("log") or {}).get("entries") or [])


def hars(folder: Path) -> None:
    files = values = leaks = valid = kept = ids = entries = same = broken = 0
    for path in sorted(folder.rglob("*.har")):
        data = path.read_bytes()
        packet = redact([Source(path.name, data)])
        [done] = packet.files
        files += 1
        output = (done.data or b"").decode(errors="replace").lstrip("\ufeff")
        try:
            har = json.loads(data.decode("utf-8-sig"))
        except ValueError:
            broken += done.data is not None
            continue
        after = json.loads(output)
        valid += 1
        secret = secrets_of(har, data.decode("utf-8-sig"))
        values += len(secret)
        residual = [value for value in secret if left(value, output)]
        leaks += len(residual)
        if residual:
            shapes = Counter(re.sub(r"[a-z]+", "a", re.sub(r"[0-9]+", "9", value.lower()))[:24] for value in residual)
            print(f"  {path.name}: {len(residual)} still there, by shape: {dict(shapes.most_common(6))}")
        ids += len(ids_of(har))
        kept += sum(one == other for one, other in zip(ids_of(har), ids_of(after), strict=True))
        entries += 1
        same += _entries(har) == _entries(after)
    print(f"\nHAR: {files} files, {valid} valid before and after, {broken} broken ones handled")
    print(f"  entries unchanged in {same}/{entries}; request ids kept {kept}/{ids}")
    print(f"  secret values still present by an oracle of its own: {leaks} of {values}")
    print("  others on 125 other files, of 1,375 values: " + "; ".join(f"{name} {n}" for name, n in SANITIZERS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    for path in sorted((folder / "pii").glob("*.json")):
        prose(path)
    logs(folder / "logs")
    hars(folder / "har")


if __name__ == "__main__":
    main()
