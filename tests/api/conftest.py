"""What the tests of the API may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.asking import Asking, open_asking


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Asking]:
    """The API over an empty database."""
    async with open_asking(database_url, tmp_path) as opened:
        yield opened
