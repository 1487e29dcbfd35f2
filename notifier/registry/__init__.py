"""The registry: registers of people, rounds and payment records come in from files, and leave nothing half-done."""

from notifier.registry.conflicts import DECISIONS, Conflict, Conflicts
from notifier.registry.dossiers import Dossiers
from notifier.registry.doubles import KINDS, Doubles
from notifier.registry.inviting import Inviting
from notifier.registry.lists import Lists
from notifier.registry.persons import FIELDS, Persons
from notifier.registry.points import Points
from notifier.registry.programmes import Programme, Programmes
from notifier.registry.registry import Registry
from notifier.registry.rounds import EDITABLE, Faulty, Rounds, cells_of
from notifier.registry.runs import Imported, Order, Progress
from notifier.registry.statuses import Became, Statuses, Wanted
from notifier.registry.tables import Unreadable
from notifier.registry.uploads import LAYOUTS, Uploads

__all__ = [
    "DECISIONS",
    "EDITABLE",
    "FIELDS",
    "KINDS",
    "LAYOUTS",
    "Became",
    "Conflict",
    "Conflicts",
    "Dossiers",
    "Doubles",
    "Faulty",
    "Imported",
    "Inviting",
    "Lists",
    "Order",
    "Persons",
    "Points",
    "Programme",
    "Programmes",
    "Progress",
    "Registry",
    "Rounds",
    "Statuses",
    "Unreadable",
    "Uploads",
    "Wanted",
    "cells_of",
]
