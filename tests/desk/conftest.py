"""What the tests of the inbox and the desk may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.inbox.talks import Talk, open_talk


@pytest.fixture
async def talk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A house with its inbox, nobody registered yet."""
    async with open_talk(database_url, tmp_path) as opened:
        yield opened
