"""What a citizen's words mean: `meaning(text, context)` is pure, and explains itself.

normal → tokens; lexicon and seen → concepts; grievances → categories and danger; decide → the one intent.
"""

from notifier.rules.words.decide import meaning
from notifier.rules.words.values import Context, Intent, Meaning, Topic

__all__ = ["Context", "Intent", "Meaning", "Topic", "meaning"]
