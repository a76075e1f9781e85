"""The API's resources for ``asyncio``. Made by ``npm run gen``."""

from datetime import datetime
from decimal import Decimal
from typing import Any, AsyncIterator, Awaitable, Iterator, Mapping, Optional, Sequence, Union

from .._call import AsyncCall
from .._omit import OMIT, Omit
from .._pages import AsyncList
from .._request import Operation, path_of
from .._settings import CallOptions
from . import models

Amount = Union[str, int, float, Decimal]
Instant = Union[str, int, datetime]
Headers = Mapping[str, Optional[str]]


class AsyncWebhooksEndpoints:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        url: str,
        events: Union[Sequence[str], Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        description: Union[Optional[str], Omit] = OMIT,
        sign_v1a: Union[bool, Omit] = OMIT,
        ordered: Union[bool, Omit] = OMIT,
        max_in_flight: Union[int, Omit] = OMIT,
        rate_limit_per_second: Union[Optional[int], Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreateWebhookEndpointAnswer]:
        """
        Create an endpoint; the answer is the only place that shows its secret.

        :param sign_v1a: Also signs with ed25519
        :param ordered: Events of one object arrive one after the other

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "POST",
            "/api/webhooks/endpoints",
            query=None,
            body={"url": url, "events": events, "environment": environment, "description": description, "sign_v1a": sign_v1a, "ordered": ordered, "max_in_flight": max_in_flight, "rate_limit_per_second": rate_limit_per_second},
        )
        return self._call.one(operation, models.CreateWebhookEndpointAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListWebhookEndpointsItem]:
        """
        List endpoints, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        """
        operation = Operation(
            "GET",
            "/api/webhooks/endpoints",
            query={"limit": limit, "starting_after": starting_after, "environment": environment},
            body=None,
        )
        return self._call.many(operation, models.ListWebhookEndpointsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        endpoint_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetWebhookEndpointAnswer]:
        """
        Get an endpoint.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/api/webhooks/endpoints/{id}", id=endpoint_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetWebhookEndpointAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def update(
        self,
        endpoint_id: str,
        *,
        url: Union[str, Omit] = OMIT,
        events: Union[Sequence[str], Omit] = OMIT,
        description: Union[Optional[str], Omit] = OMIT,
        sign_v1a: Union[bool, Omit] = OMIT,
        ordered: Union[bool, Omit] = OMIT,
        max_in_flight: Union[int, Omit] = OMIT,
        rate_limit_per_second: Union[Optional[int], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.UpdateWebhookEndpointAnswer]:
        """
        Change address, events, description, signatures, order or limit.

        :param sign_v1a: Also signs with ed25519
        :param ordered: Events of one object arrive one after the other

        Error codes: not_found.
        """
        operation = Operation(
            "PATCH",
            path_of("/api/webhooks/endpoints/{id}", id=endpoint_id),
            query=None,
            body={"url": url, "events": events, "description": description, "sign_v1a": sign_v1a, "ordered": ordered, "max_in_flight": max_in_flight, "rate_limit_per_second": rate_limit_per_second},
        )
        return self._call.one(operation, models.UpdateWebhookEndpointAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def delete(
        self,
        endpoint_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DeleteWebhookEndpointAnswer]:
        """
        Delete an endpoint and its secrets; its log stays.

        Error codes: not_found.
        """
        operation = Operation(
            "DELETE",
            path_of("/api/webhooks/endpoints/{id}", id=endpoint_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.DeleteWebhookEndpointAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def rotate_secret(
        self,
        endpoint_id: str,
        *,
        overlap_seconds: Union[int, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.RotateWebhookSecretAnswer]:
        """
        Add a secret; those before still sign until the overlap ends.

        :param overlap_seconds: How long the secrets before still sign; 86400 by default

        Error codes: not_found, invalid_state.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/endpoints/{id}/rotate-secret", id=endpoint_id),
            query=None,
            body={"overlap_seconds": overlap_seconds},
        )
        return self._call.one(operation, models.RotateWebhookSecretAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def enable(
        self,
        endpoint_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.EnableWebhookEndpointAnswer]:
        """
        Enable an endpoint; what it missed is sent by a recovery.

        Error codes: not_found.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/endpoints/{id}/enable", id=endpoint_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.EnableWebhookEndpointAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def disable(
        self,
        endpoint_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DisableWebhookEndpointAnswer]:
        """
        Disable an endpoint; events are kept and can be recovered.

        Error codes: not_found.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/endpoints/{id}/disable", id=endpoint_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.DisableWebhookEndpointAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def recover(
        self,
        endpoint_id: str,
        *,
        since: str,
        until: Union[str, Omit] = OMIT,
        events: Union[Sequence[str], Omit] = OMIT,
        include_delivered: Union[bool, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.RecoverWebhookEndpointAnswer]:
        """
        Send the events of a span of time again, as a job that survives restarts.

        :param since: RFC 3339 or Unix seconds
        :param until: Now, by default
        :param include_delivered: Also what was delivered before

        Error codes: not_found, invalid_state.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/endpoints/{id}/recover", id=endpoint_id),
            query=None,
            body={"since": since, "until": until, "events": events, "include_delivered": include_delivered},
        )
        return self._call.one(operation, models.RecoverWebhookEndpointAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncWebhooksRecoveries:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def get(
        self,
        recovery_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetWebhookRecoveryAnswer]:
        """
        Get a recovery.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/api/webhooks/recoveries/{id}", id=recovery_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetWebhookRecoveryAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def cancel(
        self,
        recovery_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CancelWebhookRecoveryAnswer]:
        """
        Stop a recovery; what it has scheduled is still sent.

        Error codes: not_found.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/recoveries/{id}/cancel", id=recovery_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.CancelWebhookRecoveryAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncWebhooksDeliveries:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        endpoint_id: Union[str, Omit] = OMIT,
        event_id: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListDeliveriesItem]:
        """
        List deliveries with their tries, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        """
        operation = Operation(
            "GET",
            "/api/webhooks/deliveries",
            query={"limit": limit, "starting_after": starting_after, "environment": environment, "endpoint_id": endpoint_id, "event_id": event_id, "status": status},
            body=None,
        )
        return self._call.many(operation, models.ListDeliveriesItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        delivery_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetDeliveryAnswer]:
        """
        Get a delivery.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/api/webhooks/deliveries/{id}", id=delivery_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetDeliveryAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def redeliver(
        self,
        delivery_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.RedeliverAnswer]:
        """
        Deliver again, with a fresh schedule and the same webhook-id.

        Error codes: not_found, invalid_state.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/deliveries/{id}/redeliver", id=delivery_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.RedeliverAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncWebhooksInbound:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        service_name: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListInboundWebhooksItem]:
        """
        List what providers sent, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before

        Error codes: service_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/webhooks/logs",
            query={"limit": limit, "starting_after": starting_after, "environment": environment, "service_name": service_name, "status": status},
            body=None,
        )
        return self._call.many(operation, models.ListInboundWebhooksItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def reprocess(
        self,
        inbound_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ReprocessInboundWebhookAnswer]:
        """
        Work off a provider's webhook again.

        Error codes: not_found.
        """
        operation = Operation(
            "POST",
            path_of("/api/webhooks/inbound/{id}/reprocess", id=inbound_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.ReprocessInboundWebhookAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncPayments:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        currency: str = "INR",
        amount: Union[Amount, Omit] = OMIT,
        amount_minor: Union[int, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        capture: Union[str, Omit] = OMIT,
        receipt: Union[str, Omit] = OMIT,
        description: Union[str, Omit] = OMIT,
        customer: Union[Union[str, Mapping[str, Any]], Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        return_url: Union[str, Omit] = OMIT,
        cancel_url: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        save_payment_method: Union[bool, Omit] = OMIT,
        payment_method: Union[str, Omit] = OMIT,
        off_session: Union[bool, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Payment]:
        """
        Create a payment.

        :param amount: Major units, exact: "500.00" or 500.00
        :param amount_minor: Minor units: 50000 is 500.00 USD
        :param currency: ISO 4217, either case
        :param customer: The id of a customer (cus_…), or their details
        :param save_payment_method: The payer agreed that what they pay with is kept for the customer
        :param payment_method: A saved one, pm_…, to be charged
        :param off_session: The payer is away; goes with payment_method

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, invalid_amount, unsupported_currency, unsupported_method, capability_unsupported, environment_not_allowed, provider_not_configured, payment_declined, not_found, invalid_state.
        """
        operation = Operation(
            "POST",
            "/v1/payments",
            query=None,
            body={"amount": amount, "amount_minor": amount_minor, "currency": currency, "provider": provider, "method": method, "capture": capture, "receipt": receipt, "description": description, "customer": customer, "metadata": metadata, "notes": notes, "return_url": return_url, "cancel_url": cancel_url, "environment": environment, "save_payment_method": save_payment_method, "payment_method": payment_method, "off_session": off_session},
        )
        return self._call.one(operation, models.Payment, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        receipt: Union[str, Omit] = OMIT,
        customer: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.Payment]:
        """
        List payments, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param currency: ISO 4217, either case
        :param customer: The payer's e-mail address, or the id of a customer
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/payments",
            query={"limit": limit, "starting_after": starting_after, "status": status, "provider": provider, "currency": currency, "receipt": receipt, "customer": customer, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.Payment, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        payment_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Payment]:
        """
        Get a payment.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/payments/{id}", id=payment_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.Payment, CallOptions(OMIT, timeout, max_retries, extra_headers))

    retrieve = get

    def capture(
        self,
        payment_id: str,
        *,
        amount: Union[Amount, Omit] = OMIT,
        amount_minor: Union[int, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Payment]:
        """
        Capture an authorized payment, wholly or in part.

        :param amount: Major units, exact: "500.00" or 500.00
        :param amount_minor: Minor units: 50000 is 500.00 USD

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_amount, invalid_state, amount_exceeds_authorized, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/payments/{id}/capture", id=payment_id),
            query=None,
            body={"amount": amount, "amount_minor": amount_minor},
        )
        return self._call.one(operation, models.Payment, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def cancel(
        self,
        payment_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Payment]:
        """
        Cancel a payment that has not been captured.

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_state, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/payments/{id}/cancel", id=payment_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.Payment, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def sync(
        self,
        payment_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Payment]:
        """
        Ask the provider how the payment stands now.

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found.
        """
        operation = Operation(
            "POST",
            path_of("/v1/payments/{id}/sync", id=payment_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.Payment, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def timeline(
        self,
        payment_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetPaymentTimelineAnswer]:
        """
        Every attempt, provider call, webhook and transition.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/payments/{id}/timeline", id=payment_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetPaymentTimelineAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def routing(
        self,
        payment_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetPaymentRoutingAnswer]:
        """
        Why this provider.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/payments/{id}/routing", id=payment_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetPaymentRoutingAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def refund(
        self,
        payment_id: str,
        *,
        amount: Union[Amount, Omit] = OMIT,
        amount_minor: Union[int, Omit] = OMIT,
        reason: Union[str, Omit] = OMIT,
        speed: Union[str, Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Refund]:
        """
        Refund this payment, wholly or in part.

        :param amount: Major units, exact: "500.00" or 500.00
        :param amount_minor: Minor units: 50000 is 500.00 USD

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_amount, invalid_state, amount_exceeds_captured, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/payments/{id}/refund", id=payment_id),
            query=None,
            body={"amount": amount, "amount_minor": amount_minor, "reason": reason, "speed": speed, "metadata": metadata, "notes": notes},
        )
        return self._call.one(operation, models.Refund, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncRefunds:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        payment_id: Union[str, Omit] = OMIT,
        charge_id: Union[str, Omit] = OMIT,
        amount: Union[Amount, Omit] = OMIT,
        amount_minor: Union[int, Omit] = OMIT,
        reason: Union[str, Omit] = OMIT,
        speed: Union[str, Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Refund]:
        """
        Refund a payment or the charge of a subscription, wholly or in part.

        :param payment_id: This or charge_id
        :param charge_id: The charge of a subscription, schg_…
        :param amount: Major units, exact: "500.00" or 500.00
        :param amount_minor: Minor units: 50000 is 500.00 USD

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_amount, invalid_state, amount_exceeds_captured, capability_unsupported.
        """
        operation = Operation(
            "POST",
            "/v1/refunds",
            query=None,
            body={"payment_id": payment_id, "charge_id": charge_id, "amount": amount, "amount_minor": amount_minor, "reason": reason, "speed": speed, "metadata": metadata, "notes": notes},
        )
        return self._call.one(operation, models.Refund, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        payment_id: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.Refund]:
        """
        List refunds, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/refunds",
            query={"limit": limit, "starting_after": starting_after, "payment_id": payment_id, "status": status, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.Refund, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def retrieve(
        self,
        refund_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Refund]:
        """
        Get a refund.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/refunds/{id}", id=refund_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.Refund, CallOptions(OMIT, timeout, max_retries, extra_headers))

    get = retrieve


class AsyncCustomers:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        name: Union[str, Omit] = OMIT,
        email: Union[str, Omit] = OMIT,
        phone: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        description: Union[str, Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreateCustomerAnswer]:
        """
        Create a customer.

        :param country: ISO 3166-1; routing rules and analytics can go by it

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, environment_not_allowed.
        """
        operation = Operation(
            "POST",
            "/v1/customers",
            query=None,
            body={"name": name, "email": email, "phone": phone, "country": country, "description": description, "metadata": metadata, "notes": notes, "environment": environment},
        )
        return self._call.one(operation, models.CreateCustomerAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        email: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListCustomersItem]:
        """
        List customers, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/customers",
            query={"limit": limit, "starting_after": starting_after, "email": email, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.ListCustomersItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        customer_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetCustomerAnswer]:
        """
        Get a customer.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/customers/{id}", id=customer_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetCustomerAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def update(
        self,
        customer_id: str,
        *,
        name: Union[Optional[str], Omit] = OMIT,
        email: Union[Optional[str], Omit] = OMIT,
        phone: Union[Optional[str], Omit] = OMIT,
        country: Union[Optional[str], Omit] = OMIT,
        description: Union[Optional[str], Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.UpdateCustomerAnswer]:
        """
        Change a customer; what was made with them keeps the details it was made with.

        :param country: ISO 3166-1; routing rules and analytics can go by it

        Error codes: not_found.
        """
        operation = Operation(
            "PATCH",
            path_of("/v1/customers/{id}", id=customer_id),
            query=None,
            body={"name": name, "email": email, "phone": phone, "country": country, "description": description, "metadata": metadata},
        )
        return self._call.one(operation, models.UpdateCustomerAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def delete(
        self,
        customer_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DeleteCustomerAnswer]:
        """
        Delete a customer who has no running subscription.

        Error codes: not_found, invalid_state.
        """
        operation = Operation(
            "DELETE",
            path_of("/v1/customers/{id}", id=customer_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.DeleteCustomerAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncSavedPaymentMethods:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        customer: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListSavedPaymentMethodsItem]:
        """
        List the payment methods that payers let you keep, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param customer: The id of a customer

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            "/v1/saved-payment-methods",
            query={"limit": limit, "starting_after": starting_after, "customer": customer, "environment": environment},
            body=None,
        )
        return self._call.many(operation, models.ListSavedPaymentMethodsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        saved_payment_method_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetSavedPaymentMethodAnswer]:
        """
        Get a saved payment method.

        Error codes: not_found, service_not_allowed.
        """
        operation = Operation(
            "GET",
            path_of("/v1/saved-payment-methods/{id}", id=saved_payment_method_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetSavedPaymentMethodAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    retrieve = get

    def update(
        self,
        saved_payment_method_id: str,
        *,
        nickname: Union[Optional[str], Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.UpdateSavedPaymentMethodAnswer]:
        """
        Name a saved payment method.

        Error codes: not_found, service_not_allowed.
        """
        operation = Operation(
            "PATCH",
            path_of("/v1/saved-payment-methods/{id}", id=saved_payment_method_id),
            query=None,
            body={"nickname": nickname, "metadata": metadata},
        )
        return self._call.one(operation, models.UpdateSavedPaymentMethodAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def delete(
        self,
        saved_payment_method_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DeleteSavedPaymentMethodAnswer]:
        """
        Delete a saved payment method, at its provider as well.

        Error codes: not_found, service_not_allowed.
        """
        operation = Operation(
            "DELETE",
            path_of("/v1/saved-payment-methods/{id}", id=saved_payment_method_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.DeleteSavedPaymentMethodAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncPlans:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        currency: str,
        interval: str,
        description: Union[str, Omit] = OMIT,
        amount: Union[Amount, Omit] = OMIT,
        amount_minor: Union[int, Omit] = OMIT,
        interval_count: Union[int, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreatePlanAnswer]:
        """
        Create a plan; its price never changes.

        :param amount: Major units, exact: "500.00" or 500.00
        :param amount_minor: Minor units: 50000 is 500.00 USD
        :param currency: ISO 4217, either case
        :param interval_count: Three months: month and 3

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, invalid_amount, unsupported_currency, environment_not_allowed, provider_not_configured.
        """
        operation = Operation(
            "POST",
            "/v1/plans",
            query=None,
            body={"name": name, "description": description, "amount": amount, "amount_minor": amount_minor, "currency": currency, "interval": interval, "interval_count": interval_count, "provider": provider, "metadata": metadata, "notes": notes, "environment": environment},
        )
        return self._call.one(operation, models.CreatePlanAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListPlansItem]:
        """
        List plans, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param currency: ISO 4217, either case
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/plans",
            query={"limit": limit, "starting_after": starting_after, "currency": currency, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.ListPlansItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        plan_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetPlanAnswer]:
        """
        Get a plan and what providers hold of it.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/plans/{id}", id=plan_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetPlanAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncSubscriptions:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        plan_id: str,
        customer: Union[Union[str, Mapping[str, Any]], Omit] = OMIT,
        quantity: Union[int, Omit] = OMIT,
        trial_days: Union[int, Omit] = OMIT,
        start_date: Union[str, Omit] = OMIT,
        total_count: Union[int, Omit] = OMIT,
        description: Union[str, Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        return_url: Union[str, Omit] = OMIT,
        cancel_url: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        customer_notify: Union[bool, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreateSubscriptionAnswer]:
        """
        Create a subscription; send its payer to approval_url.

        :param customer: The id of a customer (cus_…), or their details
        :param trial_days: Days before the first charge
        :param start_date: No charge before then; RFC 3339, in the future
        :param total_count: Charges after which it is complete
        :param customer_notify: Taken for the original's sake: the payer agrees at approval_url, and we write to nobody

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, invalid_amount, unsupported_currency, provider_not_configured, payment_declined.
        """
        operation = Operation(
            "POST",
            "/v1/subscriptions",
            query=None,
            body={"plan_id": plan_id, "customer": customer, "quantity": quantity, "trial_days": trial_days, "start_date": start_date, "total_count": total_count, "description": description, "metadata": metadata, "notes": notes, "return_url": return_url, "cancel_url": cancel_url, "provider": provider, "customer_notify": customer_notify},
        )
        return self._call.one(operation, models.CreateSubscriptionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        plan_id: Union[str, Omit] = OMIT,
        customer: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListSubscriptionsItem]:
        """
        List subscriptions, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param customer: The id of a customer
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/subscriptions",
            query={"limit": limit, "starting_after": starting_after, "status": status, "plan_id": plan_id, "customer": customer, "provider": provider, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.ListSubscriptionsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        subscription_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetSubscriptionAnswer]:
        """
        Get a subscription.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/subscriptions/{id}", id=subscription_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetSubscriptionAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    retrieve = get

    def cancel(
        self,
        subscription_id: str,
        *,
        at_period_end: Union[bool, Omit] = OMIT,
        cancel_at_cycle_end: Union[bool, Omit] = OMIT,
        reason: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CancelSubscriptionAnswer]:
        """
        Cancel a subscription, at once or when the running period ends.

        :param cancel_at_cycle_end: The same as at_period_end

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_state, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/subscriptions/{id}/cancel", id=subscription_id),
            query=None,
            body={"at_period_end": at_period_end, "cancel_at_cycle_end": cancel_at_cycle_end, "reason": reason},
        )
        return self._call.one(operation, models.CancelSubscriptionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def pause(
        self,
        subscription_id: str,
        *,
        pause_at: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.PauseSubscriptionAnswer]:
        """
        Pause an active subscription: nothing is charged until it is resumed.

        :param pause_at: Pausing at the end of a period is offered by no provider

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_state, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/subscriptions/{id}/pause", id=subscription_id),
            query=None,
            body={"pause_at": pause_at},
        )
        return self._call.one(operation, models.PauseSubscriptionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def resume(
        self,
        subscription_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ResumeSubscriptionAnswer]:
        """
        Resume a paused subscription.

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_state, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/subscriptions/{id}/resume", id=subscription_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.ResumeSubscriptionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def change_plan(
        self,
        subscription_id: str,
        *,
        plan_id: Union[str, Omit] = OMIT,
        new_plan_id: Union[str, Omit] = OMIT,
        quantity: Union[int, Omit] = OMIT,
        prorate: Union[bool, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ChangeSubscriptionPlanAnswer]:
        """
        Change the plan or the quantity of a subscription.

        :param new_plan_id: The same as plan_id
        :param prorate: Settle the difference of the running period; where left out it is settled if the provider can

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, provider_rejected, provider_unavailable, service_not_allowed, not_found, conflict, invalid_state, capability_unsupported.
        """
        operation = Operation(
            "POST",
            path_of("/v1/subscriptions/{id}/change_plan", id=subscription_id),
            query=None,
            body={"plan_id": plan_id, "new_plan_id": new_plan_id, "quantity": quantity, "prorate": prorate},
        )
        return self._call.one(operation, models.ChangeSubscriptionPlanAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def sync(
        self,
        subscription_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SyncSubscriptionAnswer]:
        """
        Ask the provider how the subscription stands now.

        Error codes: not_found, service_not_allowed.
        """
        operation = Operation(
            "POST",
            path_of("/v1/subscriptions/{id}/sync", id=subscription_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.SyncSubscriptionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def charges(
        self,
        subscription_id: str,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListSubscriptionChargesItem]:
        """
        List what was charged, newest first: one row per period.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/subscriptions/{id}/charges", id=subscription_id),
            query={"limit": limit, "starting_after": starting_after, "status": status},
            body=None,
        )
        return self._call.many(operation, models.ListSubscriptionChargesItem, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncDisputes:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        payment_id: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        reason: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.Dispute]:
        """
        List disputes, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/disputes",
            query={"limit": limit, "starting_after": starting_after, "payment_id": payment_id, "status": status, "reason": reason, "provider": provider, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.Dispute, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        dispute_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Dispute]:
        """
        Get a dispute: what, why, until when and how it ended.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/disputes/{id}", id=dispute_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.Dispute, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncSms:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def send(
        self,
        *,
        to: str,
        body: str,
        from_number: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Sms]:
        """
        Send a text message.

        :param to: E.164: +14155550123
        :param from_number: The service's own number when left out

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, environment_not_allowed, service_not_allowed, provider_not_configured, provider_rejected, provider_unavailable.
        """
        operation = Operation(
            "POST",
            "/v1/sms",
            query=None,
            body={"to": to, "body": body, "from": from_number, "environment": environment},
        )
        return self._call.one(operation, models.Sms, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.Sms]:
        """
        List text messages, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/sms",
            query={"limit": limit, "starting_after": starting_after, "status": status, "to": to, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.Sms, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        message_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Sms]:
        """
        Get a text message with its cost and delivery status.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/sms/{id}", id=message_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.Sms, CallOptions(OMIT, timeout, max_retries, extra_headers))

    get_status = get


class AsyncEvents:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        type: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.Event]:
        """
        List events, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/events",
            query={"limit": limit, "starting_after": starting_after, "type": type, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.Event, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        event_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.Event]:
        """
        Get an event.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/events/{id}", id=event_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.Event, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def stream(
        self,
        *,
        type: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncIterator[models.Event]:
        """
        Events as they happen, as server-sent events; Last-Event-ID continues after an event.
        """
        operation = Operation(
            "GET",
            "/v1/events/stream",
            query={"type": type, "environment": environment},
            body=None,
        )
        return self._call.events(operation, models.Event, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncPaymentLinks:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        currency: str,
        amount: Union[Amount, Omit] = OMIT,
        amount_minor: Union[int, Omit] = OMIT,
        description: Union[str, Omit] = OMIT,
        customer: Union[Mapping[str, Any], Omit] = OMIT,
        customer_name: Union[str, Omit] = OMIT,
        customer_email: Union[str, Omit] = OMIT,
        customer_phone: Union[str, Omit] = OMIT,
        metadata: Union[Mapping[str, Any], Omit] = OMIT,
        notes: Union[Mapping[str, Any], Omit] = OMIT,
        callback_url: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        reusable: Union[bool, Omit] = OMIT,
        expires_at: Union[Union[str, float], Omit] = OMIT,
        expire_by: Union[Union[str, float], Omit] = OMIT,
        notify: Union[Mapping[str, Any], Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreatePaymentLinkAnswer]:
        """
        Create a payment link, and send it by SMS where asked to.

        :param amount: Major units, exact: "500.00" or 500.00
        :param amount_minor: Minor units: 50000 is 500.00 USD
        :param currency: ISO 4217, either case
        :param customer_phone: E.164: +14155550123
        :param callback_url: Where the payer lands afterwards
        :param reusable: May be paid any number of times
        :param expires_at: RFC 3339 or Unix seconds
        :param expire_by: RFC 3339 or Unix seconds

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, invalid_amount, unsupported_currency, unsupported_method, capability_unsupported, environment_not_allowed, service_not_allowed, provider_not_configured.
        """
        operation = Operation(
            "POST",
            "/v1/payment-links",
            query=None,
            body={"amount": amount, "amount_minor": amount_minor, "currency": currency, "description": description, "customer": customer, "customer_name": customer_name, "customer_email": customer_email, "customer_phone": customer_phone, "metadata": metadata, "notes": notes, "callback_url": callback_url, "provider": provider, "method": method, "reusable": reusable, "expires_at": expires_at, "expire_by": expire_by, "notify": notify, "environment": environment},
        )
        return self._call.one(operation, models.CreatePaymentLinkAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListPaymentLinksItem]:
        """
        List payment links, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/v1/payment-links",
            query={"limit": limit, "starting_after": starting_after, "status": status, "environment": environment, "created": created},
            body=None,
        )
        return self._call.many(operation, models.ListPaymentLinksItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        payment_link_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetPaymentLinkAnswer]:
        """
        Get a payment link.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/v1/payment-links/{id}", id=payment_link_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.GetPaymentLinkAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    retrieve = get

    def deactivate(
        self,
        payment_link_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DeactivatePaymentLinkAnswer]:
        """
        End a payment link.

        Error codes: idempotency_key_invalid, idempotency_key_reused, idempotency_request_in_progress, not_found, conflict, invalid_state.
        """
        operation = Operation(
            "POST",
            path_of("/v1/payment-links/{id}/deactivate", id=payment_link_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.DeactivatePaymentLinkAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncSimulations:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def payment_link(
        self,
        simulation_id: str,
        action: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SimulatePaymentLinkAnswer]:
        """
        Drive the payer of a link on the sandbox: open, pay.

        Error codes: not_found, environment_not_allowed, invalid_state, provider_unavailable.
        """
        operation = Operation(
            "POST",
            path_of("/v1/simulations/payment-links/{id}/{action}", id=simulation_id, action=action),
            query=None,
            body={},
        )
        return self._call.one(operation, models.SimulatePaymentLinkAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def sms(
        self,
        simulation_id: str,
        action: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SimulateSmsAnswer]:
        """
        Drive the delivery of a sandbox message: deliver, undeliver.

        Error codes: not_found, environment_not_allowed, invalid_state, provider_unavailable.
        """
        operation = Operation(
            "POST",
            path_of("/v1/simulations/sms/{id}/{action}", id=simulation_id, action=action),
            query=None,
            body={},
        )
        return self._call.one(operation, models.SimulateSmsAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def payment(
        self,
        simulation_id: str,
        action: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SimulatePaymentAnswer]:
        """
        Drive the payer of a sandbox payment: succeed, fail, authenticate, abandon, expire, late_succeed, dispute, dispute_won, dispute_lost.

        Error codes: not_found, environment_not_allowed, invalid_state, provider_unavailable.
        """
        operation = Operation(
            "POST",
            path_of("/v1/simulations/payments/{id}/{action}", id=simulation_id, action=action),
            query=None,
            body={},
        )
        return self._call.one(operation, models.SimulatePaymentAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def subscription(
        self,
        simulation_id: str,
        action: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SimulateSubscriptionAnswer]:
        """
        Drive the other side of a sandbox subscription: approve, renew, fail_renewal, cancel, update_card.

        Error codes: not_found, environment_not_allowed, invalid_state, provider_unavailable.
        """
        operation = Operation(
            "POST",
            path_of("/v1/simulations/subscriptions/{id}/{action}", id=simulation_id, action=action),
            query=None,
            body={},
        )
        return self._call.one(operation, models.SimulateSubscriptionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def advance_clock(
        self,
        *,
        seconds: int,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.AdvanceSandboxClockAnswer]:
        """
        Move the sandbox's clock forward.

        Error codes: environment_not_allowed, provider_unavailable.
        """
        operation = Operation(
            "POST",
            "/v1/simulations/clock/advance",
            query=None,
            body={"seconds": seconds},
        )
        return self._call.one(operation, models.AdvanceSandboxClockAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def create_fault(
        self,
        *,
        provider: str,
        fault: str,
        count: Union[int, Omit] = OMIT,
        match: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ApiObject]:
        """
        Make the sandbox's next answers or webhooks go wrong.

        Error codes: environment_not_allowed, provider_unavailable.
        """
        operation = Operation(
            "POST",
            "/v1/simulations/faults",
            query=None,
            body={"provider": provider, "fault": fault, "count": count, "match": match},
        )
        return self._call.one(operation, models.ApiObject, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def delete_faults(
        self,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ApiObject]:
        """
        Forget all planned faults.

        Error codes: environment_not_allowed, provider_unavailable.
        """
        operation = Operation(
            "DELETE",
            "/v1/simulations/faults",
            query=None,
            body=None,
        )
        return self._call.one(operation, models.ApiObject, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncProviders:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        currency: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListProvidersItem]:
        """
        What each provider can do, and where it is connected; by country and currency those that reach it.
        """
        operation = Operation(
            "GET",
            "/v1/providers",
            query={"currency": currency, "country": country},
            body=None,
        )
        return self._call.many(operation, models.ListProvidersItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def request(
        self,
        provider: str,
        *,
        method: str,
        path: str,
        query: Union[Mapping[str, Any], Omit] = OMIT,
        body: Union[Mapping[str, Any], Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.RequestProviderAnswer]:
        """
        Call a provider's own API with the account's credentials; reads and writes that move no money.

        :param path: Path of the provider's API: /v1/balance. No host, no query, no escapes

        Error codes: not_found, capability_unsupported, environment_not_allowed, service_not_allowed, provider_not_configured, provider_unavailable.
        """
        operation = Operation(
            "POST",
            path_of("/v1/providers/{provider}/requests", provider=provider),
            query=None,
            body={"method": method, "path": path, "query": query, "body": body, "environment": environment},
        )
        return self._call.one(operation, models.RequestProviderAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncServices:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListServicesItem]:
        """
        Every provider and how it is connected.
        """
        operation = Operation(
            "GET",
            "/api/services",
            query=None,
            body=None,
        )
        return self._call.many(operation, models.ListServicesItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def can_go_live(
        self,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CanGoLiveAnswer]:
        """
        Whether every connected service has live credentials.
        """
        operation = Operation(
            "GET",
            "/api/services/can-go-live",
            query=None,
            body=None,
        )
        return self._call.one(operation, models.CanGoLiveAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def switch_all_environments(
        self,
        environment: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SwitchAllEnvironmentsAnswer]:
        """
        Switch every connected service, all or none.

        Error codes: live_credentials_missing, provider_not_configured, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "POST",
            "/api/services/switch-all-environments",
            query=None,
            body={"environment": environment},
        )
        return self._call.one(operation, models.SwitchAllEnvironmentsAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def status(
        self,
        service_name: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ServiceStatus]:
        """
        How a provider is connected.

        Error codes: not_found, service_not_allowed.
        """
        operation = Operation(
            "GET",
            path_of("/api/services/{service}/status", service=service_name),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.ServiceStatus, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def save_credentials(
        self,
        service_name: str,
        *,
        environment: str,
        credentials: Union[Mapping[str, Any], Omit] = OMIT,
        sandbox: Union[bool, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ServiceStatus]:
        """
        Connect a provider; the credentials are tried before they are saved.

        :param sandbox: true asks the provider sandbox for an account

        Error codes: not_found, credentials_invalid, environment_not_allowed, service_not_allowed, capability_unsupported, provider_unavailable.
        """
        operation = Operation(
            "PUT",
            path_of("/api/services/{service}/credentials", service=service_name),
            query=None,
            body={"environment": environment, "credentials": credentials, "sandbox": sandbox},
        )
        return self._call.one(operation, models.ServiceStatus, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def import_env(
        self,
        *,
        env: str,
        environment: Union[str, Omit] = OMIT,
        services: Union[Sequence[str], Omit] = OMIT,
        dry_run: Union[bool, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ImportEnvAnswer]:
        """
        Connect every provider whose variables a .env text has; each is tried before it is saved.

        :param env: The text of a .env file; only variables of providers are read, the rest is ignored
        :param dry_run: true only says what was found; nothing is saved

        Error codes: service_not_allowed.
        """
        operation = Operation(
            "POST",
            "/api/services/import-env",
            query=None,
            body={"env": env, "environment": environment, "services": services, "dry_run": dry_run},
        )
        return self._call.one(operation, models.ImportEnvAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def delete_credentials(
        self,
        service_name: str,
        *,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ServiceStatus]:
        """
        Disconnect a provider, in one environment or both.

        Error codes: not_found, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "DELETE",
            path_of("/api/services/{service}/credentials", service=service_name),
            query={"environment": environment},
            body=None,
        )
        return self._call.one(operation, models.ServiceStatus, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def switch_environment(
        self,
        service_name: str,
        environment: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SwitchEnvironmentAnswer]:
        """
        Choose the environment that live keys use for this provider.

        Error codes: not_found, live_credentials_missing, provider_not_configured, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "POST",
            path_of("/api/services/{service}/switch-environment", service=service_name),
            query=None,
            body={"environment": environment},
        )
        return self._call.one(operation, models.SwitchEnvironmentAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncPaymentMethods:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        kind: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListPaymentMethodsItem]:
        """
        Every way to pay at every provider, and whether it is connected and enabled here.

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/v1/payment-methods",
            query={"environment": environment, "provider": provider, "kind": kind, "currency": currency, "country": country},
            body=None,
        )
        return self._call.many(operation, models.ListPaymentMethodsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def update(
        self,
        provider: str,
        method: str,
        *,
        enabled: bool,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.UpdatePaymentMethodAnswer]:
        """
        Enable or disable a way to pay.

        Error codes: not_found, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "PATCH",
            path_of("/v1/payment-methods/{provider}/{method}", provider=provider, method=method),
            query=None,
            body={"enabled": enabled, "environment": environment},
        )
        return self._call.one(operation, models.UpdatePaymentMethodAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncDomains:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def verify(
        self,
        service_name: str,
        *,
        domain: str,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.VerifyDomainAnswer]:
        """
        The DNS record that proves a domain is yours.

        :param domain: A host name, such as shop.example.com

        Error codes: not_found, capability_unsupported, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "POST",
            path_of("/api/services/{service}/verify-domain", service=service_name),
            query=None,
            body={"domain": domain, "environment": environment},
        )
        return self._call.one(operation, models.VerifyDomainAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def confirm(
        self,
        service_name: str,
        *,
        domain: str,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ConfirmDomainAnswer]:
        """
        Look for the record in DNS now.

        :param domain: A host name, such as shop.example.com

        Error codes: not_found, domain_not_verified, dns_unavailable, capability_unsupported, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "POST",
            path_of("/api/services/{service}/confirm-domain", service=service_name),
            query=None,
            body={"domain": domain, "environment": environment},
        )
        return self._call.one(operation, models.ConfirmDomainAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        service_name: str,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListDomainsItem]:
        """
        List domains and how they stand, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before

        Error codes: not_found, capability_unsupported, service_not_allowed.
        """
        operation = Operation(
            "GET",
            path_of("/api/services/{service}/domains", service=service_name),
            query={"limit": limit, "starting_after": starting_after},
            body=None,
        )
        return self._call.many(operation, models.ListDomainsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def register_wallet(
        self,
        service_name: str,
        *,
        domain: str,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.RegisterWalletDomainAnswer]:
        """
        Register a domain for Apple Pay at the provider.

        :param domain: A host name, such as shop.example.com

        Error codes: not_found, capability_unsupported, environment_not_allowed, service_not_allowed, provider_not_configured, provider_unavailable, provider_rejected.
        """
        operation = Operation(
            "POST",
            path_of("/api/services/{service}/wallet-domains", service=service_name),
            query=None,
            body={"domain": domain, "environment": environment},
        )
        return self._call.one(operation, models.RegisterWalletDomainAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def wallets(
        self,
        service_name: str,
        *,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ListWalletDomainsAnswer]:
        """
        List the domains registered for Apple Pay at the provider.

        Error codes: not_found, capability_unsupported, environment_not_allowed, service_not_allowed, provider_not_configured, provider_unavailable, provider_rejected.
        """
        operation = Operation(
            "GET",
            path_of("/api/services/{service}/wallet-domains", service=service_name),
            query={"environment": environment},
            body=None,
        )
        return self._call.one(operation, models.ListWalletDomainsAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def delete_wallet(
        self,
        service_name: str,
        domain: str,
        *,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DeleteWalletDomainAnswer]:
        """
        End the registration of a domain for Apple Pay.

        Error codes: not_found, capability_unsupported, environment_not_allowed, service_not_allowed, provider_not_configured, provider_unavailable, provider_rejected.
        """
        operation = Operation(
            "DELETE",
            path_of("/api/services/{service}/wallet-domains/{domain}", service=service_name, domain=domain),
            query={"environment": environment},
            body=None,
        )
        return self._call.one(operation, models.DeleteWalletDomainAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def delete(
        self,
        service_name: str,
        domain: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.DeleteDomainAnswer]:
        """
        Forget a domain, named by its id or itself.

        Error codes: not_found, capability_unsupported, environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "DELETE",
            path_of("/api/services/{service}/domains/{domain}", service=service_name, domain=domain),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.DeleteDomainAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncKeys:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        environment: Union[str, Omit] = OMIT,
        scopes: Union[Sequence[str], Omit] = OMIT,
        services: Union[Optional[Sequence[str]], Omit] = OMIT,
        rate_limit_per_minute: Union[int, Omit] = OMIT,
        rate_limit_per_day: Union[int, Omit] = OMIT,
        expires_at: Union[Optional[str], Omit] = OMIT,
        ip_allowlist: Union[Optional[Sequence[str]], Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreatedApiKey]:
        """
        Create a key; the answer is the only place that shows it.

        Error codes: environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "POST",
            "/api/keys",
            query=None,
            body={"name": name, "environment": environment, "scopes": scopes, "services": services, "rate_limit_per_minute": rate_limit_per_minute, "rate_limit_per_day": rate_limit_per_day, "expires_at": expires_at, "ip_allowlist": ip_allowlist},
        )
        return self._call.one(operation, models.CreatedApiKey, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ApiKey]:
        """
        List keys, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        """
        operation = Operation(
            "GET",
            "/api/keys",
            query={"limit": limit, "starting_after": starting_after, "environment": environment},
            body=None,
        )
        return self._call.many(operation, models.ApiKey, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def get(
        self,
        key_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ApiKey]:
        """
        Get a key.

        Error codes: not_found.
        """
        operation = Operation(
            "GET",
            path_of("/api/keys/{id}", id=key_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.ApiKey, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def update(
        self,
        key_id: str,
        *,
        name: Union[str, Omit] = OMIT,
        scopes: Union[Sequence[str], Omit] = OMIT,
        services: Union[Optional[Sequence[str]], Omit] = OMIT,
        rate_limit_per_minute: Union[int, Omit] = OMIT,
        rate_limit_per_day: Union[int, Omit] = OMIT,
        expires_at: Union[Optional[str], Omit] = OMIT,
        ip_allowlist: Union[Optional[Sequence[str]], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ApiKey]:
        """
        Change name, scopes, services, limits, expiry or address list.

        Error codes: not_found, invalid_state.
        """
        operation = Operation(
            "PATCH",
            path_of("/api/keys/{id}", id=key_id),
            query=None,
            body={"name": name, "scopes": scopes, "services": services, "rate_limit_per_minute": rate_limit_per_minute, "rate_limit_per_day": rate_limit_per_day, "expires_at": expires_at, "ip_allowlist": ip_allowlist},
        )
        return self._call.one(operation, models.ApiKey, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def rotate(
        self,
        key_id: str,
        *,
        overlap_seconds: Union[int, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.CreatedApiKey]:
        """
        Create a successor; the old key expires after the overlap.

        :param overlap_seconds: How long the old key still works; 86400 by default

        Error codes: not_found, invalid_state, environment_not_allowed.
        """
        operation = Operation(
            "POST",
            path_of("/api/keys/{id}/rotate", id=key_id),
            query=None,
            body={"overlap_seconds": overlap_seconds},
        )
        return self._call.one(operation, models.CreatedApiKey, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def revoke(
        self,
        key_id: str,
        *,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ApiKey]:
        """
        Revoke a key; it is refused from the next request on.

        Error codes: not_found.
        """
        operation = Operation(
            "POST",
            path_of("/api/keys/{id}/revoke", id=key_id),
            query=None,
            body={},
        )
        return self._call.one(operation, models.ApiKey, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def delete(
        self,
        key_id: str,
        *,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ApiKey]:
        """
        The same as revoke: keys are never forgotten.

        Error codes: not_found.
        """
        operation = Operation(
            "DELETE",
            path_of("/api/keys/{id}", id=key_id),
            query=None,
            body=None,
        )
        return self._call.one(operation, models.ApiKey, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncWebhooks:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call
        self.endpoints = AsyncWebhooksEndpoints(call)
        self.recoveries = AsyncWebhooksRecoveries(call)
        self.deliveries = AsyncWebhooksDeliveries(call)
        self.inbound = AsyncWebhooksInbound(call)

    def test(
        self,
        *,
        service_name: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.TestWebhooksAnswer]:
        """
        Send webhook.test to every enabled endpoint and report what each answered.

        Error codes: environment_not_allowed, service_not_allowed.
        """
        operation = Operation(
            "POST",
            "/api/webhooks/test",
            query=None,
            body={"service_name": service_name, "environment": environment},
        )
        return self._call.one(operation, models.TestWebhooksAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncReconciliation:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list_runs(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        state: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListReconciliationRunsItem]:
        """
        List comparisons of our books with the providers', newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        """
        operation = Operation(
            "GET",
            "/api/reconciliation/runs",
            query={"limit": limit, "starting_after": starting_after, "environment": environment, "provider": provider, "state": state},
            body=None,
        )
        return self._call.many(operation, models.ListReconciliationRunsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def start(
        self,
        *,
        provider: str,
        environment: str,
        from_number: str,
        to: str,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.StartReconciliationAnswer]:
        """
        Compare a window of time now; one that is under way already is answered instead.

        :param from_number: RFC 3339 or Unix seconds
        :param to: RFC 3339 or Unix seconds

        Error codes: environment_not_allowed, service_not_allowed, provider_not_configured.
        """
        operation = Operation(
            "POST",
            "/api/reconciliation/runs",
            query=None,
            body={"provider": provider, "environment": environment, "from": from_number, "to": to},
        )
        return self._call.one(operation, models.StartReconciliationAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def list_items(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        bucket: Union[str, Omit] = OMIT,
        state: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListReconciliationItemsItem]:
        """
        List differences between our books and the providers’, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param bucket: missing_here: the provider has it and we do not; missing_there: the reverse; differs: both, with other facts
        :param state: repaired: the books agree again; resolved: a person has dealt with it
        """
        operation = Operation(
            "GET",
            "/api/reconciliation/items",
            query={"limit": limit, "starting_after": starting_after, "environment": environment, "provider": provider, "bucket": bucket, "state": state},
            body=None,
        )
        return self._call.many(operation, models.ListReconciliationItemsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def resolve_item(
        self,
        reconciliation_id: str,
        *,
        note: str,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ResolveReconciliationItemAnswer]:
        """
        Note that a difference was dealt with; it is reported again only if its facts change.

        :param note: Why, for whoever reads it later

        Error codes: not_found, invalid_state.
        """
        operation = Operation(
            "POST",
            path_of("/api/reconciliation/items/{id}/resolve", id=reconciliation_id),
            query=None,
            body={"note": note},
        )
        return self._call.one(operation, models.ResolveReconciliationItemAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncAnalytics:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def overview(
        self,
        *,
        from_number: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        timezone: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetAnalyticsOverviewAnswer]:
        """
        Payments, money, refunds, messages, subscriptions and webhooks of a period.

        :param from_number: RFC 3339 or Unix seconds; 30 days before `to`
        :param to: RFC 3339 or Unix seconds, exclusive; now
        :param country: Of the payer, ISO 3166-1
        :param timezone: IANA name, such as Asia/Kolkata; UTC by default

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/analytics/overview",
            query={"from": from_number, "to": to, "environment": environment, "provider": provider, "method": method, "currency": currency, "key_id": key_id, "country": country, "timezone": timezone},
            body=None,
        )
        return self._call.one(operation, models.GetAnalyticsOverviewAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def timeseries(
        self,
        *,
        from_number: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        timezone: Union[str, Omit] = OMIT,
        interval: Union[str, Omit] = OMIT,
        group_by: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetAnalyticsTimeseriesAnswer]:
        """
        Payments and money by hour, day, week or month of a time zone.

        :param from_number: RFC 3339 or Unix seconds; 30 days before `to`
        :param to: RFC 3339 or Unix seconds, exclusive; now
        :param country: Of the payer, ISO 3166-1
        :param timezone: IANA name, such as Asia/Kolkata; UTC by default

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/analytics/timeseries",
            query={"from": from_number, "to": to, "environment": environment, "provider": provider, "method": method, "currency": currency, "key_id": key_id, "country": country, "timezone": timezone, "interval": interval, "group_by": group_by},
            body=None,
        )
        return self._call.one(operation, models.GetAnalyticsTimeseriesAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def costs(
        self,
        *,
        from_number: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        timezone: Union[str, Omit] = OMIT,
        group_by: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetAnalyticsCostsAnswer]:
        """
        What providers really took, and the rate that comes to.

        :param from_number: RFC 3339 or Unix seconds; 30 days before `to`
        :param to: RFC 3339 or Unix seconds, exclusive; now
        :param country: Of the payer, ISO 3166-1
        :param timezone: IANA name, such as Asia/Kolkata; UTC by default

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/analytics/costs",
            query={"from": from_number, "to": to, "environment": environment, "provider": provider, "method": method, "currency": currency, "key_id": key_id, "country": country, "timezone": timezone, "group_by": group_by},
            body=None,
        )
        return self._call.one(operation, models.GetAnalyticsCostsAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def performance(
        self,
        *,
        from_number: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetAnalyticsPerformanceAnswer]:
        """
        How long the router and the providers took.

        :param from_number: RFC 3339 or Unix seconds; 30 days before `to`
        :param to: RFC 3339 or Unix seconds, exclusive; now

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/analytics/performance",
            query={"from": from_number, "to": to, "environment": environment, "provider": provider},
            body=None,
        )
        return self._call.one(operation, models.GetAnalyticsPerformanceAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def errors(
        self,
        *,
        from_number: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        currency: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        country: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetAnalyticsErrorsAnswer]:
        """
        Why payments failed, and which requests and calls did.

        :param from_number: RFC 3339 or Unix seconds; 30 days before `to`
        :param to: RFC 3339 or Unix seconds, exclusive; now
        :param country: Of the payer, ISO 3166-1

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/analytics/errors",
            query={"from": from_number, "to": to, "environment": environment, "provider": provider, "method": method, "currency": currency, "key_id": key_id, "country": country},
            body=None,
        )
        return self._call.one(operation, models.GetAnalyticsErrorsAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncLogs:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        kind: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        log_id: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        path: Union[str, Omit] = OMIT,
        code: Union[str, Omit] = OMIT,
        payment_id: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        text: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.LogEntry]:
        """
        Search the requests to the API, or the calls to providers, newest first.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param kind: request: what came to the API; provider_call: what went to a provider
        :param status: A status, or a class of them: 404, 4xx
        :param path: The beginning of the path
        :param payment_id: Of provider calls
        :param text: Anywhere in an entry. A page looks through 10,000 requests, or 1,000 provider calls, that match the rest; the next page goes on behind them
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/api/logs",
            query={"limit": limit, "starting_after": starting_after, "kind": kind, "environment": environment, "id": log_id, "key_id": key_id, "method": method, "status": status, "path": path, "code": code, "payment_id": payment_id, "provider": provider, "text": text, "created": created},
            body=None,
        )
        return self._call.many(operation, models.LogEntry, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def stream(
        self,
        *,
        kind: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        log_id: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        path: Union[str, Omit] = OMIT,
        code: Union[str, Omit] = OMIT,
        payment_id: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        text: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncIterator[models.LogEntry]:
        """
        Entries as they come, as server-sent events; Last-Event-ID continues after an entry.

        :param kind: request: what came to the API; provider_call: what went to a provider
        :param status: A status, or a class of them: 404, 4xx
        :param path: The beginning of the path
        :param payment_id: Of provider calls
        :param text: Anywhere in an entry. A page looks through 10,000 requests, or 1,000 provider calls, that match the rest; the next page goes on behind them
        """
        operation = Operation(
            "GET",
            "/api/logs/stream",
            query={"kind": kind, "environment": environment, "id": log_id, "key_id": key_id, "method": method, "status": status, "path": path, "code": code, "payment_id": payment_id, "provider": provider, "text": text},
            body=None,
        )
        return self._call.events(operation, models.LogEntry, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def export_csv(
        self,
        *,
        kind: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        log_id: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        path: Union[str, Omit] = OMIT,
        code: Union[str, Omit] = OMIT,
        payment_id: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        text: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncIterator[str]:
        """
        Up to 1,000,000 entries as CSV, newest first.

        :param kind: request: what came to the API; provider_call: what went to a provider
        :param status: A status, or a class of them: 404, 4xx
        :param path: The beginning of the path
        :param payment_id: Of provider calls
        :param text: Anywhere in an entry. A page looks through 10,000 requests, or 1,000 provider calls, that match the rest; the next page goes on behind them
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/api/logs/export.csv",
            query={"kind": kind, "environment": environment, "id": log_id, "key_id": key_id, "method": method, "status": status, "path": path, "code": code, "payment_id": payment_id, "provider": provider, "text": text, "created": created},
            body=None,
        )
        return self._call.text(operation, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def export_ndjson(
        self,
        *,
        kind: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        log_id: Union[str, Omit] = OMIT,
        key_id: Union[str, Omit] = OMIT,
        method: Union[str, Omit] = OMIT,
        status: Union[str, Omit] = OMIT,
        path: Union[str, Omit] = OMIT,
        code: Union[str, Omit] = OMIT,
        payment_id: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        text: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncIterator[models.LogEntry]:
        """
        Up to 1,000,000 entries, one JSON object a line, newest first.

        :param kind: request: what came to the API; provider_call: what went to a provider
        :param status: A status, or a class of them: 404, 4xx
        :param path: The beginning of the path
        :param payment_id: Of provider calls
        :param text: Anywhere in an entry. A page looks through 10,000 requests, or 1,000 provider calls, that match the rest; the next page goes on behind them
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/api/logs/export.ndjson",
            query={"kind": kind, "environment": environment, "id": log_id, "key_id": key_id, "method": method, "status": status, "path": path, "code": code, "payment_id": payment_id, "provider": provider, "text": text, "created": created},
            body=None,
        )
        return self._call.lines(operation, models.LogEntry, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncAudit:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        subject_type: Union[str, Omit] = OMIT,
        subject_id: Union[str, Omit] = OMIT,
        actor_id: Union[str, Omit] = OMIT,
        action: Union[str, Omit] = OMIT,
        created: Union[Mapping[str, Instant], Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListAuditEntriesItem]:
        """
        List changes of configuration, newest first: who, what, before and after.

        :param limit: Objects per page
        :param starting_after: next_cursor of the page before
        :param subject_type: api_key, credential, service, …
        :param actor_id: A key’s or a person’s id
        :param created: A range: `{"gte": …, "lt": …}`
        """
        operation = Operation(
            "GET",
            "/api/audit",
            query={"limit": limit, "starting_after": starting_after, "environment": environment, "subject_type": subject_type, "subject_id": subject_id, "actor_id": actor_id, "action": action, "created": created},
            body=None,
        )
        return self._call.many(operation, models.ListAuditEntriesItem, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncReview:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def list(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        provider: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListReviewsItem]:
        """
        List calls and messages that wait for a person, with their evidence.

        :param starting_after: next_cursor of the page before
        """
        operation = Operation(
            "GET",
            "/api/review",
            query={"limit": limit, "starting_after": starting_after, "environment": environment, "provider": provider},
            body=None,
        )
        return self._call.many(operation, models.ListReviewsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def resolve(
        self,
        review_id: str,
        *,
        outcome: str,
        note: str,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ResolveReviewAnswer]:
        """
        Settle a call as a person says, as far as the provider, asked again, agrees.

        :param note: Why, for whoever reads it later

        Error codes: not_found, invalid_state, provider_unavailable.
        """
        operation = Operation(
            "POST",
            path_of("/api/review/{id}/resolve", id=review_id),
            query=None,
            body={"outcome": outcome, "note": note},
        )
        return self._call.one(operation, models.ResolveReviewAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))


class AsyncRouting:
    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    def get(
        self,
        *,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetRoutingAnswer]:
        """
        The routing rules in force.

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/routing",
            query={"environment": environment},
            body=None,
        )
        return self._call.one(operation, models.GetRoutingAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def save(
        self,
        *,
        rules: Sequence[Mapping[str, Any]],
        default: Union[Mapping[str, Any], Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        comment: Union[str, Omit] = OMIT,
        trial_percent: Union[int, Omit] = OMIT,
        base_version: Union[int, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SaveRoutingAnswer]:
        """
        Write a new version of the rules, in force at once or tried on a percentage of payments.

        :param rules: The first that matches decides
        :param trial_percent: Only try it, on so many payments in a hundred
        :param base_version: `version` as it was read: refused when somebody was faster

        Error codes: environment_not_allowed, conflict.
        """
        operation = Operation(
            "PUT",
            "/api/routing",
            query=None,
            body={"rules": rules, "default": default, "environment": environment, "comment": comment, "trial_percent": trial_percent, "base_version": base_version},
        )
        return self._call.one(operation, models.SaveRoutingAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def versions(
        self,
        *,
        limit: Union[int, Omit] = OMIT,
        starting_after: Union[str, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> AsyncList[models.ListRoutingVersionsItem]:
        """
        List the versions of the rules, newest first.

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/routing/versions",
            query={"limit": limit, "starting_after": starting_after, "environment": environment},
            body=None,
        )
        return self._call.many(operation, models.ListRoutingVersionsItem, CallOptions(OMIT, timeout, max_retries, extra_headers))

    def activate(
        self,
        version: str,
        *,
        environment: Union[str, Omit] = OMIT,
        percent: Union[int, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.ActivateRoutingVersionAnswer]:
        """
        Put a version in force, roll back to an older one, or try it; version 0 is no rules at all.

        :param percent: Below 100 it is only tried; 100 if left out

        Error codes: not_found, environment_not_allowed.
        """
        operation = Operation(
            "POST",
            path_of("/api/routing/versions/{version}/activate", version=version),
            query=None,
            body={"environment": environment, "percent": percent},
        )
        return self._call.one(operation, models.ActivateRoutingVersionAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def simulate(
        self,
        *,
        rules: Union[Sequence[Mapping[str, Any]], Omit] = OMIT,
        default: Union[Mapping[str, Any], Omit] = OMIT,
        version: Union[int, Omit] = OMIT,
        environment: Union[str, Omit] = OMIT,
        from_number: Union[str, Omit] = OMIT,
        to: Union[str, Omit] = OMIT,
        idempotency_key: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.SimulateRoutingAnswer]:
        """
        Route the last month's payments under other rules and show what would change.

        :param rules: The first that matches decides
        :param version: A stored version instead of `rules`
        :param from_number: RFC 3339, UTC
        :param to: RFC 3339, UTC

        Error codes: not_found, environment_not_allowed.
        """
        operation = Operation(
            "POST",
            "/api/routing/simulate",
            query=None,
            body={"rules": rules, "default": default, "version": version, "environment": environment, "from": from_number, "to": to},
        )
        return self._call.one(operation, models.SimulateRoutingAnswer, CallOptions(idempotency_key, timeout, max_retries, extra_headers))

    def observations(
        self,
        *,
        environment: Union[str, Omit] = OMIT,
        timeout: Union[float, Omit] = OMIT,
        max_retries: Union[int, Omit] = OMIT,
        extra_headers: Union[Headers, Omit] = OMIT,
    ) -> Awaitable[models.GetRoutingObservationsAnswer]:
        """
        What routing goes by: observed success and fees, and the health of the providers.

        Error codes: environment_not_allowed.
        """
        operation = Operation(
            "GET",
            "/api/routing/observations",
            query={"environment": environment},
            body=None,
        )
        return self._call.one(operation, models.GetRoutingObservationsAnswer, CallOptions(OMIT, timeout, max_retries, extra_headers))


class AsyncResources:
    def __init__(self, call: AsyncCall) -> None:
        self.payments = AsyncPayments(call)
        self.refunds = AsyncRefunds(call)
        self.customers = AsyncCustomers(call)
        self.saved_payment_methods = AsyncSavedPaymentMethods(call)
        self.plans = AsyncPlans(call)
        self.subscriptions = AsyncSubscriptions(call)
        self.disputes = AsyncDisputes(call)
        self.sms = AsyncSms(call)
        self.events = AsyncEvents(call)
        self.payment_links = AsyncPaymentLinks(call)
        self.simulations = AsyncSimulations(call)
        self.providers = AsyncProviders(call)
        self.services = AsyncServices(call)
        self.payment_methods = AsyncPaymentMethods(call)
        self.domains = AsyncDomains(call)
        self.keys = AsyncKeys(call)
        self.webhooks = AsyncWebhooks(call)
        self.reconciliation = AsyncReconciliation(call)
        self.analytics = AsyncAnalytics(call)
        self.logs = AsyncLogs(call)
        self.audit = AsyncAudit(call)
        self.review = AsyncReview(call)
        self.routing = AsyncRouting(call)
