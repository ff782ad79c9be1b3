"""A client that knows nothing of Azure's packages: one kept connection, JSON in and out."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .demo import WORKSPACE
from .service import Service


@dataclass(frozen=True)
class Got:
    """An answer as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)

    @property
    def rows(self) -> list[list[Any]]:
        (table,) = self.json["tables"]
        rows: list[list[Any]] = table["rows"]
        return rows

    @property
    def innermost(self) -> dict[str, Any]:
        """The error at the bottom."""
        error: dict[str, Any] = self.json["error"]
        while "innererror" in error:
            error = error["innererror"]
        return error


class RawClient:
    """To be closed, or used in a ``with``."""

    def __init__(self, service: Service, ca_file: str | None = None, timeout: float = 10) -> None:
        context = ssl.create_default_context(cafile=ca_file or service.ca_file)
        self.token = service.token()
        self._connection = http.client.HTTPSConnection(
            "127.0.0.1", service.port, context=context, timeout=timeout
        )

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def close(self) -> None:
        self._connection.close()

    def send(self, kql: str, workspace: str = WORKSPACE, **more: Any) -> None:
        """Ask and read nothing yet; ``timespan`` goes into the body, the rest into the headers."""
        content = {"query": kql, "timespan": more.pop("timespan", None)}
        headers = {name.replace("_", "-"): text for name, text in more.items()}
        headers.setdefault("Authorization", f"Bearer {self.token}")
        path = f"/v1/workspaces/{workspace}/query"
        self._connection.request("POST", path, json.dumps(content), headers)

    def ask(self, kql: str, workspace: str = WORKSPACE, **more: Any) -> Got:
        self.send(kql, workspace, **more)
        return self.read()

    def get(self, path: str, **arguments: str) -> Got:
        target = path + (f"?{urlencode(arguments)}" if arguments else "")
        self._connection.request("GET", target, headers={"Authorization": f"Bearer {self.token}"})
        return self.read()

    def post(self, path: str, form: dict[str, str]) -> Got:
        self._connection.request("POST", path, urlencode(form))
        return self.read()

    def response(self) -> http.client.HTTPResponse:
        """The answer's head, its body still to be read."""
        return self._connection.getresponse()

    def read(self) -> Got:
        response = self.response()
        return Got(response.status, response.headers, response.read())
