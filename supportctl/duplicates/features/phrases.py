"""Pairs of neighbouring words, and whole lines (messages, stack frames), in common."""

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.query import Query, match
from supportctl.duplicates.rows import Array, Sums, largest

SMALL = 1e-6


def of_pairs(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    n = len(candidates)
    m = match(now.index.pairs, query.pairs, candidates)
    q_idf, idf = now.idf_pairs[query.pairs[0]], now.idf_pairs[m.term]
    q_title, c_title = terms.IN_TITLE[query.pairs[1]], terms.IN_TITLE[m.mark]
    row, i = m.row[m.shared], idf[m.shared]
    t_q, t_c = q_title[m.own], c_title[m.shared]

    total, of_all = Sums(row, n), Sums(m.row, n)
    length = np.sqrt(of_all(idf * idf)) + SMALL
    length_t = np.sqrt(of_all(idf * idf * c_title)) + SMALL
    own = float(np.sqrt((q_idf * q_idf).sum())) + SMALL
    own_t = float(np.sqrt((q_idf * q_idf * q_title).sum())) + SMALL
    return {
        "pairs": total(i * i) / (length * own),
        "pairs_tt": total(i * i * t_q * t_c) / (length_t * own_t),
        "pairs_t_any": total(i * i * np.maximum(t_q, t_c)) / (length * own),
        "cov_pairs_t": total(i * t_q) / (float((q_idf * q_title).sum()) + SMALL),
        "n_pairs": np.log1p(total(np.ones(len(row)))),
    }


def of_lines(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    n = len(candidates)
    m = match(now.index.lines, query.lines, candidates)
    idf = now.idf_lines[m.term]
    row, i = m.row[m.shared], idf[m.shared]
    shared = np.bincount(row, i, minlength=n)
    return {
        "lines": np.log1p(shared),
        "lines_q": shared / (float(now.idf_lines[query.lines[0]].sum()) + SMALL),
        "lines_c": shared / (np.bincount(m.row, idf, minlength=n) + SMALL),
        "rarest_line": largest(row, i, n) / now.longest,
    }
