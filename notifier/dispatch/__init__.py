"""Sends what is due: claim → pace → render → send → settle, and takes the providers' receipts.

Knows deliveries, attempts and the governor; does not know broadcasts' plans, tickets' contents or any provider.
"""

from notifier.dispatch.receipts import settle_receipt
from notifier.dispatch.settle import Outcome, Terms
from notifier.dispatch.values import Route
from notifier.dispatch.wording import Speaker, round_facts
from notifier.dispatch.worker import Dispatcher

__all__ = ["Dispatcher", "Outcome", "Route", "Speaker", "Terms", "round_facts", "settle_receipt"]
