"""Python SDK of OneRouter, the self-hosted unified payment API."""

from . import webhooks
from ._client import OneRouter, OneRouterSync
from ._errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    ConnectionError,
    IdempotencyError,
    NotFoundError,
    OneRouterError,
    OneRouterException,
    PaymentDeclinedError,
    PermissionError,
    ProviderError,
    RateLimitError,
    ServerError,
    TimeoutError,
    ValidationError,
    WebhookVerificationError,
)
from ._model import ApiObject
from ._omit import OMIT
from ._pages import AsyncPage, Page
from ._version import __version__

__all__ = [
    "OMIT",
    "APIError",
    "ApiObject",
    "AsyncPage",
    "AuthenticationError",
    "ConflictError",
    "ConnectionError",
    "IdempotencyError",
    "NotFoundError",
    "OneRouter",
    "OneRouterError",
    "OneRouterException",
    "OneRouterSync",
    "Page",
    "PaymentDeclinedError",
    "PermissionError",
    "ProviderError",
    "RateLimitError",
    "ServerError",
    "TimeoutError",
    "ValidationError",
    "WebhookVerificationError",
    "__version__",
    "webhooks",
]
