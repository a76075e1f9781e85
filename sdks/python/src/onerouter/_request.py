"""One operation of the API as bytes, and what its answer means. Nothing here waits or connects."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union
from urllib.parse import quote, urlencode

from ._errors import APIError, ConnectionError, TimeoutError, ValidationError
from ._generated.error_codes import error_class_of
from ._omit import Omit, given
from ._retry import RETRIED, Answer, retry_after_seconds
from ._settings import CallOptions, Settings, checked_key, checked_retries, checked_timeout
from ._version import __version__


class Operation(NamedTuple):
    method: str
    path: str
    query: Optional[Mapping[str, Any]] = None
    body: Optional[Mapping[str, Any]] = None


class Prepared(NamedTuple):
    """Made once: every try carries the same idempotency key and the same bytes."""

    method: str
    url: str
    headers: Dict[str, str]
    content: Optional[bytes]
    timeout: float
    max_retries: int


class Failed(NamedTuple):
    error: APIError
    answer: Optional[Answer]


def prepare(settings: Settings, operation: Operation, options: CallOptions) -> Prepared:
    headers = {
        "accept": "application/json",
        "authorization": f"Bearer {checked_key(settings.api_key)}",
        "user-agent": f"onerouter-python/{__version__}",
    }
    content = None
    if operation.body is not None:
        headers["content-type"] = "application/json"
        content = json.dumps(_wire(given(operation.body)), allow_nan=False, separators=(",", ":")).encode()
    if operation.method == "POST":
        key = options.idempotency_key
        headers["idempotency-key"] = key if isinstance(key, str) else settings.system.new_idempotency_key()
    extra = {} if isinstance(options.extra_headers, Omit) else options.extra_headers
    for name, value in extra.items():
        headers.pop(name.lower(), None)
        if value is not None:
            headers[name.lower()] = value
    return Prepared(
        operation.method,
        settings.base_url + operation.path + _query(operation.query),
        headers,
        content,
        settings.timeout if isinstance(options.timeout, Omit) else checked_timeout(options.timeout),
        settings.max_retries
        if isinstance(options.max_retries, Omit)
        else checked_retries(options.max_retries),
    )


def path_of(template: str, **values: str) -> str:
    """A path with its values percent-encoded. A value that would name another resource is refused."""
    for name, value in values.items():
        if not isinstance(value, str) or value in ("", ".", ".."):
            raise ValidationError(
                f"An id is expected in the path, not {value!r}.", code="invalid_argument"
            )
        template = template.replace("{" + name + "}", quote(value, safe=""))
    return template


def _query(params: Optional[Mapping[str, Any]]) -> str:
    pairs: List[Tuple[str, str]] = []
    for name, value in given(params or {}).items():
        if isinstance(value, Mapping):
            pairs += [(f"{name}[{bound}]", _text(limit)) for bound, limit in value.items()]
        elif value is not None:
            pairs.append((name, _text(value)))
    return f"?{urlencode(pairs)}" if pairs else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _instant(value) if isinstance(value, date) else str(value)


def _instant(value: Union[date, datetime]) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def _wire(value: Any) -> Any:
    """What JSON can carry: decimals as exact text, times in UTC. A number that is none is refused here."""
    if isinstance(value, Mapping):
        return {name: _wire(member) for name, member in given(value).items()}
    if isinstance(value, (list, tuple)):
        return [_wire(member) for member in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValidationError(f"{value} is not a number.", code="invalid_argument")
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else _wire(float("nan"))
    return _instant(value) if isinstance(value, date) else value


def read(answer: Answer, now: float) -> Union[Dict[str, Any], Failed]:
    """The object in an answer, or the failure it stands for."""
    parsed = _parse(answer.text)
    request_id = answer.headers.get("request-id")
    if not 200 <= answer.status < 300:
        return Failed(_refusal(answer, parsed, request_id, now), answer)
    if parsed is None:
        message = "The answer is not the JSON of a OneRouter API: a proxy in between, or a wrong base_url?"
        code = "malformed_answer"
        error = ConnectionError(
            message, code=code, status=answer.status, request_id=request_id, retryable=True
        )
        return Failed(error, None)
    return parsed


def no_answer(timed_out: bool, timeout: float) -> Failed:
    if timed_out:
        message = f"No answer within {timeout:g} s. Whether the server acted is unknown."
        return Failed(TimeoutError(message, code="timeout", retryable=True), None)
    message = "The connection failed before a whole answer arrived. Whether the server acted is unknown."
    return Failed(ConnectionError(message, code="connection_failed", retryable=True), None)


def _parse(text: str) -> Optional[Dict[str, Any]]:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _refusal(
    answer: Answer, parsed: Optional[Dict[str, Any]], request_id: Optional[str], now: float
) -> APIError:
    problem = parsed or {}

    def text(name: str) -> Optional[str]:
        value = problem.get(name)
        return value if isinstance(value, str) else None

    code = text("code") or f"http_{answer.status}"
    retryable = problem.get("retryable")
    return error_class_of(code, answer.status)(
        text("detail") or text("title") or _describe(answer.status),
        code=code,
        status=answer.status,
        request_id=request_id or text("request_id"),
        retryable=retryable if isinstance(retryable, bool) else answer.status in RETRIED,
        retry_after=retry_after_seconds(answer.headers, now),
        response=parsed,
    )


def _describe(status: int) -> str:
    if status < 400:
        return "The server redirects elsewhere: base_url must be the address of the API itself."
    return f"The server answered {status} without saying why."
