"""Everything that providers can bring, mixed by chance: doubled, out of order, broken, forged, of unknown kinds."""

from pathlib import Path
from random import Random

from bench.breaking.arrivals import replay


async def test_two_hundred_and_fifty_mixed_updates_lead_to_exactly_the_tickets_they_should(
    database_url: str, tmp_path: Path
) -> None:
    seen, wrong = await replay(database_url, tmp_path, Random(4), 250)
    assert wrong == []
    assert seen["tickets"] > 30
    assert seen["doubles"] > 30
    assert seen["answered 401"] + seen["answered 403"] > 1, "the forged ones"
    assert not [name for name in seen if name.startswith("answered 5")]
