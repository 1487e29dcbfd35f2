"""Every endpoint there is, in the order of the docs page."""

from notifier.web.api import people
from notifier.web.api.endpoints import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (*people.ENDPOINTS,)
