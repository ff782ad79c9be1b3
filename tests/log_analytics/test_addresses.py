"""What may be written for an address or a workspace, and that no token goes out in the clear."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.log_analytics.clouds import (
    CLOUDS,
    AddressError,
    base_address,
    workspace_id,
)
from iotriage.queries.tokens import keep_out, without_tokens


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://host", "https://host"),
        ("https://host/", "https://host"),
        ("https://HOST:8443/v1", "https://host:8443"),
        (" https://host/v1/ ", "https://host"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_an_address_is_brought_to_its_base(written: str, meant: str) -> None:
    assert base_address(written, "--endpoint") == meant


@pytest.mark.parametrize(
    "written",
    [
        "http://host",
        "host",
        "",
        "ftp://host",
        "https://",
        "https://host/other",
        "https://host/v1/workspaces",
        "https://host?x=1",
        "https://host#x",
        "https://user:pass@host",
        "https://host:port",
        "https://host:99999",
        "https://[::1",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(AddressError, match="--endpoint takes https://host"):
        base_address(written, "--endpoint")


def test_the_clouds_are_reached_over_tls() -> None:
    for cloud in CLOUDS.values():
        assert base_address(cloud.endpoint, "x") == cloud.endpoint
        assert base_address(cloud.management, "x") == cloud.management
        assert cloud.audience.startswith("https://")


def test_a_cloud_can_be_told_other_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOTRIAGE_MANAGEMENT", "https://m:1/")
    cloud = CLOUDS["usgov"].at("https://e:2/v1", "https://a")
    assert (cloud.endpoint, cloud.audience, cloud.management, cloud.authority) == (
        "https://e:2",
        "https://a",
        "https://m:1",
        "login.microsoftonline.us",
    )
    with pytest.raises(AddressError, match="--audience"):
        CLOUDS["public"].at(None, "a")


@given(st.uuids())
def test_a_guid_is_a_workspace(guid: uuid.UUID) -> None:
    assert workspace_id(f" {str(guid).upper()}\n") == str(guid)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plant",
        "11111111222233334444555555555555",
        "{11111111-2222-3333-4444-555555555555}",
        "urn:uuid:11111111-2222-3333-4444-555555555555",
        "/subscriptions/x/resourceGroups/y",
        "11111111-2222-3333-4444-555555555555/../../x",
        "11111111-2222-3333-4444-555555555555?x",
    ],
)
def test_what_is_no_guid_never_reaches_a_path(text: str) -> None:
    with pytest.raises(AddressError, match="is no workspace ID"):
        workspace_id(text)


def test_tokens_are_taken_out_wherever_they_stand() -> None:
    secret = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZWkifQ.c2ln"
    assert without_tokens(f"Authorization: Bearer {secret}!") == "Authorization: Bearer (token)!"
    assert without_tokens("bearer abcdefgh12345") == "bearer (token)"
    assert "opaque-secret" in without_tokens("opaque-secret-one")
    keep_out("opaque-secret-one")
    assert without_tokens("x opaque-secret-one y") == "x (token) y"


@given(st.text(max_size=60))
def test_other_text_is_left_alone(text: str) -> None:
    if "eyJ" not in text and "bearer" not in text.lower() and "opaque-secret-one" not in text:
        assert without_tokens(text) == text
