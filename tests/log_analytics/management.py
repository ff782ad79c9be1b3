"""The two lists of the management API: subscriptions, and the workspaces in one of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import error_body
from .tokens import TENANT
from .wire import Reply, Request

if TYPE_CHECKING:
    from .service import Service

_WORKSPACES = re.compile(
    r"/subscriptions/([^/]+)/providers/Microsoft\.OperationalInsights/workspaces", re.I
)


def reply(request: Request, service: Service) -> Reply | None:
    """The reply to somebody who is signed in; None for what is not the management API's."""
    if request.method != "GET" or not request.path.startswith("/subscriptions"):
        return None
    if not request.argument("api-version"):
        message = "The api-version query parameter (?api-version=) is required for all requests."
        return Reply.json(400, error_body("MissingApiVersionParameter", message))
    if request.path == "/subscriptions":
        return _page(request, service, _subscriptions(service))
    found = _WORKSPACES.fullmatch(request.path)
    if not found:
        return None
    entries = _workspaces(service, found[1])
    if not entries:
        message = f"The subscription '{found[1]}' could not be found."
        return Reply.json(404, error_body("SubscriptionNotFound", message))
    return _page(request, service, entries)


def _subscriptions(service: Service) -> list[dict[str, Any]]:
    found = dict.fromkeys(workspace.subscription for workspace in service.workspaces.values())
    return [
        {
            "id": f"/subscriptions/{subscription}",
            "subscriptionId": subscription,
            "tenantId": TENANT,
            "displayName": f"Subscription {number}",
            "state": "Enabled",
        }
        for number, subscription in enumerate(found, 1)
    ]


def _workspaces(service: Service, subscription: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"/subscriptions/{subscription}/resourceGroups/{workspace.resource_group}"
            f"/providers/Microsoft.OperationalInsights/workspaces/{workspace.name}",
            "name": workspace.name,
            "type": "Microsoft.OperationalInsights/workspaces",
            "location": workspace.location,
            "properties": {
                "customerId": workspace.guid,
                "provisioningState": "Succeeded",
                "retentionInDays": 90,
                "sku": {"name": "PerGB2018"},
            },
        }
        for workspace in service.workspaces.values()
        if workspace.subscription == subscription
    ]


def _page(request: Request, service: Service, entries: list[dict[str, Any]]) -> Reply:
    begin = int(request.argument("$skiptoken") or 0)
    end = begin + service.page_size
    content: dict[str, Any] = {"value": entries[begin:end]}
    if end < len(entries):
        version = request.argument("api-version")
        content["nextLink"] = (
            f"{service.endpoint}{request.path}?api-version={version}&%24skiptoken={end}"
        )
    return Reply.json(200, content)
