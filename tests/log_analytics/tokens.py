"""Access tokens that only this server takes, and everything that must never be shown."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

TENANT = "7e5ca11e-0000-4000-8000-000000000042"
OBJECT = "0b1ec7ed-0000-4000-8000-000000000007"
SUBSCRIPTION = "5b5c7d1e-0000-4000-8000-000000000001"
AUDIENCE = "https://api.loganalytics.io"


def unpadded(content: Any) -> str:
    """A part of a JWT: JSON in base64 for addresses, without padding."""
    text = json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


class TokenError(Exception):
    """A token that is not taken: the code of the error and the reason."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Tokens:
    """Shaped like JWTs; the last part is a word of ours, which is all that makes them valid.

    Attributes:
        audience: what a token must be for; None takes any.
        told_on_revoke: called with the new word whenever the old one stops counting.
    """

    def __init__(self) -> None:
        self.audience: str | None = None
        self.told_on_revoke: list[Callable[[str], object]] = []
        self.word = ""
        self._secrets: list[str] = []
        self._count = 0
        self.revoke_all()

    def secret(self, text: str) -> str:
        """Remember a text that no log, file or screen may hold."""
        self._secrets.append(text)
        return text

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every such text so far: one of them is in each access token ever made."""
        return tuple(self._secrets)

    def issue(
        self, expires_in: float = 3600, audience: str = AUDIENCE, upn: str = "mei@example.test"
    ) -> str:
        self._count += 1
        now = time.time()
        claims = {
            "aud": audience,
            "exp": int(now + expires_in),
            "iat": int(now),
            "oid": OBJECT,
            "tid": TENANT,
            "upn": upn,
            "uti": str(self._count),
        }
        return f"{unpadded({'typ': 'JWT', 'alg': 'RS256'})}.{unpadded(claims)}.{self.word}"

    def revoke_all(self) -> None:
        """No token made so far is taken any more."""
        self.word = self.secret(secrets.token_urlsafe(32))
        for tell in self.told_on_revoke:
            tell(self.word)

    def claims(self, authorization: str) -> dict[str, Any]:
        """What the token of an Authorization header says.

        Raises:
            TokenError: there is none, or none that counts.
        """
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise TokenError("AuthenticationFailed", "Valid authentication was not provided")
        head, _, word = token.rpartition(".")
        if word != self.word:
            raise TokenError("InvalidTokenError", "SignatureVerificationFailed")
        payload = head.partition(".")[2]
        padded = payload + "=" * (-len(payload) % 4)
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
        if claims["exp"] <= time.time():
            raise TokenError("InvalidTokenError", "TokenExpired")
        if self.audience is not None and claims["aud"].rstrip("/") != self.audience.rstrip("/"):
            raise TokenError("InvalidTokenError", "InvalidAudience")
        return claims
