"""From an answer's bytes to tickets, beside `json.loads` alone on the same bytes.

    python benchmarks/decode.py [--rounds 200] [--recordings DIR]

Bodies: a page of 100 tickets of each platform's sandbox, asked for as the adapters ask, and with ``--recordings``
the recorded ticket lists of at least 10 KB. Every round decodes each body once in each way, in turn, so that a slow
moment of the machine hits both. Printed: median microseconds per ticket, and the median of the rounds' ratios.
Not measured: the network, memory, and what `json.loads` users do next with the dictionaries they got.
"""

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

PLATFORMS = ("zendesk", "jsm", "servicenow")


class Body(NamedTuple):
    platform: str
    name: str
    content: bytes
    decode: Callable[[bytes], list[Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--recordings", type=Path, help="folder with recordings/<platform>/index.json")
    options = parser.parse_args()
    bodies = list(sandbox_bodies())
    if options.recordings:
        bodies += recorded_bodies(options.recordings)
    print(f"{options.rounds} rounds; microseconds per ticket, median")
    print(f"{'platform':<11} {'body':<44} {'tickets':>7} {'KB':>7} {'json.loads':>10} {'tickets':>9} {'ratio':>6}")
    for body in bodies:
        compare(body, options.rounds)


def compare(body: Body, rounds: int) -> None:
    tickets = len(body.decode(body.content))
    plain: list[float] = []
    ours: list[float] = []
    for number in range(rounds + 3):
        gc.collect(0)
        start = time.perf_counter()
        json.loads(body.content)
        middle = time.perf_counter()
        body.decode(body.content)
        end = time.perf_counter()
        if number >= 3:
            plain.append(middle - start)
            ours.append(end - middle)
    ratio = statistics.median(b / a for a, b in zip(plain, ours, strict=True))
    per_ticket = 1e6 / tickets
    print(
        f"{body.platform:<11} {body.name[:44]:<44} {tickets:>7} {len(body.content) / 1000:>7.1f} "
        f"{statistics.median(plain) * per_ticket:>10.1f} {statistics.median(ours) * per_ticket:>9.1f} {ratio:>6.2f}"
    )


def sandbox_bodies() -> Iterator[Body]:
    """One page per platform from a sandbox filled with the sample company, with its decoder."""
    from supportctl.adapters.base import LISTING, Selection
    from supportctl.adapters.registry import open_adapter, utc_now
    from supportctl.config import Auth, Profile
    from supportctl.sandbox.profiles import profiles
    from supportctl.sandbox.seeding import seed_store
    from supportctl.sandbox.server import serve
    from supportctl.sandbox.store import Store

    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "sandbox.db")
        seed_store(store)
        server = serve(store)
        try:
            for account in profiles(server.url):
                auth = Auth(kind=cast(Any, account["auth"]), user=account["user"])
                profile = Profile(
                    name=account["name"], platform=cast(Any, account["platform"]), url=account["url"], auth=auth
                )
                adapter = open_adapter(profile, secret=account["secret"])
                seen: list[tuple[str, str, int, bytes]] = []
                record_answers(adapter, seen)
                next(iter(adapter.search(Selection(now=utc_now()), LISTING)))
                method, path, status, content = max(seen, key=lambda answer: len(answer[3]))
                decoder = decoder_for(profile.platform, method, path, status)
                yield Body(profile.platform, f"sandbox, one page ({path})", content, decoder)
                adapter.close()
        finally:
            server.stop()


def record_answers(adapter: Any, into: list[tuple[str, str, int, bytes]]) -> None:
    """Keep every answer the adapter's transport gets."""
    transport = adapter.transport
    request = transport.request

    def recording(method: str, path: str, **options: Any) -> Any:
        answer = request(method, path, **options)
        into.append((method, path.partition("?")[0], answer.status, answer.content))
        return answer

    transport.request = recording


def recorded_bodies(folder: Path) -> list[Body]:
    """Recorded lists of tickets, the largest of each path."""
    found: dict[tuple[str, str], Body] = {}
    for platform in PLATFORMS:
        root = folder / "recordings" / platform
        for entry in json.loads((root / "index.json").read_text()):
            path = str(entry["path"]).partition("?")[0]
            content = (root / entry["file"]).read_bytes()
            if entry["kind"] != "recorded" or entry["status"] != 200 or len(content) < 10_000:
                continue
            decoder = decoder_for(platform, entry["method"], path, 200, objects="tickets")
            known = found.get((platform, path))
            if decoder is not None and (known is None or len(known.content) < len(content)):
                found[platform, path] = Body(platform, f"recorded {path}", content, decoder)
    return list(found.values())


def decoder_for(platform: str, method: str, path: str, status: int, objects: str | None = None) -> Any:
    """The decoder of a body told by method, path and status; None when it holds other ``objects``."""
    for each in import_module(f"supportctl.adapters.{platform}.bodies").decoders():
        if method in each.methods and each.path.fullmatch(path) and each.status(status):
            return each.decode if objects in (None, each.objects) else None
    return None


if __name__ == "__main__":
    main()
