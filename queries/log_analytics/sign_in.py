"""Signing in: one token for all who ask, fetched once, on a thread of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from azure.core.credentials import AccessTokenInfo, TokenRequestOptions
from azure.core.exceptions import ClientAuthenticationError

from ..language import tr, translatable
from ..source import DeviceCode, ShowCode, Tell, Waiting
from ..tokens import keep_out
from .clouds import Cloud
from .failures import ServiceFailure
from .kept_sign_in import KeptSignIn

#: A token this near to its end is not begun with.
_SPARE_SECONDS = 120
#: An az that does not answer within this is stuck (it takes seconds on a busy host).
_AZ_SECONDS = 30
#: How long somebody may take to type a code; Entra's codes last as long.
_CODE_SECONDS = 900

_HINTS = {
    "cli": translatable("sign in with az login, or choose another --auth"),
    "device": translatable("ask again for another code, or choose another --auth"),
    "env": translatable(
        "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or choose another --auth"
    ),
    "workload": translatable("check the workload identity of this host, or choose another --auth"),
    "mi": translatable("give this host a managed identity, or choose another --auth"),
    "default": translatable("choose one way with --auth to see why it fails"),
}


class Credential(Protocol):
    """The synchronous credentials of azure-identity."""

    def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo: ...


class SharedToken:
    """An asynchronous credential over a synchronous one; lives on one event loop.

    Whoever asks while a token is being fetched waits for the same one. Fetching goes on when
    nobody waits any more: ``az`` and a person with a code are not hurried by another window.
    """

    def __init__(
        self, make: Callable[[], Credential], auth: str, ended: Callable[[], object]
    ) -> None:
        """``ended`` is called on the thread that signed in, however that went."""
        self._make = make
        self._ended = ended
        self._auth = auth
        self._credential: Credential | None = None
        self._tokens: dict[tuple[str, ...], AccessTokenInfo] = {}
        self._fetching: dict[tuple[str, ...], asyncio.Future[AccessTokenInfo]] = {}

    async def ready(self, scope: str, tell: Tell) -> None:
        """Have a token for ``scope``; tells when that takes signing in.

        Raises:
            ServiceFailure: the sign-in failed.
        """
        if self._fresh((scope,)) is None:
            tell(Waiting(tr("signing in ({auth})", auth=self._auth)))
            await self._fetched((scope,), None)
            tell(None)

    def bearer(self, scope: str) -> str:
        """The token itself; "" where there is none."""
        token = self._tokens.get((scope,))
        return token.token if token else ""

    def forget(self) -> None:
        """The service did not take the token."""
        self._tokens.clear()

    def give_up(self) -> None:
        """Whoever waits for a sign-in fails."""
        for future in self._fetching.values():
            if not future.done():
                future.set_exception(ServiceFailure(tr("the sign-in was stopped")))

    async def get_token_info(
        self, *scopes: str, options: TokenRequestOptions | None = None
    ) -> AccessTokenInfo:
        """As azure-core asks for it; ``options`` may hold a claims challenge."""
        claims = bool(options and options.get("claims"))
        return (None if claims else self._fresh(scopes)) or await self._fetched(scopes, options)

    async def get_token(self, *scopes: str, **_: Any) -> Any:
        """The older form of the same, which azure-core's types still want."""
        return await self.get_token_info(*scopes)

    async def close(self) -> None:
        self.give_up()

    async def __aenter__(self) -> SharedToken:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _fresh(self, scopes: tuple[str, ...]) -> AccessTokenInfo | None:
        token = self._tokens.get(scopes)
        return token if token and token.expires_on - time.time() > _SPARE_SECONDS else None

    async def _fetched(
        self, scopes: tuple[str, ...], options: TokenRequestOptions | None
    ) -> AccessTokenInfo:
        future = self._fetching.get(scopes)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._fetching[scopes] = loop.create_future()
            future.add_done_callback(lambda done: self._keep(scopes, done))
            threading.Thread(
                target=self._fetch,
                args=(scopes, options, loop, future),
                daemon=True,
                name="sign-in",
            ).start()
        return await asyncio.shield(future)

    def _keep(self, scopes: tuple[str, ...], done: asyncio.Future[AccessTokenInfo]) -> None:
        del self._fetching[scopes]
        if not done.cancelled() and done.exception() is None:
            self._tokens[scopes] = done.result()

    def _fetch(
        self,
        scopes: tuple[str, ...],
        options: TokenRequestOptions | None,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[AccessTokenInfo],
    ) -> None:
        """On a thread of its own."""
        found: AccessTokenInfo | None = None
        failure = ServiceFailure(tr("the sign-in failed"))
        try:
            if self._credential is None:
                self._credential = self._make()
            found = self._credential.get_token_info(*scopes, options=options)
            keep_out(found.token)
        except ServiceFailure as error:
            failure = error
        except Exception as error:
            failure = ServiceFailure(self._words(error))

        def settle() -> None:
            if future.done():
                return
            if found is not None:
                future.set_result(found)
            else:
                future.set_exception(failure)

        self._ended()
        # The loop may be gone: nobody waits any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle)

    def _words(self, error: Exception) -> str:
        said = _said(error)
        hint = tr(_HINTS[self._auth])
        if not isinstance(error, ClientAuthenticationError | ValueError):
            said = f"{type(error).__name__}: {said}"
        return tr("sign-in failed ({auth}): {said} ({hint})", auth=self._auth, said=said, hint=hint)


def _said(error: Exception) -> str:
    """The message without advice about troubleshooting and the numbers of a support case."""
    kept: list[str] = []
    for line in str(getattr(error, "message", "") or error).splitlines():
        text = line.strip()
        if text.startswith(("To mitigate this issue", "Visit https://", "Content:", "Trace ID")):
            break
        if text:
            kept.append(text.partition(" Trace ID:")[0])
    return " ".join(kept).rstrip(".") or type(error).__name__


def shared_token(auth: str, cloud: Cloud, show_code: ShowCode, cache: str) -> SharedToken:
    """The way of signing in that ``--auth`` names; nothing is asked yet."""
    shown: list[str] = []

    def ended() -> None:
        if shown:
            shown.clear()
            show_code(None)

    shared = SharedToken(lambda: _credential(auth, cloud, show, cache), auth, ended)

    def show(uri: str, code: str, expires: Any) -> None:
        # Polling goes on in its thread until the code expires; what it finds is not waited for.
        loop = next((f.get_loop() for f in shared._fetching.values()), None)

        def stop() -> None:
            ended()
            if loop is not None:
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(shared.give_up)

        shown.append(code)
        show_code(DeviceCode(uri, code, expires, stop))

    return shared


def _credential(
    auth: str, cloud: Cloud, show: Callable[[str, str, Any], None], cache: str
) -> Credential:
    """Raises ValueError for settings that the credential does not take."""
    # azure-identity brings msal and requests with it: loaded by who signs in.
    from azure import identity  # noqa: PLC0415

    tenant = os.environ.get("AZURE_TENANT_ID") or ""
    words: dict[str, Any] = {}
    if cloud.authority:
        words["authority"] = cloud.authority
    elif host := os.environ.get("AZURE_AUTHORITY_HOST"):
        # An authority of one's own is not in Microsoft's list of those that exist.
        known = ("login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn")
        words["disable_instance_discovery"] = not any(name in host for name in known)
    # requests looks into its own bundle; one variable is to be enough for all.
    if bundle := os.environ.get("SSL_CERT_FILE"):
        words["connection_verify"] = bundle
    match auth:
        case "cli":
            return identity.AzureCliCredential(tenant_id=tenant, process_timeout=_AZ_SECONDS)
        case "device":
            if tenant:
                words["tenant_id"] = tenant
            if client := os.environ.get("AZURE_CLIENT_ID"):
                words["client_id"] = client
            words |= {"prompt_callback": show, "timeout": _CODE_SECONDS}
            if cache == "memory":
                return identity.DeviceCodeCredential(**words)
            return KeptSignIn(words, unencrypted=cache == "unencrypted")
        case "env":
            return identity.EnvironmentCredential(**words)
        case "workload":
            return identity.WorkloadIdentityCredential(**words)
        case "mi":
            client = os.environ.get("AZURE_CLIENT_ID")
            return identity.ManagedIdentityCredential(client_id=client)
        case "default":
            return identity.DefaultAzureCredential(process_timeout=_AZ_SECONDS, **words)
    raise ValueError(f"no way of signing in is called {auth!r}")


def who(token: str) -> Mapping[str, str]:
    """What a token says of its bearer: ``name``, ``tenant``, ``audience``; nothing is verified."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        name = next(
            str(claims[key])
            for key in ("upn", "preferred_username", "unique_name", "appid", "azp", "oid", "sub")
            if claims.get(key)
        )
    except (ValueError, IndexError, TypeError, AttributeError, StopIteration):
        return {}
    return {"name": name, "tenant": str(claims.get("tid", "")), "audience": str(claims.get("aud"))}
