"""The document, the docs page and the example: made from one table, true to what is served."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from notifier.rules.keys import Scope
from notifier.rules.webhooks import News
from notifier.web.api import ENDPOINTS
from notifier.web.api.news import HEADERS
from notifier.web.api.shapes import KINDS
from tests.api.asking import Asking

DOCS = Path(__file__).resolve().parents[2] / "docs"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_no_address_is_served_that_the_document_lacks(api: Asking) -> None:
    document = await (await api.site.client.get("/api/v1/openapi.json")).json()
    told = {(method.upper(), path) for path, of in document["paths"].items() for method in of}
    assert api.site.client.app is not None
    served = {
        (route.method, route.resource.canonical)
        for route in api.site.client.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api")
    }
    assert told == {one for one in served if one[0] != "HEAD"}
    assert {path for method, path in told if method == "GET"} == {path for method, path in served if method == "HEAD"}
    assert document["openapi"] == "3.1.0"
    assert {endpoint.scope for endpoint in ENDPOINTS} | {Scope.TICKETS_SHIELDED} == set(Scope)


async def test_every_reference_of_the_document_leads_somewhere(api: Asking) -> None:
    text = await (await api.site.client.get("/api/v1/openapi.json")).text()
    models = json.loads(text)["components"]["schemas"]
    assert set(re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', text)) <= set(models)


async def test_the_docs_page_tells_every_endpoint_without_script_or_foreign_address(api: Asking) -> None:
    text = await api.site.read("/api/v1/docs")
    for endpoint in ENDPOINTS:
        assert f'id="{endpoint.name}"' in text, endpoint.name
    for kind in KINDS:
        assert f'id="{kind}"' in text, kind
    assert not re.search(r"<script|<style|style=|\son\w+=", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
    anchors = set(re.findall(r'href="#([^"]+)"', text)) - {"isi"}
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert anchors <= set(ids)
    assert len(ids) == len(set(ids))


async def test_the_docs_page_tells_how_a_call_is_believed_and_what_a_value_may_be(api: Asking) -> None:
    text = await api.site.read("/api/v1/docs")
    for word in (*News, *HEADERS):
        assert f'id="{word}"' in text, word
    assert "keyed by the bytes" in text
    assert "/api/v1/deliveries?broadcast=1" in text
    row = r'<dt class="mono">{}</dt><dd>[^<]*{}'
    for name, told in (
        ("limit", "1 to 200; left out: 50"),
        ("at", "left out: now"),
        ("canary", "at most 8 characters"),
    ):
        assert re.search(row.format(name, told), text), name
    assert re.search(r"It is so\. With <code>ETag</code>", text)


async def test_every_example_of_a_body_is_one(api: Asking) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.body is not None:
            endpoint.body.model_validate_json(json.dumps(dict(endpoint.example)), strict=True)


async def test_the_example_client_brings_people_in_and_lists_rounds(api: Asking, tmp_path: Path) -> None:
    await api.site.add_round()
    key = await api.key("admin", [Scope.PEOPLE_WRITE, Scope.ROUNDS_READ])
    register = tmp_path / "people.csv"
    register.write_text(
        "nik,name,region,phone\n3175074101800001,Siti Aminah,31.75.07.1003,081234567890\n"
        "3175074101800000,Budi,31.75.07.1003,081234567891\n"
    )
    base = str(api.site.client.make_url("")).rstrip("/")
    words = [sys.executable, str(DOCS / "api_client.py"), str(register)]
    environment = {**os.environ, "NOTIFIER": base, "KEY": key, "PYTHONWARNINGS": ""}
    process = await asyncio.create_subprocess_exec(*words, env=environment, stdout=asyncio.subprocess.PIPE)
    told = (await process.communicate())[0].decode().splitlines()
    assert process.returncode == 0
    assert told[0] == "Siti Aminah: created"
    assert "The NIK ends with 0000" in told[1]
    assert told[2].startswith("BPNT-2026-12-DS Kantor Pos Duren Sawit 2026-12-07T01:00:00Z open")
    code = [line for line in (DOCS / "api_client.py").read_text().splitlines() if line.strip()]
    assert len(code) <= 45
