"""What a citizen's words mean: `meaning(text, context)` is pure, and explains itself.

normal → tokens; lexicon and seen → concepts; grievances → categories and danger; decide → the one intent. Another
`Lexicon` than the shipped one may be given: `Lexicon.of(mapping)`.
"""

from notifier.rules.words.decide import meaning
from notifier.rules.words.kinds import kind_of
from notifier.rules.words.levies import Taken, levies
from notifier.rules.words.lexicon import Lexicon, shipped
from notifier.rules.words.patterns import BadLexicon
from notifier.rules.words.values import Context, Intent, Meaning, Topic

__all__ = [
    "BadLexicon",
    "Context",
    "Intent",
    "Lexicon",
    "Meaning",
    "Taken",
    "Topic",
    "kind_of",
    "levies",
    "meaning",
    "shipped",
]
