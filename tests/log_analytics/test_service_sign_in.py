"""Signing in at the server with Azure's own credentials, and listing workspaces with it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AzureCliCredential,
    ClientSecretCredential,
    CredentialUnavailableError,
    DeviceCodeCredential,
)

from .az_script import AzScript
from .demo import OTHER, WORKSPACE
from .raw_client import RawClient
from .service import Service
from .tokens import TENANT

SCOPE = "https://api.loganalytics.io/.default"
CLIENT = "11d0cafe-0000-4000-8000-000000000001"


@pytest.fixture
def client(service: Service) -> Iterator[RawClient]:
    with RawClient(service) as client:
        yield client


def taken(client: RawClient, token: str) -> bool:
    return client.ask("print 1", Authorization=f"Bearer {token}").status == 200


def by_device(service: Service, prompt: Callable[..., object], **more: Any) -> DeviceCodeCredential:
    return DeviceCodeCredential(
        authority=service.endpoint,
        tenant_id=more.pop("tenant", "organizations"),
        disable_instance_discovery=True,
        connection_verify=service.ca_file,
        prompt_callback=prompt,
        **more,
    )


@pytest.mark.parametrize("tenant", ["organizations", TENANT])
def test_a_device_code_that_is_typed(service: Service, client: RawClient, tenant: str) -> None:
    shown: list[tuple[str, str, datetime]] = []

    def prompt(uri: str, code: str, expires: datetime) -> None:
        shown.append((uri, code, expires))
        service.entra.approve()

    with by_device(service, prompt, tenant=tenant) as credential:
        token = credential.get_token(SCOPE)
        assert taken(client, token.token)
        ((uri, code, expires),) = shown
        assert code in [known.user_code for known in service.entra.codes.values()]
        assert uri.startswith("https://")
        assert timedelta(minutes=14) < expires - datetime.now(UTC) <= timedelta(minutes=15)
        # Another audience comes with the refresh token, and nobody is asked again.
        other = credential.get_token("https://management.azure.com/.default")
        assert taken(client, other.token)
        assert len(shown) == 1
        service.entra.sign_out()
        assert taken(client, credential.get_token("https://third.example/.default").token)
        assert len(shown) == 2


def test_a_code_stays_pending_until_it_is_approved(service: Service, client: RawClient) -> None:
    form = {"client_id": CLIENT, "scope": f"{SCOPE} offline_access"}
    given = client.post("/organizations/oauth2/v2.0/devicecode", form).json
    form |= {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": given["device_code"],
    }

    def poll() -> Any:
        return client.post("/organizations/oauth2/v2.0/token", form).json

    assert given["interval"] == 1
    assert poll()["error"] == "authorization_pending"
    assert service.entra.approve() == 1
    assert taken(client, poll()["access_token"])
    service.entra.codes[given["device_code"]].state = "pending"
    service.entra.approve_after = 0
    assert taken(client, poll()["access_token"])
    form["device_code"] = "no such code"
    assert poll()["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda entra: entra.decline(), "AADSTS65004"),
        (lambda entra: entra.forbid("AADSTS53003: Access has been blocked"), "AADSTS53003: Acc"),
    ],
    ids=["declined", "forbidden"],
)
def test_a_device_code_that_leads_nowhere(
    service: Service, happens: Callable[[Any], object], told: str
) -> None:
    with (
        by_device(service, lambda *_: happens(service.entra)) as credential,
        pytest.raises(ClientAuthenticationError, match=told),
    ):
        credential.get_token(SCOPE)


def test_a_device_code_expires(service: Service) -> None:
    service.entra.code_lifetime = 0
    with (
        by_device(service, lambda *_: None) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS70020"),
    ):
        credential.get_token(SCOPE)


def test_a_client_secret(service: Service, client: RawClient) -> None:
    def by_secret(secret: str) -> str:
        with ClientSecretCredential(
            TENANT,
            CLIENT,
            secret,
            authority=service.endpoint,
            disable_instance_discovery=True,
            connection_verify=service.ca_file,
        ) as credential:
            return credential.get_token(SCOPE).token

    assert taken(client, by_secret(service.entra.client_secret))
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        by_secret("guessed")


def test_az_gives_a_token_each_time(service: Service, client: RawClient, az: AzScript) -> None:
    credential = AzureCliCredential()
    first, second = (credential.get_token(SCOPE) for _ in range(2))
    assert abs(first.expires_on - time.time() - 3600) < 60
    assert taken(client, first.token)
    assert taken(client, second.token)
    service.revoke_all()
    assert not taken(client, first.token)
    assert taken(client, credential.get_token(SCOPE).token)
    assert len(az.calls) == 3
    assert az.calls[0].startswith("account get-access-token --output json --resource")
    az.sign_in(expires_in=-5)
    assert not taken(client, credential.get_token(SCOPE).token)


def test_az_that_gives_none(az: AzScript) -> None:
    credential = AzureCliCredential()
    az.not_signed_in()
    with pytest.raises(CredentialUnavailableError, match="Please run 'az login'"):
        credential.get_token(SCOPE)
    az.login_expired()
    with pytest.raises(ClientAuthenticationError, match="AADSTS700082"):
        credential.get_token(SCOPE)
    az.garbage("{ nothing like it")
    with pytest.raises(ClientAuthenticationError, match="Unexpected output"):
        credential.get_token(SCOPE)
    az.slow(0.4)
    began = time.monotonic()
    credential.get_token(SCOPE)
    assert time.monotonic() - began >= 0.4


def test_az_is_first_on_path(az: AzScript) -> None:
    assert os.environ["PATH"].split(os.pathsep)[0] == str(az.folder)


def listed(client: RawClient, service: Service, path: str) -> tuple[list[dict[str, Any]], int]:
    """All the entries, and on how many pages."""
    pages, entries, arguments = 0, [], {"api-version": "2022-12-01"}
    while path:
        page = client.get(path, **arguments).json
        path, arguments = page.get("nextLink", "").removeprefix(service.endpoint), {}
        entries += page["value"]
        pages += 1
    return entries, pages


def test_workspaces_are_listed_page_by_page(service: Service, client: RawClient) -> None:
    def workspaces(subscription: str) -> list[str]:
        where = f"/subscriptions/{subscription}/providers/Microsoft.OperationalInsights/workspaces"
        found, _ = listed(client, service, where)
        assert all(entry["id"].startswith(f"/subscriptions/{subscription}/") for entry in found)
        return [entry["properties"]["customerId"] for entry in found]

    service.page_size = 1
    subscriptions, pages = listed(client, service, "/subscriptions")
    service.page_size = 2
    assert pages == len(subscriptions) == 2
    assert [workspaces(s["subscriptionId"]) for s in subscriptions] == [[WORKSPACE], [OTHER]]
    unknown = client.get(
        "/subscriptions/x/providers/Microsoft.OperationalInsights/workspaces",
        **{"api-version": "2023-09-01"},
    )
    assert (unknown.status, unknown.json["error"]["code"]) == (404, "SubscriptionNotFound")
    assert client.get("/subscriptions").json["error"]["code"] == "MissingApiVersionParameter"
    service.revoke_all()
    assert client.get("/subscriptions", **{"api-version": "2022-12-01"}).status == 401


def test_tokens_of_many_threads_are_all_taken(service: Service, client: RawClient) -> None:
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(service.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tokens)) == 8
    assert all(taken(client, token) for token in tokens)
