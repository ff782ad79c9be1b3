"""Errors as the service words and nests them."""

from __future__ import annotations

import uuid
from typing import Any

from .tokens import TokenError
from .wire import Reply


def error_body(code: str, message: str, **more: Any) -> dict[str, Any]:
    """``{"error": …}`` with a correlation id; ``more`` are further members of the error."""
    return {"error": {"message": message, "code": code, "correlationId": str(uuid.uuid4())} | more}


def failed(status: int, code: str, message: str, **more: Any) -> Reply:
    return Reply.json(status, error_body(code, message, **more))


def bad_argument(inner: dict[str, Any]) -> Reply:
    """400: the query or what comes with it cannot be answered, ``inner`` says why."""
    return failed(
        400, "BadArgumentError", "The request had some invalid properties", innererror=inner
    )


def unauthenticated(error: TokenError) -> Reply:
    if error.code == "AuthenticationFailed":
        reply = failed(401, error.code, error.why)
    else:
        reply = failed(
            401,
            error.code,
            "The provided authentication is not valid for this resource",
            innererror={"code": error.why, "message": "Could not validate the request"},
        )
    reply.headers["WWW-Authenticate"] = 'Bearer authorization_uri="/", error="invalid_token"'
    return reply


def not_found(message: str = "The requested path does not exist") -> Reply:
    return failed(404, "PathNotFoundError", message)


def forbidden() -> Reply:
    return failed(
        403,
        "InsufficientAccessError",
        "The provided credentials have insufficient access to perform the requested operation",
    )


def timed_out() -> Reply:
    inner = {"code": "GatewayTimeout", "message": "The query did not finish in the time given"}
    return failed(504, "GatewayTimeout", "Gateway timeout", innererror=inner)


def too_many_rows(limit: int) -> dict[str, Any]:
    """The error beside the rows of an answer that was cut."""
    return partial_error(
        "-2133196797",
        f"The results of this query exceed the set limit of {limit} records, so not all records "
        "were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).",
    )


def partial_error(code: str, message: str) -> dict[str, Any]:
    inner = {"code": code, "message": message, "severity": 2, "severityName": "Error"}
    engine = {
        "code": "EngineError",
        "message": "Something went wrong processing your query on the server.",
        "innererror": inner,
    }
    return {
        "code": "PartialError",
        "message": "There were some errors when processing your query.",
        "details": [engine],
    }
