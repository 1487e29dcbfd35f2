"""Every endpoint there is, in the order of the docs page."""

from notifier.web.api import audiences, broadcasts, people, rounds, templates, tickets, webhooks
from notifier.web.api.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *people.ENDPOINTS,
    *rounds.ENDPOINTS,
    *broadcasts.ENDPOINTS,
    *audiences.ENDPOINTS,
    *tickets.ENDPOINTS,
    *templates.ENDPOINTS,
    *webhooks.ENDPOINTS,
)
