"""What the tests of webhooks may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.sites import Site, open_site
from tests.webhooks.receivers import Receiver, open_receiver

OURS = {"allowed": ["127.0.0.1/32"], "at_once": 3}


@pytest.fixture
async def pages(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose webhooks may lead to this machine."""
    async with open_site(database_url, tmp_path, webhooks=OURS) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Another system that listens."""
    async with open_receiver() as opened:
        yield opened
