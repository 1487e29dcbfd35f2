"""Templates to words: what may be said of an event, how it is checked, and what leaves for a reader.

Pure but for reading the shipped folder. It must not know people, tickets, deliveries or the database.
"""

from notifier.render.facts import BUTTONS, CHANNELS, FACTS, NEEDED_PARTS, Fact, buttons
from notifier.render.grammar import Finding
from notifier.render.phrases import Phrases, guide
from notifier.render.words import Key, Rendered, RenderError, Words, missing, shipped, shipped_folder

__all__ = [
    "BUTTONS",
    "CHANNELS",
    "FACTS",
    "NEEDED_PARTS",
    "Fact",
    "Finding",
    "Key",
    "Phrases",
    "RenderError",
    "Rendered",
    "Words",
    "buttons",
    "guide",
    "missing",
    "shipped",
    "shipped_folder",
]
