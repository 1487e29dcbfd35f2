"""The registry: registers of people, rounds and payment records come in from files, and leave nothing half-done."""

from notifier.registry.registry import Registry
from notifier.registry.runs import Imported, Order, Progress
from notifier.registry.tables import Unreadable

__all__ = ["Imported", "Order", "Progress", "Registry", "Unreadable"]
