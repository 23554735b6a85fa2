"""Lists of words, written as lines of them."""


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())
