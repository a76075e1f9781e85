"""What can go wrong. ``code`` is stable and meant for programs, ``message`` for people."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Type


class OneRouterError(Exception):
    """What every failure of this package is."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: Optional[int] = None,
        request_id: Optional[str] = None,
        retryable: bool = False,
        retry_after: Optional[int] = None,
        response: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        #: What happened, as the API put it; the same as ``message``.
        self.detail = message
        self.code = code
        #: The HTTP status; ``None`` when no answer arrived.
        self.status = status
        #: Names this very request in the server's log.
        self.request_id = request_id
        #: Whether the same call can succeed later. This package has already tried again where that was safe.
        self.retryable = retryable
        #: Seconds to wait before the next try, where the server said so.
        self.retry_after = retry_after
        #: The problem document (RFC 9457), where there was one.
        self.response: Optional[Dict[str, Any]] = None if response is None else dict(response)

    @property
    def status_code(self) -> Optional[int]:
        return self.status

    @property
    def errors(self) -> List[Dict[str, str]]:
        """The fields of the request that are wrong, as ``{"pointer", "detail"}``."""
        errors = (self.response or {}).get("errors")
        return errors if isinstance(errors, list) else []

    @property
    def details(self) -> List[Dict[str, str]]:
        return self.errors

    @property
    def provider(self) -> Optional[str]:
        return self._text("provider")

    @property
    def provider_code(self) -> Optional[str]:
        """The provider's own code, for support cases."""
        return self._text("provider_code")

    @property
    def decline_reason(self) -> Optional[str]:
        return self._text("decline_reason")

    @property
    def payment(self) -> Optional[Dict[str, Any]]:
        """The payment as it stands, when the failure concerns one."""
        payment = (self.response or {}).get("payment")
        return payment if isinstance(payment, dict) else None

    def _text(self, name: str) -> Optional[str]:
        value = (self.response or {}).get(name)
        return value if isinstance(value, str) else None


class APIError(OneRouterError):
    """A call failed: the API refused it, or no whole answer arrived."""


class AuthenticationError(APIError):
    """The key is missing, malformed, expired or revoked (401)."""


class PermissionError(APIError):  # noqa: A001 - the same name in every SDK
    """The key may not do this; the detail names the missing scope, service or environment (403)."""


class NotFoundError(APIError):
    """There is no such object in this account (404)."""


class ValidationError(APIError):
    """The request is wrong as it stands; ``errors`` points at the fields (400, 413, 415, 422)."""


class ConflictError(APIError):
    """The object is not in a state that allows this, or another operation is in the way (409)."""


class IdempotencyError(APIError):
    """The idempotency key is malformed, belongs to another request, or its first request still runs."""


class RateLimitError(APIError):
    """Too many requests; ``retry_after`` says for how many seconds (429)."""


class PaymentDeclinedError(APIError):
    """The payer's bank or the provider said no; ``decline_reason`` and ``payment`` say more (402)."""


class ProviderError(APIError):
    """The provider refused the request, cannot be reached, or is not connected."""


class ServerError(APIError):
    """The server failed or is overloaded (5xx)."""


class ConnectionError(APIError):  # noqa: A001 - the same name in every SDK
    """No whole answer arrived. Whether the server acted is unknown: repeat with the same idempotency key."""


class TimeoutError(ConnectionError):  # noqa: A001 - the same name in every SDK
    """The answer took longer than the time limit. Whether the server acted is unknown."""


class WebhookVerificationError(OneRouterError):
    """A webhook that must not be believed; ``code`` says why."""


OneRouterException = OneRouterError
