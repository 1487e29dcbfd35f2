"""What is in force of the pages' words, the phrases of conversations and the words we understand, in this process.

One per process, kept up to date as `Words` is; knows no database.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from notifier.render import Key, Phrases, pagetexts
from notifier.render.phrases import named
from notifier.rules.words import BadLexicon, Lexicon, additions, shipped
from notifier.studio import kinds


class Texts:
    """`take` brings what was published up to date. `phrases` are those that conversations say."""

    def __init__(self) -> None:
        self.phrases = Phrases()
        self._pages: Mapping[tuple[str, str], pagetexts.Table] = {}
        self._added = ""  # words that people taught
        self._lexicon: Lexicon | None = None  # 10 MiB, for whoever reads what citizens write

    @property
    def lexicon(self) -> Lexicon:
        """What citizens' words are read with."""
        if self._lexicon is None:
            self._lexicon = _extended(self._added)
        return self._lexicon

    def take(self, published: Mapping[Key, tuple[str, str]]) -> None:
        """Use these from now on; everything else is as shipped."""
        sources = {key: source for key, (_, source) in published.items()}
        self._pages = {
            (language, page): pagetexts.read(source)
            for (event, _, language, page), source in sources.items()
            if event == kinds.PAGE
        }
        spoken: dict[str, dict[str, str]] = {}
        for (event, _, language, section), source in sources.items():
            if event == kinds.TALK:
                table = pagetexts.read(source)
                spoken.setdefault(language, {}).update({named(section, key): said for key, said in table.items()})
        self.phrases.take(spoken)
        added = sources.get((kinds.LEXICON, kinds.WORDS, "id", kinds.ADDED), "")
        if added != self._added:
            self._added, self._lexicon = added, None

    def table(self, language: str, page: str) -> pagetexts.Table:
        """The sentences of a page in a language; what people changed lies over the shipped ones."""
        own, changed = pagetexts.catalogue(language).get(page, {}), self._pages.get((language, page))
        return MappingProxyType({**own, **changed}) if changed else own

    def say(self, language: str, key: str, **values: Any) -> str:
        """A sentence by "page.key", with its values filled in; in Indonesian where the language lacks it."""
        page, _, name = key.partition(".")
        words = self.table(language, page).get(name) or self.table(pagetexts.MAIN, page)[name]
        return words.format(**values) if values else words


def _extended(added: str) -> Lexicon:
    """The shipped words with what was added. A new release may no longer read that: `notifier check` tells it, and
    answers are still understood.
    """
    try:
        return additions.extended(added) if added else shipped()
    except BadLexicon:
        return shipped()
