"""Brings people in from a CSV file (nik,name,region,phone) over the API, then lists the rounds.

NOTIFIER=https://bansos.example KEY=nk_… python3 api_client.py people.csv       needs Python alone
"""

import csv
import json
import os
import sys
import time
import uuid
from urllib.error import HTTPError
from urllib.request import Request, urlopen

BASE, KEY = os.environ["NOTIFIER"].rstrip("/") + "/api/v1", os.environ["KEY"]


def ask(method, path, body=None):
    """(status, answer). Waits when told to; a POST asked again keeps its Idempotency-Key and does nothing twice."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    if method == "POST":
        headers["Idempotency-Key"] = str(uuid.uuid4())
    data = json.dumps(body).encode() if body is not None else None
    for _ in range(5):
        try:
            with urlopen(Request(BASE + path, data, headers, method=method), timeout=30) as response:
                return response.status, json.load(response) if response.status != 204 else None
        except HTTPError as error:
            if "Retry-After" not in error.headers:
                return error.code, json.load(error)
            time.sleep(int(error.headers["Retry-After"]))
    sys.exit(f"{method} {path}: too busy, try again later")


def pages(path):
    """Everything on a list."""
    after = ""
    while after is not None:
        status, page = ask("GET", f"{path}?limit=200&after={after}")
        if status != 200:
            sys.exit(f"{path}: {page['title']} {page['detail']}")
        yield from page["data"]
        after = page["next"]


for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    person = {"nik": row["nik"], "name": row["name"], "region": row["region"], "phones": [row["phone"]]}
    status, answer = ask("PUT", "/people", person)
    wrong = "" if status < 300 else "; ".join(one["detail"] for one in answer["errors"]) or answer["detail"]
    print(row["name"], wrong or answer["became"], sep=": ")
for of in pages("/rounds"):
    print(of["code"], of["venue"], of["opens_at"], of["state"])
