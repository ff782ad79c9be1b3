"""Microsoft Entra as far as signing in needs it: discovery, device codes, tokens."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

from .tokens import OBJECT, TENANT, Tokens, unpadded
from .wire import Reply, Request

_OURS = re.compile(r"/([^/]+)/(v2\.0/\.well-known/openid-configuration|oauth2/v2\.0/\w+)")
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Code:
    """A device code that was given out, and what its user has done with it."""

    user_code: str
    client: str
    scope: str
    issued: float
    expires: float
    state: str = "pending"


class Entra:
    """Signs in whoever a test approves.

    Attributes:
        lifetime: how many seconds an access token lasts.
        code_lifetime: how many seconds a device code lasts.
        interval: how many seconds a client is asked to leave between two polls.
        approve_after: a code approves itself so many seconds after it was given out.
        upn: who signs in.
        client_secret: the only one that is taken.
        codes: device code -> what became of it.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.client_secret = tokens.secret(f"secret-{secrets.token_urlsafe(24)}")
        self.upn = "mei@example.test"
        self._refresh: dict[str, tuple[str, str]] = {}
        self.codes: dict[str, Code] = {}
        self.reset()

    def reset(self) -> None:
        """Back to what it did at first; who is signed in stays so."""
        self.lifetime = 3600
        self.code_lifetime = 900
        self.interval = 1
        self.approve_after: float | None = None
        self._forbidden = ""
        self.codes.clear()

    def approve(self) -> int:
        """The user types every code that waits for it; how many there were."""
        return self._decide("approved")

    def decline(self) -> int:
        """The user says no to every code that waits."""
        return self._decide("declined")

    def forbid(self, why: str) -> None:
        """No token for anybody from here on, with a text such as ``AADSTS53003: …``."""
        self._forbidden = why

    def sign_out(self) -> None:
        """Refresh tokens given so far are not taken any more."""
        self._refresh.clear()

    def _decide(self, state: str) -> int:
        waiting = [code for code in list(self.codes.values()) if code.state == "pending"]
        for code in waiting:
            code.state = state
        return len(waiting)

    def reply(self, request: Request, endpoint: str) -> Reply | None:
        """The reply to a request of Entra's; None for all others."""
        if request.path == "/common/discovery/instance":
            return _instances(endpoint)
        found = _OURS.fullmatch(request.path)
        if not found:
            return None
        tenant, what = found[1], found[2]
        if what.startswith("v2.0/"):
            return _configuration(endpoint, tenant)
        form = request.form()
        if request.method == "POST" and what.endswith("/devicecode"):
            return self._device_code(form)
        if request.method == "POST" and what.endswith("/token"):
            return self._token(form, f"{endpoint}/{TENANT}/v2.0")
        return None

    def _device_code(self, form: dict[str, str]) -> Reply:
        device = self._tokens.secret(secrets.token_urlsafe(32))
        user = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(9))
        now = time.monotonic()
        client, scope = form.get("client_id", ""), form.get("scope", "")
        self.codes[device] = Code(user, client, scope, now, now + self.code_lifetime)
        uri = "https://login.microsoft.example/device"
        content = {
            "user_code": user,
            "device_code": device,
            "verification_uri": uri,
            "expires_in": self.code_lifetime,
            "interval": self.interval,
            "message": f"To sign in, open the page {uri} and enter the code {user}.",
        }
        return Reply.json(200, content)

    def _token(self, form: dict[str, str], issuer: str) -> Reply:
        if self._forbidden:
            return _refused("invalid_grant", self._forbidden)
        grant, client = form.get("grant_type", ""), form.get("client_id", "")
        if grant == "client_credentials":
            if "client_assertion" not in form and form.get("client_secret") != self.client_secret:
                why = "AADSTS7000215: Invalid client secret provided."
                return _refused("invalid_client", why, 401)
            return Reply.json(200, self._access(form.get("scope", "")))
        if grant == "refresh_token":
            known = self._refresh.get(form.get("refresh_token", ""))
            if known is None:
                why = "AADSTS700082: The refresh token has expired due to inactivity."
                return _refused("invalid_grant", why)
            scope = form.get("scope") or known[1]
            return Reply.json(200, self._signed_in(known[0], scope, issuer))
        if grant in (_DEVICE_GRANT, "device_code"):
            return self._poll(form, client, issuer)
        return _refused("unsupported_grant_type", f"AADSTS70003: grant type {grant!r}")

    def _poll(self, form: dict[str, str], client: str, issuer: str) -> Reply:
        code = self.codes.get(form.get("device_code", ""))
        now = time.monotonic()
        if code is None or code.client != client:
            return _refused("bad_verification_code", "AADSTS70018: Invalid verification code.")
        if code.state == "pending" and now >= code.expires:
            return _refused("expired_token", "AADSTS70020: The code has expired.")
        if self.approve_after is not None and now >= code.issued + self.approve_after:
            code.state = "approved" if code.state == "pending" else code.state
        if code.state == "declined":
            why = "AADSTS65004: User declined to consent to access the app."
            return _refused("authorization_declined", why)
        if code.state == "pending":
            why = "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending."
            return _refused("authorization_pending", why)
        return Reply.json(200, self._signed_in(client, code.scope, issuer))

    def _access(self, scope: str) -> dict[str, Any]:
        resource = next((part for part in scope.split() if part.endswith("/.default")), "")
        audience = resource.removesuffix("/.default")
        return {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": self._tokens.issue(self.lifetime, audience, self.upn),
        }

    def _signed_in(self, client: str, scope: str, issuer: str) -> dict[str, Any]:
        refresh = self._tokens.secret(f"1.{secrets.token_urlsafe(32)}")
        self._refresh[refresh] = (client, scope)
        now = int(time.time())
        claims = {
            "aud": client,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "name": "Mei",
            "oid": OBJECT,
            "preferred_username": self.upn,
            "sub": OBJECT,
            "tid": TENANT,
        }
        head = unpadded({"typ": "JWT", "alg": "RS256"})
        return self._access(scope) | {
            "scope": scope,
            "refresh_token": refresh,
            "id_token": f"{head}.{unpadded(claims)}.{self._tokens.word}",
            "client_info": unpadded({"uid": OBJECT, "utid": TENANT}),
        }


def _refused(error: str, why: str, status: int = 400) -> Reply:
    number = re.match(r"AADSTS(\d+)", why)
    codes = [int(number[1])] if number else []
    content = {"error": error, "error_description": why, "error_codes": codes}
    return Reply.json(status, content)


def _configuration(endpoint: str, tenant: str) -> Reply:
    base = f"{endpoint}/{tenant}/oauth2/v2.0"
    content = {
        "issuer": f"{endpoint}/{TENANT}/v2.0",
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "device_authorization_endpoint": f"{base}/devicecode",
        "jwks_uri": f"{endpoint}/{tenant}/discovery/v2.0/keys",
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    return Reply.json(200, content)


def _instances(endpoint: str) -> Reply:
    host = endpoint.removeprefix("https://")
    names = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    tenants = f"{endpoint}/common/v2.0/.well-known/openid-configuration"
    content = {"tenant_discovery_endpoint": tenants, "api-version": "1.1", "metadata": [names]}
    return Reply.json(200, content)
