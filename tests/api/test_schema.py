"""Everything the document allows, and more, is asked of a real server: no fault of ours, no answer it does not name.

`NOTIFIER_TEST_API_EXAMPLES` asks each endpoint that many times instead of a few.
"""

import asyncio
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as told

from tests.api.asking import Asking
from tests.web.sites import fill

EXAMPLES = int(os.environ.get("NOTIFIER_TEST_API_EXAMPLES", "2"))
CHECKS: list[Any] = [
    checks.not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_headers_conformance,
    told.response_schema_conformance,
    told.negative_data_rejection,
]


def _asks(operation: Any, key: str) -> None:
    """Ask one endpoint this and that."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asks(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    asks()


def _ask_everything(document: dict[str, Any], base: str, desk: str, office: str) -> int:
    """Ask every endpoint with a key that may; returns how many there are."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=base)
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    for operation in found:
        _asks(operation, desk if operation.path.startswith("/api/v1/tickets") else office)
    return len(found)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_is_asked_is_answered_as_the_document_says(api: Asking) -> None:
    await fill(api.site)
    office, desk = await api.key("admin"), await api.key("agent")
    document = await (await api.site.client.get("/api/v1/openapi.json")).json()
    base = str(api.site.client.make_url("")).rstrip("/")
    asked = await asyncio.to_thread(_ask_everything, document, base, desk, office)
    assert asked == sum(len(path) for path in document["paths"].values())
