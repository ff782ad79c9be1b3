"""Which workspaces an account can see: asked of the resource manager."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from azure.core import AsyncPipelineClient
from azure.core.pipeline.policies import (
    AsyncBearerTokenCredentialPolicy,
    HeadersPolicy,
    ProxyPolicy,
    UserAgentPolicy,
)
from azure.core.rest import HttpRequest

from ..language import tr
from ..source import Cancellation, Tell
from .clouds import AddressError, workspace_id
from .failures import ServiceFailure
from .service import Service
from .transport import new_transport

_SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01"
_WORKSPACES = (
    "/subscriptions/{}/providers/Microsoft.OperationalInsights/workspaces?api-version=2023-09-01"
)
#: A listing that goes on for longer goes in circles.
_PAGES = 200


@dataclass(frozen=True, slots=True)
class ListedWorkspace:
    """A workspace that the account can see; ``id`` is the GUID that queries take."""

    id: str
    name: str
    subscription: str
    resource_group: str
    location: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Workspaces by name, and what could not be listed, each in one line."""

    workspaces: tuple[ListedWorkspace, ...]
    troubles: tuple[str, ...]


def list_workspaces(
    service: Service, management: str, cancellation: Cancellation, tell: Tell
) -> Listing:
    """Every workspace of every subscription.

    Args:
        management: base address of the resource manager.

    Raises:
        ServiceFailure: the subscriptions cannot be listed.
        Stopped: ``cancellation`` was used.
    """

    async def listing() -> Listing:
        # Connections are made on the loop that uses them.
        return await _Manager(service, management).listing(tell)

    return service.run(listing, cancellation)


class _Manager:
    def __init__(self, service: Service, base: str) -> None:
        self._service = service
        self._base = base
        self._scope = f"{base}/.default"
        self._client: AsyncPipelineClient[Any, Any] = AsyncPipelineClient(
            base,
            policies=[
                HeadersPolicy(),
                UserAgentPolicy("iotriage"),
                ProxyPolicy(),
                AsyncBearerTokenCredentialPolicy(service.token, self._scope),
            ],
            transport=new_transport(2),
        )

    async def listing(self, tell: Tell) -> Listing:
        try:
            await self._service.token.ready(self._scope, tell)
            found: list[ListedWorkspace] = []
            troubles = []
            async for subscription in self._items(_SUBSCRIPTIONS):
                name = str(subscription.get("displayName") or subscription["subscriptionId"])
                try:
                    path = _WORKSPACES.format(subscription["subscriptionId"])
                    async for item in self._items(path):
                        if (listed := _listed(item, name)) is not None:
                            found.append(listed)
                except ServiceFailure as failure:
                    troubles.append(
                        tr("subscription {name}: {failure}", name=name, failure=failure)
                    )
            found.sort(key=lambda workspace: (workspace.name.lower(), workspace.id))
            return Listing(tuple(found), tuple(troubles))
        finally:
            await self._client.close()

    async def _items(self, path: str) -> AsyncIterator[dict[str, Any]]:
        address = urljoin(self._base, path)
        host = urlsplit(self._base).netloc
        for _ in range(_PAGES):
            if urlsplit(address)[:2] != ("https", host):
                raise ServiceFailure(
                    tr("{host} sends us on to another host: not followed", host=host)
                )
            body = await self._service.once(self._client, HttpRequest("GET", address), host)
            try:
                page = json.loads(body)
                items = [item for item in page["value"] if isinstance(item, dict)]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise ServiceFailure(tr("what {host} answered is no list", host=host)) from None
            for item in items:
                yield item
            following = page.get("nextLink")
            if not isinstance(following, str) or not following:
                return
            address = following


def _listed(item: dict[str, Any], subscription: str) -> ListedWorkspace | None:
    properties = item.get("properties")
    if not isinstance(properties, dict):
        return None
    with suppress(AddressError):
        parts = str(item.get("id", "")).split("/")
        places = [part.lower() for part in parts]
        at = places.index("resourcegroups") + 1 if "resourcegroups" in places else len(parts)
        return ListedWorkspace(
            workspace_id(str(properties.get("customerId", ""))),
            str(item.get("name", "")),
            subscription,
            parts[at] if at < len(parts) else "",
            str(item.get("location", "")),
        )
    return None
