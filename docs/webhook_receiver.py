"""Receives what notifier tells, and believes only what is signed: python3 webhook_receiver.py, needs Python alone.

SECRET=whsec_… PORT=9000; put a server with TLS before it.
"""

import base64
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))


def genuine(headers, body, now):
    """Whether a call is notifier's, and a fresh one. `body`: the very bytes that came."""
    uid, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdigit() or abs(now - int(at)) > 300:
        return False
    ours = base64.b64encode(hmac.digest(KEY, f"{uid}.{at}.".encode() + body, "sha256")).decode()
    shown = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one, f"v1,{ours}") for one in shown)


seen = set()  # names of events; keep them in your database


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = genuine(self.headers, body, time.time())
        if good and self.headers["webhook-id"] not in seen:  # one may come twice
            event = json.loads(body)
            print(event["type"], event["data"], flush=True)
            seen.add(self.headers["webhook-id"])
        self.send_response(204 if good else 401)
        self.end_headers()

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver).serve_forever()
