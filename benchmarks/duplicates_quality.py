"""How well duplicates are found: this program beside BM25, TF-IDF, rapidfuzz and REP, in one run on the same tickets.

    pip install bm25s scikit-learn
    python benchmarks/duplicates_quality.py TICKETS.jsonl.gz GOLD.jsonl --start 2015-01-01 --test 2017-01-01 \\
        --end 2018-01-01

The protocol is that of "Duplicate Bug Report Detection: How Far Are We?" (TOSEM 2022): asked are the tickets created in
[test, end) with an older one of their cluster in [start, end); candidates are the older tickets of [start, end) whose
cluster was active at most --window days before; counted is the place of the own cluster among the distinct ones. A
query whose cluster is out of reach counts as a miss, and tied clusters share their mean place.

The others get the same words: `own_words` of the body, and the title. Their statistics are of all tickets of the time,
later ones too; ours are of those before each ticket, as `supportctl duplicates rank` does. REP is written from its
paper (Sun et al., ASE 2011) with its published start values, not the authors' program.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import chain, pairwise
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from supportctl.duplicates.calibration import bins
from supportctl.duplicates.evaluation import RANKS, Trial
from supportctl.duplicates.index import Index
from supportctl.duplicates.rank import FAST, THOROUGH, Ranker
from supportctl.duplicates.rows import Array
from supportctl.duplicates.source import Source
from supportctl.duplicates.ticket import Ticket
from supportctl.model.shares import wilson
from supportctl.text.cleaning import own_words, tokens

CUTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
DEFAULT = 0.5
"""`duplicates link` proposes from this confidence on."""
MOST = 90

Scorer = Callable[[int], Array]
"""From the number of a query to scores of the tickets before it."""


class Tracker:
    """The tickets of a time, numbered by age, as the others see them."""

    def __init__(self, tickets: list[Ticket], first: int) -> None:
        self.tickets, self.first = tickets, first
        self.titles = [each.title for each in tickets[first:]]
        self.bodies = [own_words(each.body) for each in tickets[first:]]
        self.texts = [f"{title}\n{body}" for title, body in zip(self.titles, self.bodies, strict=True)]

    def values(self, kind: str) -> list[str | None]:
        return [each.fields.get(kind) for each in self.tickets[self.first :]]


def bm25(tracker: Tracker) -> Scorer:
    import bm25s

    stored = bm25s.tokenize(tracker.texts, stopwords="en", show_progress=False)
    retriever = bm25s.BM25()
    retriever.index(stored, show_progress=False)
    words = {number: word for word, number in stored.vocab.items()}

    def scores(query: int) -> Array:
        asked = [words[each] for each in dict.fromkeys(stored.ids[query])]
        found: Array = retriever.get_scores(asked)[:query] if asked else np.zeros(query)
        return found

    return scores


def tfidf(tracker: Tracker) -> Scorer:
    """Words of the title (three times) and of the body, logarithmic counts, cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{title} " * 3 + body for title, body in zip(tracker.titles, tracker.bodies, strict=True)]
    rows = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    columns = rows.T.tocsc()

    def scores(query: int) -> Array:
        found: Array = (rows[query] @ columns).toarray().ravel()[:query]
        return found

    return scores


def titles(tracker: Tracker) -> Scorer:
    from rapidfuzz import fuzz, process, utils

    plain = [utils.default_process(each) for each in tracker.titles]

    def scores(query: int) -> Array:
        found: Array = process.cdist([plain[query]], plain[:query], scorer=fuzz.token_ratio, dtype=np.float32)[0]
        return found

    return scores


def rep(tracker: Tracker) -> Scorer:
    """0.9 BM25F of words + 0.2 of pairs + 2 for an equal product + 0.7 for an equal type; stop words left out."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    def read(text: str) -> list[str]:
        return [each for each in tokens(text) if each not in ENGLISH_STOP_WORDS]

    parts = [[read(each) for each in texts] for texts in (tracker.titles, tracker.bodies)]
    words = _bm25f(parts)
    pairs = _bm25f([[[f"{a} {b}" for a, b in pairwise(each)] for each in texts] for texts in parts])
    fields = {
        kind: np.array([hash(each) if each else 0 for each in tracker.values(kind)]) for kind in ("product", "type")
    }

    def scores(query: int) -> Array:
        found = 0.9 * words(query) + 0.2 * pairs(query)
        for kind, weight in (("product", 2.0), ("type", 0.7)):
            of = fields[kind]
            if of[query]:
                found += weight * (of[:query] == of[query])
        return found

    return scores


def _bm25f(
    parts: list[list[list[str]]], weights: tuple[float, ...] = (3.0, 1.0), b: tuple[float, ...] = (0.5, 1.0)
) -> Scorer:
    """Title and body; k1 2, k3 0: each term of the query counts once."""
    from scipy.sparse import csr_matrix

    numbers: dict[str, int] = {}
    for document in chain.from_iterable(parts):
        for word in document:
            numbers.setdefault(word, len(numbers))
    tickets = len(parts[0])
    total: Any = 0
    for documents, weight, part in zip(parts, weights, b, strict=True):
        row = np.repeat(np.arange(tickets), [len(each) for each in documents])
        column = np.array([numbers[word] for word in chain.from_iterable(documents)], np.int64)
        length = np.array([len(each) for each in documents]) / max(1e-9, len(column) / tickets)
        counted = csr_matrix((np.ones(len(row)), (row, column)), shape=(tickets, len(numbers)))
        counted.data *= np.repeat(weight / np.maximum(1e-9, 1 - part + part * length), np.diff(counted.indptr))
        total = total + counted
    total = csr_matrix(total)
    total.data = total.data / (2 + total.data)
    columns = total.tocsc()
    idf = np.log(tickets / np.maximum(1, np.diff(columns.indptr)))

    def scores(query: int) -> Array:
        asked = total.indices[total.indptr[query] : total.indptr[query + 1]]
        found: Array = (columns[:, asked] @ idf[asked])[:query]
        return found

    return scores


def place(trial: Trial, query: int, scores: Array) -> float:
    """Of the own cluster among those within reach, by each one's best ticket; `scores` of the tickets before it."""
    best: dict[int, float] = {}
    for ticket, score in zip(range(trial.first, query), scores.tolist(), strict=True):
        name = trial.name[ticket]
        if score > best.get(name, 0.0):
            best[name] = score
    own = best.get(trial.name[query])
    if own is None or not trial.reachable(trial.name[query], query):
        return inf
    rivals = [name for name, score in best.items() if score >= own and trial.reachable(name, query)]
    tied = sum(best[name] == own for name in rivals) - 1
    return len(rivals) - tied / 2


def row(name: str, places: list[float], count: int, seconds: float) -> str:
    shares = [f"{sum(each <= k for each in places) / count:.3f}" for k in RANKS]
    mean = f"{sum(1 / each for each in places) / count:.3f}"
    return f"| {name} | " + " | ".join([*shares, mean]) + f" | {1000 * seconds / count:.1f} |"


def links(trial: Trial, first: list[tuple[int, int, float]]) -> list[str]:
    """One proposed link per ticket of the test time: how many are right from each confidence on."""
    sure = np.array([each[2] for each in first])
    right = np.array([trial.name[of] == trial.name[ticket] and of >= trial.first for ticket, of, _ in first])
    count = len(trial.queries)
    out = ["", "| confidence from | links | right | precision | 95 in 100 | recall |", "|---|---|---|---|---|---|"]
    for cut in CUTS:
        kept = sure >= cut
        of, good = int(kept.sum()), int(right[kept].sum())
        share = wilson(good, of)
        low, high = (0.0, 1.0) if share is None else (share.low, share.high)
        precision = "-" if share is None else f"{share.value:.3f}"
        mark = " (default)" if cut == DEFAULT else ""
        out.append(f"| {cut}{mark} | {of} | {good} | {precision} | {low:.2f} to {high:.2f} | {good / count:.3f} |")
    out += ["", "| predicted from | tickets | predicted | found |", "|---|---|---|---|"]
    out += [
        f"| {each['from']} | {each['pairs']:,} | {each['predicted']} | {each['found']} |"
        for each in bins(sure, right.astype(float))
    ]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tickets")
    parser.add_argument("gold", type=Path)
    for name in ("start", "test", "end"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--window", type=int, default=365)
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--wrong", type=Path, help="write the surest links that are not in GOLD here")
    a = parser.parse_args()
    start, test, end = (
        datetime.fromisoformat(getattr(a, n)).replace(tzinfo=UTC).timestamp() for n in ("start", "test", "end")
    )
    with Source(a.tickets) as source:
        tickets = [each for each in source.tickets() if each.born < end]
    at = {each.id: number for number, each in enumerate(tickets)}
    cluster, names = np.full(len(tickets), -1), dict[str, int]()
    for line in a.gold.read_text(encoding="utf-8").splitlines():
        known = json.loads(line)
        if known["id"] in at:
            cluster[at[known["id"]]] = names.setdefault(known["cluster"], len(names))
    trial = Trial(np.array([each.born for each in tickets]), cluster, test=test, start=start, end=end, days=a.window)
    queries = sorted(trial.queries)
    reach = sum(trial.reachable(trial.name[each], each) for each in queries)
    print(f"{trial.end - trial.first:,} tickets, {len(queries)} asked, of {reach} the cluster is within reach\n")
    print("| | RR@1 | RR@5 | RR@10 | RR@20 | MAP | ms/query |\n|---|---|---|---|---|---|---|", flush=True)
    if not a.ours_only:
        tracker = Tracker(tickets, trial.first)
        for name, made in (
            ("BM25 (bm25s)", bm25),
            ("TF-IDF (scikit-learn)", tfidf),
            ("titles (rapidfuzz)", titles),
            ("REP", rep),
        ):
            scorer = made(tracker)
            began = time.process_time()
            scored = [(query, scorer(query - trial.first)) for query in queries]
            seconds = time.process_time() - began
            print(row(name, [place(trial, query, found) for query, found in scored], len(queries), seconds), flush=True)
    index = Index()
    index.add(tickets)
    first: list[tuple[int, int, float]] = []
    for name, effort in (("supportctl --fast", FAST), ("supportctl", THOROUGH)):
        places, first = [], []
        began = time.process_time()
        for ticket, found in Ranker(index, effort=effort).all(trial.test, trial.end, days=a.window, most=MOST):
            if ticket in trial.queries:
                places.append(trial.place(ticket, [each.ticket for each in found]))
            if found:
                first.append((ticket, found[0].ticket, found[0].confidence))
        seconds = (time.process_time() - began) * len(queries) / max(1, trial.end - trial.test)
        print(row(name, places, len(queries), seconds), flush=True)
    print("\n".join(links(trial, first)))
    if a.wrong:
        wrong = sorted(
            (each for each in first if trial.name[each[0]] != trial.name[each[1]]), key=lambda each: -each[2]
        )
        a.wrong.write_text(
            "".join(
                json.dumps({"id": tickets[t].id, "of": tickets[o].id, "confidence": round(sure, 3)}) + "\n"
                for t, o, sure in wrong[:200]
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
