"""An OpenID Connect service on this machine that logs in, without asking, whoever `subject` names."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "wenbao-test"


class LoginService(ThreadingHTTPServer):
    """Discovery, authorization, token and key endpoints."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.subject = "1"
        self.key = RSAKey.generate_key(2048, {"kid": "k", "use": "sig", "alg": "RS256"})
        self.nonces: dict[str, str] = {}

    def identity_token(self, code: str) -> str:
        """What says who has logged in."""
        claims = {
            "iss": self.address, "sub": self.subject, "aud": CLIENT, "exp": int(time.time()) + 600,
            "iat": int(time.time()), "nonce": self.nonces.pop(code), "name": f"用户{self.subject}",
        }  # fmt: skip
        return jwt.encode({"alg": "RS256", "kid": "k"}, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    server: LoginService

    def do_GET(self) -> None:
        url, base = urlsplit(self.path), self.server.address
        if url.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            code = secrets.token_hex(8)
            self.server.nonces[code] = asked.get("nonce", "")
            self.send_response(302)
            query = urlencode({"code": code, "state": asked["state"]})
            self.send_header("Location", f"{asked['redirect_uri']}?{query}")
            self.end_headers()
        elif url.path == "/keys":
            self._send({"keys": [self.server.key.as_dict(private=False)]})
        else:
            self._send({
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        token = self.server.identity_token(form["code"][0])
        self._send({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token})

    def log_message(self, *args: Any) -> None:
        """Says nothing."""

    def _send(self, value: dict[str, Any]) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def login_service() -> Iterator[LoginService]:
    """The service, running."""
    with LoginService() as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
