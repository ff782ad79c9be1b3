"""A device-code sign-in that outlives the program, for those who asked for it in words."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from azure.core.credentials import AccessTokenInfo, TokenRequestOptions
from platformdirs import user_state_path

from ..private_files import write_private


class KeptSignIn:
    """Signs in once; later runs use the refresh token that azure-identity keeps.

    Who signed in is remembered beside it, in ``sign-in.json`` of the state folder: an account's
    name and ids, no secret.
    """

    def __init__(self, words: dict[str, Any], *, unencrypted: bool) -> None:
        """``words``: of ``DeviceCodeCredential``."""
        from azure import identity  # noqa: PLC0415 - as in sign_in

        self._file = user_state_path("iotriage") / "sign-in.json"
        self._record: identity.AuthenticationRecord | None = None
        with suppress(OSError, ValueError, KeyError, TypeError):
            self._record = identity.AuthenticationRecord.deserialize(
                self._file.read_text(encoding="utf-8")
            )
        self._credential = identity.DeviceCodeCredential(
            **words,
            authentication_record=self._record,
            cache_persistence_options=identity.TokenCachePersistenceOptions(
                name="iotriage", allow_unencrypted_storage=unencrypted
            ),
        )

    def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """As azure-identity; the first time it shows a code."""
        if self._record is None:
            self._record = self._credential.authenticate(scopes=scopes)
            self._remember(self._record.serialize())
        return self._credential.get_token_info(*scopes, options=options)

    def _remember(self, text: str) -> None:
        # Without it the next run asks for a code again; nothing is lost.
        with suppress(OSError):
            write_private(self._file, text.encode())
