"""What the tests of pages may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.sites import Site, open_site


@pytest.fixture
async def pages(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The pages over an empty database, nobody signed in."""
    async with open_site(database_url, tmp_path) as opened:
        yield opened
