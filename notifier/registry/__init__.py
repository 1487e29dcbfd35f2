"""The registry: registers of people, rounds and payment records come in from files, and leave nothing half-done."""

from notifier.registry.conflicts import DECISIONS, Conflict, Conflicts
from notifier.registry.dossiers import Dossiers
from notifier.registry.doubles import KINDS, Doubles
from notifier.registry.inviting import Inviting
from notifier.registry.persons import FIELDS, Persons
from notifier.registry.registry import Registry
from notifier.registry.rounds import EDITABLE, Faulty, Rounds, cells_of
from notifier.registry.runs import Imported, Order, Progress
from notifier.registry.tables import Unreadable
from notifier.registry.uploads import LAYOUTS, Uploads

__all__ = [
    "DECISIONS",
    "EDITABLE",
    "FIELDS",
    "KINDS",
    "LAYOUTS",
    "Conflict",
    "Conflicts",
    "Dossiers",
    "Doubles",
    "Faulty",
    "Imported",
    "Inviting",
    "Order",
    "Persons",
    "Progress",
    "Registry",
    "Rounds",
    "Unreadable",
    "Uploads",
    "cells_of",
]
