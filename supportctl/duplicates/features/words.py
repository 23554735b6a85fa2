"""Words in common: cosines by part of the ticket, shares covered, BM25, and how rare what is shared is."""

import numpy as np

from supportctl.duplicates import terms
from supportctl.duplicates.asof import AsOf
from supportctl.duplicates.query import Query, main_weights, match
from supportctl.duplicates.rows import Array, Sums, largest

SMALL = 1e-6


def of_words(now: AsOf, query: Query, candidates: Array) -> dict[str, Array]:
    n = len(candidates)
    found: dict[str, Array] = {}
    m = match(now.index.words, query.words, candidates)
    q_term, q_mark = query.words
    q_idf = now.idf[q_term]
    idf = now.idf[m.term]

    total = Sums(m.row, n)
    shared_total = Sums(m.row[m.shared], n)

    def length(values: Array) -> Array:
        return np.sqrt(total(values * values)) + SMALL

    c_title, c_head, c_body = terms.IN_TITLE[m.mark], terms.IN_HEAD[m.mark], terms.BODY[m.mark]
    q_title, q_head, q_body = terms.IN_TITLE[q_mark], terms.IN_HEAD[q_mark], terms.BODY[q_mark]
    c_name, q_name = (m.term >= terms.NAMES).astype(np.float32), (q_term >= terms.NAMES).astype(np.float32)
    at, own = m.shared, m.own
    row, i = m.row[at], idf[at]
    ii = i * i

    def both(left: Array, right: Array) -> Array:
        return shared_total(ii * left[own] * right[at])

    def norm(values: Array) -> float:
        return float(np.sqrt((values * values).sum())) + SMALL

    lengths = {
        "t": length(idf * c_title),
        "h": length(idf * c_head),
        "b": length(idf * c_body),
        "i": length(idf * c_name),
    }
    own_lengths = {
        "t": norm(q_idf * q_title),
        "h": norm(q_idf * q_head),
        "b": norm(q_idf * q_body),
        "i": norm(q_idf * q_name),
    }
    c_part = {"t": c_title, "h": c_head, "b": c_body, "i": c_name}
    q_part = {"t": q_title, "h": q_head, "b": q_body, "i": q_name}
    for one, other in ("tt", "bb", "hh", "tb", "bt", "th", "ht", "ii"):
        found[f"cos_{one}{other}"] = both(q_part[one], c_part[other]) / (lengths[other] * own_lengths[one])
    main = main_weights(now, query.words)
    c_main = terms.MAIN[m.mark] * idf
    main_length = length(c_main)
    found["main"] = shared_total(main[own] * c_main[at]) / (main_length * norm(main))

    sum_title, own_title = total(idf * c_title) + SMALL, float((q_idf * q_title).sum()) + SMALL
    sum_all, own_all = total(idf) + SMALL, float(q_idf.sum()) + SMALL
    t_q, t_c = q_title[own], c_title[at]
    titles = shared_total(i * t_q * t_c)
    found["cov_t_any"] = shared_total(i * t_q) / own_title
    found["cov_any_t"] = shared_total(i * t_c) / sum_title
    found["cov_tt"] = titles / np.maximum(own_title, sum_title)
    found["cov_tt_min"] = titles / np.minimum(own_title, sum_title)
    shared = shared_total(i)
    found["jaccard"] = shared / (own_all + sum_all - shared)
    found["cov_q"], found["cov_c"] = shared / own_all, shared / sum_all
    c_start, q_start = np.maximum(c_title, c_head), np.maximum(q_title, q_head)
    starts = shared_total(i * q_start[own] * c_start[at])
    found["cov_start"] = starts / (np.minimum(total(idf * c_start), float((q_idf * q_start).sum())) + SMALL)
    names = shared_total(i * c_name[at])
    found["cov_names_q"] = names / (float((q_idf * q_name).sum()) + SMALL)
    found["cov_names_c"] = names / (total(idf * c_name) + SMALL)
    found["n_names"] = np.log1p(shared_total(c_name[at]))

    # BM25F with the title three times (Robertson, Zaragoza, Taylor 2004)
    size = total(c_body)
    often = 3 * t_c + terms.IN_BODY[m.mark][at] / (0.5 + 0.5 * size[row] / now.average)
    gain = i * often / (1.5 + often)
    asked = np.log1p(3 * q_title + terms.IN_BODY[q_mark])
    found["bm25"] = shared_total(gain * asked[own]) / (float((q_idf * asked).sum()) + SMALL)
    found["bm25_t"] = shared_total(gain * t_q) / own_title

    def most(values: Array) -> Array:
        return largest(row, values, n) / now.longest

    found["rarest"], found["rarest_tt"] = most(i), most(i * t_q * t_c)
    found["rarest_t_any"] = most(i * np.maximum(t_q, t_c))
    df = now.df[m.term[at]]
    found["n_rare"] = np.log1p(shared_total((df <= 10).astype(np.float32)))
    found["n_rarish"] = np.log1p(shared_total((df <= 0.001 * now.step).astype(np.float32)))

    # rarity among the candidates themselves, which tells siblings apart
    here = np.log((n + 1) / (np.bincount(own, minlength=len(q_term)) + 0.5)).clip(0)
    special = main * here
    found["local"] = shared_total(special[own] * c_main[at] * here[own]) / (main_length * norm(special))
    weight = here * q_idf
    found["local_cov"] = shared_total(weight[own]) / (float(weight.sum()) + SMALL)
    weight = weight * q_title
    found["local_cov_t"] = shared_total(weight[own]) / (float(weight.sum()) + SMALL)

    own_size = float(q_body.sum())
    found["len_c"] = np.log1p(size)
    found["len_ratio"] = np.log((size + 5) / (own_size + 5))
    found["len_t_ratio"] = np.log((sum_title + 5) / (own_title + 5))
    found["share_names_c"] = total(c_name) / (size + 5)
    found["q_len"] = np.full(n, np.log1p(own_size))
    found["q_title"] = np.full(n, np.log1p(own_title))
    return found
