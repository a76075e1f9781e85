"""The class of each error code. Made by ``npm run gen``."""

from typing import Dict, Type

from .. import _errors as errors

CLASS_OF_CODE: Dict[str, Type[errors.APIError]] = {
    "invalid_request": errors.ValidationError,
    "malformed_json": errors.ValidationError,
    "invalid_amount": errors.ValidationError,
    "unsupported_currency": errors.ValidationError,
    "unsupported_method": errors.ValidationError,
    "unauthenticated": errors.AuthenticationError,
    "csrf_failed": errors.PermissionError,
    "second_factor_required": errors.PermissionError,
    "insufficient_scope": errors.PermissionError,
    "service_not_allowed": errors.PermissionError,
    "environment_not_allowed": errors.PermissionError,
    "ip_not_allowed": errors.PermissionError,
    "not_found": errors.NotFoundError,
    "method_not_allowed": errors.ValidationError,
    "conflict": errors.ConflictError,
    "invalid_state": errors.ConflictError,
    "idempotency_request_in_progress": errors.IdempotencyError,
    "payload_too_large": errors.ValidationError,
    "unsupported_media_type": errors.ValidationError,
    "idempotency_key_invalid": errors.IdempotencyError,
    "idempotency_key_reused": errors.IdempotencyError,
    "amount_exceeds_captured": errors.ValidationError,
    "amount_exceeds_authorized": errors.ValidationError,
    "capability_unsupported": errors.ValidationError,
    "provider_not_configured": errors.ProviderError,
    "credentials_invalid": errors.ValidationError,
    "domain_not_verified": errors.ValidationError,
    "dns_unavailable": errors.ServerError,
    "live_credentials_missing": errors.PermissionError,
    "payment_declined": errors.PaymentDeclinedError,
    "rate_limit_exceeded": errors.RateLimitError,
    "provider_rejected": errors.ProviderError,
    "provider_unavailable": errors.ProviderError,
    "overloaded": errors.ServerError,
    "internal": errors.ServerError,
}

CLASS_OF_STATUS: Dict[int, Type[errors.APIError]] = {
    401: errors.AuthenticationError,
    402: errors.PaymentDeclinedError,
    403: errors.PermissionError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    429: errors.RateLimitError,
}


def error_class_of(code: str, status: int) -> Type[errors.APIError]:
    """The class for a refusal: by its code where that is known, else by its status."""
    if code in CLASS_OF_CODE:
        return CLASS_OF_CODE[code]
    if status >= 500:
        return errors.ServerError
    return CLASS_OF_STATUS.get(status, errors.ValidationError if status >= 400 else errors.APIError)
