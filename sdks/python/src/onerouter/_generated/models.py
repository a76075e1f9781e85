"""What the API answers. Made by ``npm run gen``."""

from typing import Any, Dict, List, Optional, Union

from pydantic import Field

from .._model import ApiObject as ApiObject


class PaymentCustomer(ApiObject):
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None


class PaymentFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class PaymentFees(ApiObject):
    #: Everything the provider keeps, taxes included
    amount: str
    amount_minor: int
    tax: str
    tax_minor: int
    currency: str


class Payment(ApiObject):
    id: str
    object: str
    #: The same as id
    transaction_id: str
    status: str
    amount: str
    amount_minor: int
    amount_captured: str
    amount_captured_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    currency: str
    provider: str
    environment: str
    method: Optional[str]
    #: The same as method
    payment_method: Optional[str]
    method_details: Optional[Dict[str, Any]]
    provider_order_id: Optional[str]
    provider_payment_id: Optional[str]
    #: Where to send the payer
    checkout_url: Optional[str]
    checkout_options: Optional[Dict[str, Any]]
    capture: str
    receipt: Optional[str]
    description: Optional[str]
    customer: Optional[PaymentCustomer]
    metadata: Dict[str, str]
    failure: Optional[PaymentFailure]
    fees: Optional[PaymentFees]
    attempts: int
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class TimelineEntry(ApiObject):
    #: RFC 3339, UTC
    at: str
    kind: str
    #: One line in words
    summary: str
    data: Dict[str, Any]


class GetPaymentTimelineAnswer(ApiObject):
    data: List[TimelineEntry]


class GetPaymentRoutingAnswerCandidatesItem(ApiObject):
    provider: str
    accepted: bool
    reason: str


class GetPaymentRoutingAnswer(ApiObject):
    payment_id: str
    chosen: Optional[str]
    reason: str
    candidates: List[GetPaymentRoutingAnswerCandidatesItem]


class RefundFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class Refund(ApiObject):
    id: str
    object: str
    #: The same as id
    refund_id: str
    payment_id: str
    status: str
    amount: str
    amount_minor: int
    currency: str
    provider: str
    environment: str
    provider_refund_id: Optional[str]
    reason: Optional[str]
    speed: str
    metadata: Dict[str, str]
    failure: Optional[RefundFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class SmsCost(ApiObject):
    #: Major units with six decimals: messages cost fractions of a cent
    amount: str
    #: Millionths of the major unit
    amount_micros: int
    currency: str


class SmsFailure(ApiObject):
    code: str
    message: str
    provider_code: Optional[str]


class Sms(ApiObject):
    id: str
    object: str
    status: str
    to: str
    from_: str = Field(..., alias="from")
    body: str
    segments: Optional[int]
    provider: str
    provider_message_id: Optional[str]
    environment: str
    cost: Optional[SmsCost]
    failure: Optional[SmsFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class EventData(ApiObject):
    object: Dict[str, Any]
    previous: Optional[Dict[str, Any]] = None


class Event(ApiObject):
    id: str
    object: str
    type: str
    api_version: str
    environment: str
    #: RFC 3339, UTC
    created_at: str
    #: Counts the events of one object from 1 without gaps
    sequence: int
    data: EventData


class SimulatePaymentAnswer(ApiObject):
    status: str
    payment: Optional[Dict[str, Any]] = None


class AdvanceSandboxClockAnswer(ApiObject):
    now: Optional[str]


class ListProvidersItemConnected(ApiObject):
    test: bool
    live: bool


class ListProvidersItemCapabilities(ApiObject):
    payments: bool
    capture: bool
    partial_capture: bool
    cancel: bool
    confirm: bool
    hosted_checkout: bool
    find_by_reference: bool
    refunds: bool
    refund_speeds: List[str]
    webhook_registration: bool
    #: Sends text messages
    messages: bool


class ListProvidersItem(ApiObject):
    name: str
    object: str
    label: str
    active_environment: str
    connected: ListProvidersItemConnected
    capabilities: ListProvidersItemCapabilities


class ListServicesItemCredentialsTest(ApiObject):
    configured: bool
    #: What may be shown of the credentials
    hint: Optional[str]
    sandbox: bool
    version: Optional[int]
    provider_account: Optional[str]
    #: Where the provider's events must be sent
    webhook_url: Optional[str]
    #: OneRouter registered the address at the provider itself
    webhook_registered: bool
    saved_at: Optional[str]


class ListServicesItemCredentialsLive(ApiObject):
    configured: bool
    #: What may be shown of the credentials
    hint: Optional[str]
    sandbox: bool
    version: Optional[int]
    provider_account: Optional[str]
    #: Where the provider's events must be sent
    webhook_url: Optional[str]
    #: OneRouter registered the address at the provider itself
    webhook_registered: bool
    saved_at: Optional[str]


class ListServicesItemCredentials(ApiObject):
    test: ListServicesItemCredentialsTest
    live: ListServicesItemCredentialsLive


class ListServicesItemFieldsItem(ApiObject):
    name: str
    label: str
    secret: bool
    required: bool
    help: str


class ListServicesItem(ApiObject):
    service_name: str
    environment: str
    #: The environment in force has credentials
    active: bool
    #: At least one environment has credentials
    configured: bool
    label: str
    #: Both environments have credentials
    can_switch: bool
    credentials: ListServicesItemCredentials
    capabilities: List[str]
    fields_: List[ListServicesItemFieldsItem] = Field(..., alias="fields")
    webhook_instructions: str


class CanGoLiveAnswer(ApiObject):
    can_go_live: bool
    services_with_test: List[str]
    services_with_live: List[str]
    services_missing_live: List[str]
    message: str


class SwitchAllEnvironmentsAnswer(ApiObject):
    status: str
    environment: str
    message: str
    #: RFC 3339, UTC
    timestamp: str
    switched_services: List[str]


class ServiceStatusCredentialsTest(ApiObject):
    configured: bool
    #: What may be shown of the credentials
    hint: Optional[str]
    sandbox: bool
    version: Optional[int]
    provider_account: Optional[str]
    #: Where the provider's events must be sent
    webhook_url: Optional[str]
    #: OneRouter registered the address at the provider itself
    webhook_registered: bool
    saved_at: Optional[str]


class ServiceStatusCredentialsLive(ApiObject):
    configured: bool
    #: What may be shown of the credentials
    hint: Optional[str]
    sandbox: bool
    version: Optional[int]
    provider_account: Optional[str]
    #: Where the provider's events must be sent
    webhook_url: Optional[str]
    #: OneRouter registered the address at the provider itself
    webhook_registered: bool
    saved_at: Optional[str]


class ServiceStatusCredentials(ApiObject):
    test: ServiceStatusCredentialsTest
    live: ServiceStatusCredentialsLive


class ServiceStatus(ApiObject):
    service_name: str
    environment: str
    #: The environment in force has credentials
    active: bool
    #: At least one environment has credentials
    configured: bool
    label: str
    #: Both environments have credentials
    can_switch: bool
    credentials: ServiceStatusCredentials
    capabilities: List[str]


class SwitchEnvironmentAnswer(ApiObject):
    status: str
    service_name: str
    environment: str
    message: str
    #: RFC 3339, UTC
    timestamp: str


class CreatedApiKey(ApiObject):
    id: str
    object: str
    name: str
    environment: str
    #: What may be shown for ever: prefix and last four characters
    hint: str
    scopes: List[str]
    services: Optional[List[str]]
    rate_limit_per_minute: int
    rate_limit_per_day: int
    ip_allowlist: Optional[List[str]]
    expires_at: Optional[str]
    revoked_at: Optional[str]
    #: Exact to a minute
    last_used_at: Optional[str]
    #: RFC 3339, UTC
    created_at: str
    #: Shown this once
    api_key: str


class ApiKey(ApiObject):
    id: str
    object: str
    name: str
    environment: str
    #: What may be shown for ever: prefix and last four characters
    hint: str
    scopes: List[str]
    services: Optional[List[str]]
    rate_limit_per_minute: int
    rate_limit_per_day: int
    ip_allowlist: Optional[List[str]]
    expires_at: Optional[str]
    revoked_at: Optional[str]
    #: Exact to a minute
    last_used_at: Optional[str]
    #: RFC 3339, UTC
    created_at: str
