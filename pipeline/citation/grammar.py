"""spaCy for token patterns: a blank pipeline with a tokenizer of our own.

Words are runs of letters and digits or single signs, so `doc.text` is the text itself
and token offsets are exact. The owner of spaCy in this package; it knows nothing of
what the patterns mean.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from spacy.attrs import NORM
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.citation.lexicons import TokenRule, token_rules
from pipeline.citation.shadow import shadow_text

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
def pipeline() -> tuple[Language, Matcher, dict[int, TokenRule]]:
    """The blank pipeline and the matcher over all token rules, built once a process."""
    language = Language(Vocab(lex_attr_getters={NORM: shadow_text}))
    language.tokenizer = WordTokenizer(language.vocab)
    matcher = Matcher(language.vocab)
    by_hash: dict[int, TokenRule] = {}
    for rule in token_rules():
        matcher.add(rule.id, [rule.pattern])
        by_hash[language.vocab.strings[rule.id]] = rule
    return language, matcher, by_hash


def match_tokens(text: str) -> tuple[tuple[Match, ...], tuple[str, ...]]:
    """The token rules that match in a short text, and the norm of every token."""
    language, matcher, by_hash = pipeline()
    doc = language.tokenizer(text)
    found = tuple(Match(by_hash[identity], first, last) for identity, first, last in matcher(doc))
    return found, tuple(token.norm_ for token in doc)
