"""What a client is made with, and what one call may have of its own."""

from __future__ import annotations

import os
import random
import re
import time
import uuid
from typing import Callable, Mapping, NamedTuple, Optional, Union
from urllib.parse import urlsplit

from ._errors import AuthenticationError, ValidationError
from ._omit import OMIT, Omit

DEFAULT_BASE_URL = "http://localhost:8000"
DEFAULT_TIMEOUT_S = 30.0
DEFAULT_RETRIES = 2
MOST_RETRIES = 20


class System(NamedTuple):
    """The world of a client, replaced in tests."""

    now: Callable[[], float] = time.time
    random: Callable[[], float] = random.random
    new_idempotency_key: Callable[[], str] = lambda: f"idem_{uuid.uuid4().hex}"


class Settings(NamedTuple):
    api_key: str
    base_url: str
    timeout: float
    max_retries: int
    system: System


class CallOptions(NamedTuple):
    idempotency_key: Union[str, Omit, None] = OMIT
    timeout: Union[float, Omit] = OMIT
    max_retries: Union[int, Omit] = OMIT
    #: Further headers; ``None`` removes one that would be sent.
    extra_headers: Union[Mapping[str, Optional[str]], Omit] = OMIT


def settings_from(
    api_key: Optional[str],
    base_url: Optional[str],
    timeout: float,
    max_retries: int,
    system: Optional[System] = None,
) -> Settings:
    """
    Fills in what was left out. Of the key it is only asked that there is one, so that a client can be made from
    any placeholder; what it looks like is checked before it is sent anywhere. Messages never contain it.
    """
    key = api_key if api_key is not None else os.environ.get("ONEROUTER_API_KEY")
    if not key:
        raise AuthenticationError(
            "API key is required: give api_key to the client, or set the environment variable ONEROUTER_API_KEY.",
            code="api_key_missing",
        )
    base = base_url or os.environ.get("ONEROUTER_BASE_URL") or DEFAULT_BASE_URL
    return Settings(
        key, checked_base(base), checked_timeout(timeout), checked_retries(max_retries), system or System()
    )


def checked_key(key: str) -> str:
    if re.match(r"^unf_(test|live)_[0-9A-Za-z]{1,200}\Z", key):
        return key
    raise AuthenticationError(
        "The API key must look like unf_test_… or unf_live_…, without spaces or quotes.",
        code="api_key_malformed",
    )


def checked_base(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise _invalid(
            "base_url must be an http or https address without query, such as https://pay.example.com."
        )
    if url.username or url.password:
        raise _invalid("base_url must not contain a password.")
    return text.rstrip("/")


def checked_timeout(seconds: float) -> float:
    if 0 < seconds <= 2_147_483:
        return float(seconds)
    raise _invalid("timeout must be a positive number of seconds.")


def checked_retries(count: int) -> int:
    if isinstance(count, int) and 0 <= count <= MOST_RETRIES:
        return count
    raise _invalid(f"max_retries must be an integer from 0 to {MOST_RETRIES}.")


def _invalid(message: str) -> ValidationError:
    return ValidationError(message, code="invalid_argument")
