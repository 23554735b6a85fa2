"""Titles: runs of letters (typing errors, endings, any script), and words that are used alike."""

import numpy as np
from rapidfuzz import fuzz, process

from supportctl.duplicates import terms
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.latent import Latent
from supportctl.duplicates.query import Query, main_weights, match
from supportctl.duplicates.rows import Array, Sums

SMALL = 1e-6
STARTS = terms.STARTS


def of_letters(now: AsOf, query: Query, candidates: Array) -> Array:
    """Cosine of the runs of letters."""
    n = len(candidates)
    m = match(now.index.letters, query.letters, candidates)
    q_run, q_times = query.letters
    square = now.idf_letters[m.term] ** 2 * m.mark
    own = float(np.sqrt((now.idf_letters[q_run] ** 2 * q_times).sum())) + SMALL
    length = np.sqrt(Sums(m.row, n)(square)) + SMALL
    found = Sums(m.row[m.shared], n)(square[m.shared])
    cosines: Array = np.minimum(found / (length * own), 1)
    return cosines


def of_spelling(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    titles = [each.lower() for each in now.index.titles.of(candidates)]
    scorers = {
        "ratio": fuzz.ratio,
        "sorted": fuzz.token_sort_ratio,
        "set": fuzz.token_set_ratio,
        "partial": fuzz.partial_ratio,
    }
    own = [query.title.lower()]
    return {
        f"title_{name}": process.cdist(own, titles, scorer=scorer, dtype=np.float32)[0] / 100
        for name, scorer in scorers.items()
    }


def of_meaning(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    """By the directions of the words: of whole tickets, and word by word of the titles (the best partner counts)."""
    n = len(candidates)
    names = ("meaning", "soft_q", "soft_c", "soft_worst", "soft_t_any")
    learned = now.latent
    if learned is None:
        return {name: np.zeros(n) for name in names}
    rows = now.index.words
    q_term, q_mark = query.words
    own = (main_weights(now, query.words) * STARTS[q_mark]) @ learned.vectors[learned.number[q_term]]
    meaning = now.directions(candidates) @ (own / (float(np.linalg.norm(own)) + SMALL))
    q_title = q_term[q_mark & terms.TITLE_BIT > 0]
    if not len(q_title):
        return {"meaning": meaning} | {name: np.zeros(n) for name in names[1:]}
    term, mark, row = rows.of(candidates)
    start = np.nonzero(STARTS[mark] > 0)[0]
    s_term, s_row = term[start], row[start]
    title = np.nonzero(mark[start] & terms.TITLE_BIT)[0]
    alike = _alike(learned, s_term, q_title)
    weight = now.idf[q_title]
    best, anywhere = _best(alike[title], s_row[title], n), _best(alike, s_row, n)
    c_weight = now.idf[s_term[title]]
    c_sum = np.bincount(s_row[title], c_weight, minlength=n) + SMALL
    return {
        "meaning": meaning,
        "soft_q": (best * weight).sum(1) / (float(weight.sum()) + SMALL),
        "soft_c": np.bincount(s_row[title], alike[title].max(1) * c_weight, minlength=n) / c_sum,
        "soft_worst": best.min(1),
        "soft_t_any": (anywhere * weight).sum(1) / (float(weight.sum()) + SMALL),
    }


def _alike(learned: Latent, term: Array, asked: Array) -> Array:
    """How near each of the terms is to each that is asked for: 1 where they are the same."""
    different, which = np.unique(term, return_inverse=True)
    near = learned.units[learned.number[different]] @ learned.units[learned.number[asked]].T
    near = np.maximum(near, different[:, None] == asked[None, :])
    found: Array = near[which]
    return found


def _best(alike: Array, row: Array, rows: int) -> Array:
    """Per row (ascending) the largest of each column."""
    found = np.zeros((rows, alike.shape[1]), np.float32)
    if len(row):
        first = np.nonzero(np.diff(row, prepend=-1))[0]
        found[row[first]] = np.maximum.reduceat(alike, first, axis=0)
    return found
