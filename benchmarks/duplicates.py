"""What finding duplicates costs: index time, milliseconds a query, memory, adding tickets, space on disk.

    python benchmarks/duplicates.py [--sizes 10000 100000 1000000] [--queries 300] [--baselines 100000]

Tickets are made up: 200,000 words by Zipf's law, a third of each ticket's words from one of 2,000 subjects, codes of
its own, template lines in every third ticket; one in ten tells an older one again with half of its words. All were
created within a year, so the window of 365 days holds everything: the dearest case. Printed for each size: mean words
a ticket, how many different words, share of duplicates; then, as whole processes in turn, ours (index a file into a
store and save it; open it and ask; open it, add 1,000 tickets, save) and, up to --baselines tickets, bm25s,
scikit-learn's TF-IDF and rapidfuzz over titles, where they are installed (`pip install bm25s scikit-learn`). They
compare words only, hold everything in memory and print no reasons; what the answers are worth is measured elsewhere.
"cpu" is time of the processor, all processes of ours together, reading and saving included; it does not count waiting
for others. Peak memory ("MiB") is that of the process, "all" an upper bound of it with its workers; Linux only. Last
the growth: cost a ticket, and a query, at each size over those at the smallest.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

WORDS, SUBJECTS, OWN, COMMON = 200_000, 2_000, 300, 1.05
MEAN, TITLE = 190, 8
AGAIN = 0.1
START = 1_767_225_600  # 2026-01-01
YEAR = 365 * 86_400
ADDED = 1_000
COLUMNS = ("p50 ms", "p95 ms", "cpu ms", "MiB", "all")

PEAK = """
import json, resource, sys, time
def tell(**found):
    with open("/proc/self/status") as file:
        found["peak"] = int(next(line.split()[1] for line in file if line.startswith("VmHWM"))) * 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    found["worker"] = children.ru_maxrss * 1024
    found["cpu"] = time.process_time() + children.ru_utime + children.ru_stime
    print(json.dumps(found))
def spread(times):
    # Of (seconds, seconds of the processor).
    cpu = sorted(cpu for _, cpu in times)
    times = sorted(seconds for seconds, _ in times)
    at = lambda share: int(len(times) * share)
    return {"p50": times[at(0.5)] * 1000, "p95": times[at(0.95)] * 1000, "cpu50": cpu[at(0.5)] * 1000}
def clock():
    return time.perf_counter(), time.process_time()
def since(begin):
    return tuple(now - then for now, then in zip(clock(), begin))
"""
INDEX = """
def main():
    from pathlib import Path
    from supportctl.duplicates.intake import pages
    from supportctl.duplicates.source import Source
    from supportctl.duplicates.store import Store
    begin = time.perf_counter()
    with Source(sys.argv[1]) as source, Store.open(Path(sys.argv[2])) as store:
        store.fill(pages(source))
        index = time.perf_counter() - begin
        store.save()
    tell(index=index, seconds=time.perf_counter() - begin)
if __name__ == "__main__":
    main()
"""
ASK = """
from pathlib import Path
from supportctl.duplicates.query import known
from supportctl.duplicates.rank import FAST, Ranker
from supportctl.duplicates.store import Store
begin = time.perf_counter()
with Store.open(Path(sys.argv[2])) as store:
    now, ranker = store.now(), Ranker(store.index)
    many, asked = len(store), int(sys.argv[3])
    first = len(ranker.rank(now, known(store.index, many - 1, 365 * 86400.0), 10))
    seconds = time.perf_counter() - begin
    times = []
    for ticket in range(many - asked, many):
        begin = clock()
        ranker.rank(now, known(store.index, ticket, 365 * 86400.0), 10)
        times.append(since(begin))
    ranker, fast = Ranker(store.index, effort=FAST), []
    for ticket in range(many - asked, many):
        begin = clock()
        ranker.rank(now, known(store.index, ticket, 365 * 86400.0), 10)
        fast.append(since(begin))
    tell(seconds=seconds, fast=spread(fast), **spread(times))
"""
ADD = """
from pathlib import Path
from supportctl.duplicates.source import Source
from supportctl.duplicates.store import Store
begin = time.perf_counter()
with Source(sys.argv[3]) as source, Store.open(Path(sys.argv[2])) as store:
    opened = time.perf_counter() - begin
    print(store.add(source.tickets()), file=sys.stderr)
    added = time.perf_counter() - begin
    store.save()
tell(opened=opened, added=added, seconds=time.perf_counter() - begin)
"""
READ = """
def texts(both=True):
    with open(sys.argv[1], "rb") as file:
        for line in file:
            row = json.loads(line)
            yield row["title"] + ("\\n" + row["body"] if both else "")
asked = int(sys.argv[3])
begin = time.perf_counter()
"""
BM25S = (
    READ
    + """
import bm25s
every = list(texts())
tokens = bm25s.tokenize(every, stopwords="en", show_progress=False)
index = bm25s.BM25()
index.index(tokens, show_progress=False)
seconds = time.perf_counter() - begin
times = []
for text in every[-asked:]:
    begin = clock()
    index.retrieve(bm25s.tokenize([text], stopwords="en", show_progress=False), k=11, show_progress=False)
    times.append(since(begin))
tell(index=seconds, **spread(times))
"""
)
TFIDF = (
    READ
    + """
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
made = TfidfVectorizer(sublinear_tf=True, min_df=1, dtype=np.float32)
rows = made.fit_transform(texts())
seconds = time.perf_counter() - begin
every = list(texts())[-asked:]
times = []
for text in every:
    begin = clock()
    scores = (rows @ made.transform([text]).T).toarray().ravel()
    np.argpartition(-scores, 11)[:11]
    times.append(since(begin))
tell(index=seconds, **spread(times))
"""
)
FUZZY = (
    READ
    + """
from rapidfuzz import fuzz, process
every = [text.lower() for text in texts(both=False)]
seconds = time.perf_counter() - begin
times = []
for text in every[-min(asked, 50):]:
    begin = clock()
    process.extract(text, every, scorer=fuzz.token_set_ratio, limit=11)
    times.append(since(begin))
tell(index=seconds, **spread(times))
"""
)
BASELINES = {"bm25s": ("bm25s", BM25S), "TF-IDF (scikit-learn)": ("sklearn", TFIDF), "rapidfuzz, titles": ("", FUZZY)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--baselines", type=int, default=100_000, help="largest size at which others are measured")
    asked = parser.parse_args()
    growth: dict[str, list[tuple[int, float]]] = {}
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path, more = Path(folder) / "tickets.ndjson", Path(folder) / "more.ndjson"
            print(f"{size:,} tickets: {write(path, more, size)}", flush=True)
            print(f"{'':<24} {'index s':>8} {'cpu s':>7}" + "".join(f" {each:>7}" for each in COLUMNS))
            ours = measure(path, more, Path(folder) / "store", asked.queries)
            growth.setdefault("index", []).append((size, ours["index"] / size))
            growth.setdefault("query", []).append((size, ours["p50"]))
            if size > asked.baselines:
                print(f"{'':<24} others are measured up to {asked.baselines:,} tickets (--baselines)")
                continue
            for name, (module, program) in BASELINES.items():
                if module and importlib.util.find_spec(module) is None:
                    print(f"{name:<24} is not installed")
                    continue
                found = run(program, path, Path(folder), asked.queries)
                told(name, found)
                print(
                    f"{'':<24} ours takes {ours['index'] / found['index']:.2f} of its time to index,"
                    f" {ours['p50'] / found['p50']:.2f} a query"
                )
    for name, points in growth.items():
        print(f"growth of {name:<14} " + ", ".join(f"{cost / points[0][1]:.2f} at {size:,}" for size, cost in points))


def measure(path: Path, more: Path, store: Path, queries: int) -> dict[str, Any]:
    made = run(INDEX, path, store)
    asked = run(ASK, path, store, queries)
    size = sum(each.stat().st_size for each in store.iterdir())
    added = run(ADD, path, store, more)
    told("ours: index, ask", made | {name: asked[name] for name in ("p50", "p95", "cpu50")})
    fast = "".join(f" {asked['fast'][each]:>7.2f}" for each in ("p50", "p95", "cpu50"))
    print(f"{'  --fast':<24} {'':>16}{fast}")
    print(f"{'  saved after':<24} {made['seconds']:>8.1f} s; {size / 2**20:,.0f} MiB on disk, for")
    print(f"{'':<24} {path.stat().st_size / 2**20:,.0f} MiB of tickets")
    print(f"{'  opened, first answer':<24} {asked['seconds']:>8.1f} s {'':>15} {asked['peak'] / 2**20:>6.0f} MiB")
    print(
        f"{f'  {ADDED:,} tickets added':<24} {added['seconds']:>8.1f} s"
        f" (opened {added['opened']:.1f}, added {added['added'] - added['opened']:.1f},"
        f" saved {added['seconds'] - added['added']:.1f}) {added['peak'] / 2**20:.0f} MiB"
    )
    return made | {"p50": asked["p50"]}


def told(name: str, found: dict[str, Any]) -> None:
    cores = len(os.sched_getaffinity(0))
    together = found["peak"] + (cores * found["worker"] if name.startswith("ours") else 0)
    figures = f"{found['index']:>8.1f} {found['cpu']:>7.1f}"
    spread = "".join(f" {found[each]:>7.2f}" for each in ("p50", "p95", "cpu50"))
    print(f"{name:<24} {figures}{spread} {found['peak'] / 2**20:>7.0f} {together / 2**20:>7.0f}", flush=True)


def run(program: str, *arguments: object) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        # A file, not -c: worker processes import the program they belong to.
        script.write(PEAK + program)
        script.flush()
        done = subprocess.run(
            [sys.executable, script.name, *map(str, arguments)], stdout=subprocess.PIPE, check=True, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def write(path: Path, more: Path, size: int) -> str:
    """``size`` tickets to the one, `ADDED` newer ones to the other. Says what they are like."""
    words = again = 0
    seen = np.zeros(WORDS, bool)
    with path.open("wb") as file, more.open("wb") as later:
        for number, (row, used, same) in enumerate(_tickets(size + ADDED, seen)):
            line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
            if number < size:
                file.write(line)
                words += used
                again += same
            else:
                later.write(line)
    different = f"{int(seen.sum()):,} different ones besides codes"
    return f"{words / size:.0f} words each, {different}, {again / size:.0%} duplicates"


def _tickets(count: int, seen: np.ndarray[Any, Any]) -> Iterator[tuple[dict[str, Any], int, bool]]:
    random = np.random.default_rng(11)
    names = np.array(_vocabulary(random))
    upto = np.cumsum(1 / (np.arange(WORDS) + 10.0) ** COMMON)
    upto /= upto[-1]
    subjects = random.integers(200, WORDS, (SUBJECTS, OWN))
    kept: list[np.ndarray[Any, Any]] = []
    templates = [" ".join(names[random.integers(0, 5_000, 12)]) for _ in range(60)]
    for number in range(count):
        length = int(np.clip(random.lognormal(np.log(MEAN) - 0.32, 0.8), 8, 3_000))
        chosen = np.searchsorted(upto, random.random(TITLE + length))
        own = random.random(len(chosen)) < 1 / 3
        places = np.minimum(random.exponential(40, int(own.sum())), OWN - 1).astype(int)
        chosen[own] = subjects[random.integers(SUBJECTS), places]
        same = bool(kept) and random.random() < AGAIN
        if same:
            older = kept[random.integers(len(kept))]
            taken = random.random(len(chosen)) < 0.5
            chosen[taken] = np.resize(older, len(chosen))[taken]
        if len(kept) < 5_000:
            kept.append(chosen)
        else:
            kept[random.integers(5_000)] = chosen
        seen[chosen] = True
        text = names[chosen]
        body = [" ".join(text[at : at + 12]) + "." for at in range(TITLE, len(text), 12)]
        body.append(f"Error X{random.integers(1_000, 9_999)}-{names[chosen[0]].upper()} ref {random.integers(10**9)}")
        if random.random() < 1 / 3:
            body.insert(0, templates[random.integers(60)])
        yield (
            {
                "id": str(1_000_000 + number),
                "created_at": START + YEAR * number / count,
                "title": " ".join(text[:TITLE]),
                "body": "\n".join(body),
                "product": f"product {random.integers(30)}",
                "component": f"component {random.integers(200)}",
            },
            len(" ".join(body).split()) + TITLE,
            same,
        )


def _vocabulary(random: np.random.Generator) -> list[str]:
    syllables = [a + b for a in "bcdfghjklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found["".join(syllables[at] for at in random.integers(0, len(syllables), random.integers(2, 5)))] = None
    return list(found)


if __name__ == "__main__":
    main()
