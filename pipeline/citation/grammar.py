"""spaCy for token patterns: its matcher, with a tokenizer of our own.

Words are runs of letters and digits or single signs, so `doc.text` is the text itself
and token offsets are exact. The owner of spaCy in this package; it knows nothing of
what the patterns mean.
"""

from __future__ import annotations

import contextlib
import functools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from pipeline.citation.lexicons import TokenRule, token_rules
from pipeline.citation.shadow import shadow_text


@contextlib.contextmanager
def _no_commands() -> Iterator[None]:
    """Keeps spaCy from loading its command line with web clients and templates.

    They are a third of the time that it takes to load, and 19 MB of every process.
    """
    name = "spacy.cli.info"
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = ModuleType(name)
        sys.modules[name].info = None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if absent:
            del sys.modules[name]


with _no_commands():
    from spacy.attrs import NORM
    from spacy.matcher import Matcher
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """A token rule that matched: token positions half-open, and all the words' norms."""

    rule: TokenRule
    first: int
    last: int


class WordTokenizer:
    """Letters and digits together, every sign by itself, white space kept."""

    def __init__(self, vocab: Vocab) -> None:
        """Share the pipeline's vocabulary."""
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The text as tokens; `doc.text == text` for any text."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            piece = match[0]
            if piece == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
            else:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)


@functools.cache
def pipeline() -> tuple[WordTokenizer, Matcher, dict[int, TokenRule]]:
    """The tokenizer and the matcher over all token rules, built once a process."""
    vocab = Vocab(lex_attr_getters={NORM: shadow_text})
    matcher = Matcher(vocab)
    by_hash: dict[int, TokenRule] = {}
    for rule in token_rules():
        matcher.add(rule.id, [rule.pattern])
        by_hash[vocab.strings[rule.id]] = rule
    return WordTokenizer(vocab), matcher, by_hash


def match_tokens(text: str) -> tuple[tuple[Match, ...], tuple[str, ...]]:
    """The token rules that match in a short text, and the norm of every token."""
    tokenizer, matcher, by_hash = pipeline()
    doc = tokenizer(text)
    found = tuple(Match(by_hash[identity], first, last) for identity, first, last in matcher(doc))
    return found, tuple(token.norm_ for token in doc)
