"""What surrounds a pair: equal fields, time, the other candidates."""

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.query import Query
from supportctl.duplicates.rows import Array

SMALL = 1e-6
NEAR = 50
"""Best candidates that are compared with each other."""
UNKNOWN = -1.0


def of_fields(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    """Equal fields, weighted by how rare the value is. What one of the two does not say is neither equal nor not."""
    n = len(candidates)
    found: dict[str, Array] = {}
    agreed, differ, possible = np.zeros(n), np.zeros(n), 0.0
    for kind in now.index.kinds:
        value = query.fields.get(kind, -1)
        if value < 0:
            found[f"same_{kind}"] = np.full(n, UNKNOWN)
            continue
        other = now.index.field(kind)[candidates]
        weight = now.share(kind, value)
        same, unknown = other == value, other < 0
        found[f"same_{kind}"] = np.where(unknown, UNKNOWN, same * weight)
        agreed += same * weight
        differ += ~same & ~unknown
        possible += weight
    return found | {
        "agreed": agreed,
        "agreed_share": agreed / possible if possible else np.full(n, UNKNOWN),
        "differ": differ,
    }


def of_time(query: Query, now: AsOf, candidates: Array) -> dict[str, Array]:
    days = np.maximum(query.born - now.index.born[candidates], 0) / 86_400
    return {"days": np.log1p(days)}


def of_neighbours(now: AsOf, candidates: Array, scores: dict[str, Array]) -> dict[str, Array]:
    """The candidates among themselves: one whose like are also like the query is the likelier."""
    n = len(candidates)
    near = np.argsort(-scores["main"], kind="stable")[:NEAR]
    rows = now.index.words
    term, mark, row = rows.of(candidates[near])
    lent = rows.lent
    order = np.sort(term)
    distinct = order[np.diff(order, prepend=-1) > 0]
    lent[distinct] = np.arange(len(distinct))
    column = lent[term]
    lent[distinct] = -1
    dense = np.zeros((len(near), int(column.max(initial=0)) + 1), np.float32)
    dense[row, column] = terms.MAIN[mark] * now.idf[term]
    dense /= np.linalg.norm(dense, axis=1, keepdims=True) + SMALL
    alike = dense @ dense.T
    np.fill_diagonal(alike, 0)
    found: dict[str, Array] = {}

    def put(name: str, values: Array) -> None:
        found[name] = np.zeros(n)
        found[name][near] = values

    for name in ("main", "cov_t_any", "local", "cos_hh"):
        put(f"near_{name}", (alike * scores[name][near]).max(1, initial=0))
    main = scores["main"][near]
    put("near_sum", (alike * main).sum(1) / (float(main.sum()) + SMALL))
    put("near_mean", alike.mean(1) if len(near) else main)
    put("near_n", np.log1p((alike > 0.4).sum(1)))
    return found


def of_crowd(scores: dict[str, Array], days: Array) -> dict[str, Array]:
    """How sure the lists are: their best, and how many come close to it."""
    n = len(days)
    found: dict[str, Array] = {}
    for name in ("main", "letters", "pairs"):
        best = float(scores[name].max(initial=0))
        found[f"q_best_{name}"] = np.full(n, best)
        found[f"q_crowd_{name}"] = np.full(n, np.log1p((scores[name] > 0.6 * best).sum()))
    main = scores["main"]
    found["q_burst"] = np.full(n, np.log1p(((days < np.log1p(14)) & (main > 0.5 * main.max(initial=0))).sum()))
    return found


RANKED = (
    "main", "cos_tt", "cos_bb", "cos_hh", "letters", "meaning", "bm25", "pairs", "local", "cos_ii", "soft_q",
    "cov_t_any", "near_sum", "bm25_t", "jaccard", "soft_t_any", "local_cov_t", "title_set", "cov_any_t", "cov_start",
)  # fmt: skip
FUSED = ("main", "letters", "meaning", "bm25", "pairs", "cos_tt", "cos_hh", "local")


def of_places(scores: dict[str, Array], names: tuple[str, ...] = RANKED) -> dict[str, Array]:
    """Place in each list, and share of the list's best: what means the same on every site."""
    values = np.stack([scores[name] for name in names])
    places = np.empty(values.shape)
    np.put_along_axis(
        places, np.argsort(-values, axis=1, kind="stable"), np.arange(values.shape[1], dtype=float)[None, :], axis=1
    )
    logarithms = np.log1p(places)
    shares = values / (values.max(axis=1, initial=0, keepdims=True) + SMALL)
    found: dict[str, Array] = {}
    for at, name in enumerate(names):
        found[f"rank_{name}"], found[f"rel_{name}"] = logarithms[at], shares[at]
    fused = [at for at, name in enumerate(names) if name in FUSED]
    return found | {"fused": (1 / (10 + places[fused])).sum(0)} if fused else found
