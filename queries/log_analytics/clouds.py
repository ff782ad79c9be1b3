"""Where the service is: clouds, addresses, workspace ids."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

from ..language import tr


class AddressError(ValueError):
    """An address or id that cannot be used; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """The addresses of one Azure cloud.

    Attributes:
        endpoint: base address of the query service, without ``/v1``.
        audience: for whom tokens are asked.
        authority: host that signs in; "" leaves it to AZURE_AUTHORITY_HOST, else the public one.
        management: base address of the resource manager, which lists workspaces.
    """

    endpoint: str
    audience: str
    authority: str
    management: str

    def at(self, endpoint: str | None, audience: str | None) -> Cloud:
        """This cloud with another service address or audience.

        Raises:
            AddressError: an address that is no plain ``https://host[:port]``, or such an audience.
        """
        cloud = self
        if endpoint:
            cloud = replace(cloud, endpoint=base_address(endpoint, "--endpoint"))
        if audience:
            cloud = replace(cloud, audience=base_address(audience, "--audience"))
        if management := os.environ.get("IOTRIAGE_MANAGEMENT"):
            cloud = replace(cloud, management=base_address(management, "IOTRIAGE_MANAGEMENT"))
        return cloud


#: https://learn.microsoft.com/azure/azure-monitor/logs/api/access-api and the clouds' own pages.
CLOUDS: Mapping[str, Cloud] = {
    "public": Cloud(
        "https://api.loganalytics.azure.com",
        "https://api.loganalytics.io",
        "",
        "https://management.azure.com",
    ),
    "usgov": Cloud(
        "https://api.loganalytics.us",
        "https://api.loganalytics.us",
        "login.microsoftonline.us",
        "https://management.usgovcloudapi.net",
    ),
    "china": Cloud(
        "https://api.loganalytics.azure.cn",
        "https://api.loganalytics.azure.cn",
        "login.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
    ),
}


def base_address(text: str, flag: str) -> str:
    """``https://host[:port]``, a closing ``/v1`` taken away.

    Raises:
        AddressError: anything else.
    """
    wanted = tr("{flag} takes https://host[:port]", flag=flag)
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressError(
            tr("{text!r} is no address: {wanted}", text=text, wanted=wanted)
        ) from None
    if parts.scheme == "http":
        raise AddressError(
            tr(
                "{text!r} is not encrypted, and a token would be sent: {wanted}",
                text=text,
                wanted=wanted,
            )
        )
    if parts.scheme != "https" or not host or parts.username or parts.query or parts.fragment:
        raise AddressError(tr("{text!r} is no address: {wanted}", text=text, wanted=wanted))
    if parts.path.rstrip("/") not in ("", "/v1"):
        raise AddressError(tr("{text!r} has a path: {wanted}", text=text, wanted=wanted))
    named = f"[{host}]" if ":" in host else host
    return f"https://{named}:{port}" if port else f"https://{named}"


def workspace_id(text: str) -> str:
    """The GUID of a workspace in its usual spelling.

    Raises:
        AddressError: no GUID; anything else could rewrite the path that is asked.
    """
    plain = text.strip()
    try:
        guid = str(UUID(plain))
    except ValueError:
        guid = ""
    if not guid or guid != plain.lower():
        raise AddressError(
            tr(
                "{text!r} is no workspace ID: give the GUID of its Overview page, or --workspace"
                " choose to pick from those that you can see",
                text=text,
            )
        )
    return guid
