"""What the API answers. Made by ``npm run gen``."""

from typing import Any, Dict, List, Optional, Union

from pydantic import Field

from .._model import ApiObject as ApiObject


class PaymentCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


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
    #: It has the payment
    accepted: bool
    #: Why it won or fell
    reason: str
    #: What it was ranked by: its draw, its observed success or its observed cost
    score: Optional[float]
    health: Optional[str]


class GetPaymentRoutingAnswer(ApiObject):
    payment_id: str
    chosen: Optional[str]
    reason: str
    version: Optional[int]
    #: The name of the rule that decided
    rule: Optional[str]
    #: order, split, least_cost or success_rate; null: the default order
    strategy: Optional[str]
    #: Routed by the version that is being tried
    trial: bool
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
    #: For the charge of a subscription: the charge's id with the prefix of payments
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


class CreateCustomerAnswer(ApiObject):
    id: str
    object: str
    name: Optional[str]
    email: Optional[str]
    phone: Optional[str]
    #: ISO 3166-1
    country: Optional[str]
    description: Optional[str]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class ListCustomersItem(ApiObject):
    id: str
    object: str
    name: Optional[str]
    email: Optional[str]
    phone: Optional[str]
    #: ISO 3166-1
    country: Optional[str]
    description: Optional[str]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class GetCustomerAnswer(ApiObject):
    id: str
    object: str
    name: Optional[str]
    email: Optional[str]
    phone: Optional[str]
    #: ISO 3166-1
    country: Optional[str]
    description: Optional[str]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class UpdateCustomerAnswer(ApiObject):
    id: str
    object: str
    name: Optional[str]
    email: Optional[str]
    phone: Optional[str]
    #: ISO 3166-1
    country: Optional[str]
    description: Optional[str]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class DeleteCustomerAnswer(ApiObject):
    id: str
    object: str
    deleted: bool


class ListSavedPaymentMethodsItemCard(ApiObject):
    last4: Optional[str]
    exp_month: Optional[int]
    exp_year: Optional[int]


class ListSavedPaymentMethodsItem(ApiObject):
    id: str
    object: str
    customer_id: str
    #: The payment whose payer agreed
    payment_id: str
    provider: str
    environment: str
    #: card, wallet, bank_debit, …
    type: str
    brand: Optional[str]
    card: Optional[ListSavedPaymentMethodsItemCard]
    nickname: Optional[str]
    metadata: Dict[str, str]
    #: RFC 3339, UTC
    consented_at: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class GetSavedPaymentMethodAnswerCard(ApiObject):
    last4: Optional[str]
    exp_month: Optional[int]
    exp_year: Optional[int]


class GetSavedPaymentMethodAnswer(ApiObject):
    id: str
    object: str
    customer_id: str
    #: The payment whose payer agreed
    payment_id: str
    provider: str
    environment: str
    #: card, wallet, bank_debit, …
    type: str
    brand: Optional[str]
    card: Optional[GetSavedPaymentMethodAnswerCard]
    nickname: Optional[str]
    metadata: Dict[str, str]
    #: RFC 3339, UTC
    consented_at: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class UpdateSavedPaymentMethodAnswerCard(ApiObject):
    last4: Optional[str]
    exp_month: Optional[int]
    exp_year: Optional[int]


class UpdateSavedPaymentMethodAnswer(ApiObject):
    id: str
    object: str
    customer_id: str
    #: The payment whose payer agreed
    payment_id: str
    provider: str
    environment: str
    #: card, wallet, bank_debit, …
    type: str
    brand: Optional[str]
    card: Optional[UpdateSavedPaymentMethodAnswerCard]
    nickname: Optional[str]
    metadata: Dict[str, str]
    #: RFC 3339, UTC
    consented_at: str
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class DeleteSavedPaymentMethodAnswer(ApiObject):
    id: str
    object: str
    deleted: bool


class CreatePlanAnswerProviderPlansItem(ApiObject):
    provider: str
    status: str
    #: The provider's own id; Stripe's is that of a price
    provider_plan_id: Optional[str]


class CreatePlanAnswer(ApiObject):
    id: str
    object: str
    name: str
    description: Optional[str]
    #: Price of one unit and one period
    amount: str
    amount_minor: int
    currency: str
    interval: str
    interval_count: int
    provider: Optional[str]
    #: Where the plan has been made: at a provider once it is first used there
    provider_plans: List[CreatePlanAnswerProviderPlansItem]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str


class ListPlansItemProviderPlansItem(ApiObject):
    provider: str
    status: str
    #: The provider's own id; Stripe's is that of a price
    provider_plan_id: Optional[str]


class ListPlansItem(ApiObject):
    id: str
    object: str
    name: str
    description: Optional[str]
    #: Price of one unit and one period
    amount: str
    amount_minor: int
    currency: str
    interval: str
    interval_count: int
    provider: Optional[str]
    #: Where the plan has been made: at a provider once it is first used there
    provider_plans: List[ListPlansItemProviderPlansItem]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str


class GetPlanAnswerProviderPlansItem(ApiObject):
    provider: str
    status: str
    #: The provider's own id; Stripe's is that of a price
    provider_plan_id: Optional[str]


class GetPlanAnswer(ApiObject):
    id: str
    object: str
    name: str
    description: Optional[str]
    #: Price of one unit and one period
    amount: str
    amount_minor: int
    currency: str
    interval: str
    interval_count: int
    provider: Optional[str]
    #: Where the plan has been made: at a provider once it is first used there
    provider_plans: List[GetPlanAnswerProviderPlansItem]
    metadata: Dict[str, str]
    environment: str
    #: RFC 3339, UTC
    created_at: str


class CreateSubscriptionAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class CreateSubscriptionAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class CreateSubscriptionAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[CreateSubscriptionAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[CreateSubscriptionAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class ListSubscriptionsItemCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class ListSubscriptionsItemFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class ListSubscriptionsItem(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[ListSubscriptionsItemCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[ListSubscriptionsItemFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class GetSubscriptionAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class GetSubscriptionAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class GetSubscriptionAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[GetSubscriptionAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[GetSubscriptionAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class CancelSubscriptionAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class CancelSubscriptionAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class CancelSubscriptionAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[CancelSubscriptionAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[CancelSubscriptionAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class PauseSubscriptionAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class PauseSubscriptionAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class PauseSubscriptionAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[PauseSubscriptionAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[PauseSubscriptionAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class ResumeSubscriptionAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class ResumeSubscriptionAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class ResumeSubscriptionAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[ResumeSubscriptionAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[ResumeSubscriptionAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class ChangeSubscriptionPlanAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class ChangeSubscriptionPlanAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class ChangeSubscriptionPlanAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[ChangeSubscriptionPlanAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[ChangeSubscriptionPlanAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class SyncSubscriptionAnswerCustomer(ApiObject):
    id: Optional[str] = None
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    country: Optional[str] = None


class SyncSubscriptionAnswerFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class SyncSubscriptionAnswer(ApiObject):
    id: str
    object: str
    #: The same as id
    subscription_id: str
    status: str
    plan_id: str
    #: The plan it changes to once the payer, or the period, lets it
    pending_plan_id: Optional[str]
    quantity: int
    customer_id: Optional[str]
    customer: Optional[SyncSubscriptionAnswerCustomer]
    description: Optional[str]
    metadata: Dict[str, str]
    provider: str
    provider_subscription_id: Optional[str]
    environment: str
    #: Where the payer agrees, to the subscription or to a change of it
    approval_url: Optional[str]
    #: The same as approval_url
    checkout_url: Optional[str]
    trial_days: int
    trial_end: Optional[str]
    start_date: Optional[str]
    #: Charges after which it is complete; null: it goes on
    total_count: Optional[int]
    #: Periods paid
    paid_count: int
    #: Charges in a row that failed
    failed_count: int
    current_period_start: Optional[str]
    current_period_end: Optional[str]
    next_charge_at: Optional[str]
    cancel_at_period_end: bool
    ended_at: Optional[str]
    currency: str
    #: Everything taken so far; see amount_refunded
    amount_charged: str
    amount_charged_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    latest_charge_id: Optional[str]
    failure: Optional[SyncSubscriptionAnswerFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class ListSubscriptionChargesItemFees(ApiObject):
    #: Everything the provider keeps, taxes included
    amount: str
    amount_minor: int
    tax: str
    tax_minor: int
    currency: str


class ListSubscriptionChargesItemFailure(ApiObject):
    code: str
    decline_reason: Optional[str]
    message: str
    provider_code: Optional[str]


class ListSubscriptionChargesItem(ApiObject):
    id: str
    object: str
    subscription_id: str
    #: What a period costs, or money taken besides, such as for a change of plan
    kind: str
    status: str
    #: Tries the provider has made
    attempts: int
    amount: str
    amount_minor: int
    amount_refunded: str
    amount_refunded_minor: int
    currency: str
    fees: Optional[ListSubscriptionChargesItemFees]
    #: RFC 3339, UTC
    period_start: str
    period_end: Optional[str]
    #: RFC 3339, UTC
    charged_at: str
    provider: str
    provider_charge_id: str
    provider_payment_id: Optional[str]
    failure: Optional[ListSubscriptionChargesItemFailure]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class DisputeDeducted(ApiObject):
    amount: str
    amount_minor: int
    #: The one the provider settles in, which need not be the payer’s
    currency: str


class DisputeFee(ApiObject):
    amount: str
    amount_minor: int
    #: The one the provider settles in, which need not be the payer’s
    currency: str


class Dispute(ApiObject):
    id: str
    object: str
    payment_id: str
    status: str
    stage: str
    reason: str
    #: What the payer disputes
    amount: str
    amount_minor: int
    currency: str
    deducted: Optional[DisputeDeducted]
    fee: Optional[DisputeFee]
    provider: str
    provider_dispute_id: str
    #: The provider's own word
    provider_status: str
    provider_reason: Optional[str]
    environment: str
    evidence_due_at: Optional[str]
    #: The page of the provider's dashboard where evidence is given
    evidence_url: str
    #: RFC 3339, UTC
    opened_at: str
    closed_at: Optional[str]
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


class CreatePaymentLinkAnswerCustomer(ApiObject):
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    #: ISO 3166-1; routing rules and analytics can go by it
    country: Optional[str] = None


class CreatePaymentLinkAnswerNotifySmsError(ApiObject):
    code: str
    message: str


class CreatePaymentLinkAnswerNotifySms(ApiObject):
    #: unknown: whether the provider took it is being found out; the message itself tells
    status: str
    sms_id: Optional[str]
    error: Optional[CreatePaymentLinkAnswerNotifySmsError]


class CreatePaymentLinkAnswerNotify(ApiObject):
    sms: CreatePaymentLinkAnswerNotifySms


class CreatePaymentLinkAnswer(ApiObject):
    id: str
    object: str
    status: str
    #: It can be paid
    active: bool
    #: Where to send the payer
    short_url: str
    #: The same as short_url
    checkout_url: str
    #: The address as a QR code, SVG
    qr_url: str
    amount: str
    amount_minor: int
    currency: str
    description: Optional[str]
    customer: Optional[CreatePaymentLinkAnswerCustomer]
    metadata: Dict[str, str]
    callback_url: Optional[str]
    provider: Optional[str]
    method: Optional[str]
    environment: str
    reusable: bool
    #: RFC 3339, UTC
    expires_at: Optional[str]
    #: Browsers that opened it; previews and robots do not count
    clicks: int
    payments_count: int
    amount_paid: str
    amount_paid_minor: int
    #: The payment that paid it; of a reusable link the newest
    payment_id: Optional[str]
    #: RFC 3339, UTC
    paid_at: Optional[str]
    notify: Optional[CreatePaymentLinkAnswerNotify]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class ListPaymentLinksItemCustomer(ApiObject):
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    #: ISO 3166-1; routing rules and analytics can go by it
    country: Optional[str] = None


class ListPaymentLinksItemNotifySmsError(ApiObject):
    code: str
    message: str


class ListPaymentLinksItemNotifySms(ApiObject):
    #: unknown: whether the provider took it is being found out; the message itself tells
    status: str
    sms_id: Optional[str]
    error: Optional[ListPaymentLinksItemNotifySmsError]


class ListPaymentLinksItemNotify(ApiObject):
    sms: ListPaymentLinksItemNotifySms


class ListPaymentLinksItem(ApiObject):
    id: str
    object: str
    status: str
    #: It can be paid
    active: bool
    #: Where to send the payer
    short_url: str
    #: The same as short_url
    checkout_url: str
    #: The address as a QR code, SVG
    qr_url: str
    amount: str
    amount_minor: int
    currency: str
    description: Optional[str]
    customer: Optional[ListPaymentLinksItemCustomer]
    metadata: Dict[str, str]
    callback_url: Optional[str]
    provider: Optional[str]
    method: Optional[str]
    environment: str
    reusable: bool
    #: RFC 3339, UTC
    expires_at: Optional[str]
    #: Browsers that opened it; previews and robots do not count
    clicks: int
    payments_count: int
    amount_paid: str
    amount_paid_minor: int
    #: The payment that paid it; of a reusable link the newest
    payment_id: Optional[str]
    #: RFC 3339, UTC
    paid_at: Optional[str]
    notify: Optional[ListPaymentLinksItemNotify]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class GetPaymentLinkAnswerCustomer(ApiObject):
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    #: ISO 3166-1; routing rules and analytics can go by it
    country: Optional[str] = None


class GetPaymentLinkAnswerNotifySmsError(ApiObject):
    code: str
    message: str


class GetPaymentLinkAnswerNotifySms(ApiObject):
    #: unknown: whether the provider took it is being found out; the message itself tells
    status: str
    sms_id: Optional[str]
    error: Optional[GetPaymentLinkAnswerNotifySmsError]


class GetPaymentLinkAnswerNotify(ApiObject):
    sms: GetPaymentLinkAnswerNotifySms


class GetPaymentLinkAnswer(ApiObject):
    id: str
    object: str
    status: str
    #: It can be paid
    active: bool
    #: Where to send the payer
    short_url: str
    #: The same as short_url
    checkout_url: str
    #: The address as a QR code, SVG
    qr_url: str
    amount: str
    amount_minor: int
    currency: str
    description: Optional[str]
    customer: Optional[GetPaymentLinkAnswerCustomer]
    metadata: Dict[str, str]
    callback_url: Optional[str]
    provider: Optional[str]
    method: Optional[str]
    environment: str
    reusable: bool
    #: RFC 3339, UTC
    expires_at: Optional[str]
    #: Browsers that opened it; previews and robots do not count
    clicks: int
    payments_count: int
    amount_paid: str
    amount_paid_minor: int
    #: The payment that paid it; of a reusable link the newest
    payment_id: Optional[str]
    #: RFC 3339, UTC
    paid_at: Optional[str]
    notify: Optional[GetPaymentLinkAnswerNotify]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class DeactivatePaymentLinkAnswerCustomer(ApiObject):
    name: Optional[str] = None
    email: Optional[str] = None
    phone: Optional[str] = None
    #: ISO 3166-1; routing rules and analytics can go by it
    country: Optional[str] = None


class DeactivatePaymentLinkAnswerNotifySmsError(ApiObject):
    code: str
    message: str


class DeactivatePaymentLinkAnswerNotifySms(ApiObject):
    #: unknown: whether the provider took it is being found out; the message itself tells
    status: str
    sms_id: Optional[str]
    error: Optional[DeactivatePaymentLinkAnswerNotifySmsError]


class DeactivatePaymentLinkAnswerNotify(ApiObject):
    sms: DeactivatePaymentLinkAnswerNotifySms


class DeactivatePaymentLinkAnswer(ApiObject):
    id: str
    object: str
    status: str
    #: It can be paid
    active: bool
    #: Where to send the payer
    short_url: str
    #: The same as short_url
    checkout_url: str
    #: The address as a QR code, SVG
    qr_url: str
    amount: str
    amount_minor: int
    currency: str
    description: Optional[str]
    customer: Optional[DeactivatePaymentLinkAnswerCustomer]
    metadata: Dict[str, str]
    callback_url: Optional[str]
    provider: Optional[str]
    method: Optional[str]
    environment: str
    reusable: bool
    #: RFC 3339, UTC
    expires_at: Optional[str]
    #: Browsers that opened it; previews and robots do not count
    clicks: int
    payments_count: int
    amount_paid: str
    amount_paid_minor: int
    #: The payment that paid it; of a reusable link the newest
    payment_id: Optional[str]
    #: RFC 3339, UTC
    paid_at: Optional[str]
    notify: Optional[DeactivatePaymentLinkAnswerNotify]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class SimulatePaymentLinkAnswer(ApiObject):
    status: str
    payment_link: Optional[Dict[str, Any]] = None
    payment: Optional[Dict[str, Any]] = None


class SimulateSmsAnswer(ApiObject):
    status: str
    sms: Sms


class SimulatePaymentAnswer(ApiObject):
    status: str
    payment: Optional[Dict[str, Any]] = None


class SimulateSubscriptionAnswer(ApiObject):
    status: str
    subscription: Optional[Dict[str, Any]] = None


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
    #: Tells of disputes; they are answered at the provider
    disputes: bool
    webhook_registration: bool
    #: Bills a plan again and again by itself
    subscriptions: bool
    subscription_pause: bool
    subscription_change_plan: bool
    subscription_proration: bool
    saved_methods: bool
    #: OneRouter's links, whose payments this provider takes
    payment_links: bool
    #: Ends a subscription with its running period by itself; elsewhere OneRouter does it then
    subscription_cancel_at_period_end: bool
    #: Sends text messages
    messages: bool


class ListProvidersItemProofsItem(ApiObject):
    #: payments.create, refunds.list, …
    operation: str
    suite: str
    #: The conformance test that has seen it succeed
    test: str
    #: The day it first did
    since: str
    #: The day its suite last ran for publication
    last_run: str


class ListProvidersItem(ApiObject):
    name: str
    object: str
    label: str
    active_environment: str
    connected: ListProvidersItemConnected
    capabilities: ListProvidersItemCapabilities
    #: What executed conformance tests prove of it
    proofs: List[ListProvidersItemProofsItem]
    #: Its ways to pay, of those that reach the country and currency asked for
    payment_methods: List[str]


class RequestProviderAnswer(ApiObject):
    object: str
    provider: str
    environment: str
    #: The provider's HTTP status; null with 202: nobody saw its answer, and it may have acted
    status: Optional[int]
    #: Parsed where it is JSON, else text; null where it was too long
    body: Any
    #: The answer was longer than 256 KiB and is left out
    truncated: bool


class ListServicesItemCredentialsTest(ApiObject):
    configured: bool
    #: What may be shown of the credentials
    hint: Optional[str]
    sandbox: bool
    version: Optional[int]
    provider_account: Optional[str]
    #: Where the provider's events must be sent
    webhook_url: Optional[str]
    #: OneRouter registered the address at the provider itself, and keeps it so
    webhook_registered: bool
    #: Why events do not arrive, or soon will not, and what to do
    webhook_problem: Optional[str]
    #: When the provider begins to lose events if nothing changes
    webhook_gives_up_at: Optional[str]
    #: What to paste where, while OneRouter could not do it itself
    webhook_instructions: Optional[str]
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
    #: OneRouter registered the address at the provider itself, and keeps it so
    webhook_registered: bool
    #: Why events do not arrive, or soon will not, and what to do
    webhook_problem: Optional[str]
    #: When the provider begins to lose events if nothing changes
    webhook_gives_up_at: Optional[str]
    #: What to paste where, while OneRouter could not do it itself
    webhook_instructions: Optional[str]
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


class CanGoLiveAnswerServicesItem(ApiObject):
    service_name: str
    #: Nothing stands in the way of switching it to live
    ready: bool
    #: Why it cannot be switched
    blockers: List[str]
    #: What is better seen to before real money moves
    warnings: List[str]


class CanGoLiveAnswer(ApiObject):
    can_go_live: bool
    services_with_test: List[str]
    services_with_live: List[str]
    services_missing_live: List[str]
    message: str
    #: Every connected service, with reasons
    services: List[CanGoLiveAnswerServicesItem]


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
    #: OneRouter registered the address at the provider itself, and keeps it so
    webhook_registered: bool
    #: Why events do not arrive, or soon will not, and what to do
    webhook_problem: Optional[str]
    #: When the provider begins to lose events if nothing changes
    webhook_gives_up_at: Optional[str]
    #: What to paste where, while OneRouter could not do it itself
    webhook_instructions: Optional[str]
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
    #: OneRouter registered the address at the provider itself, and keeps it so
    webhook_registered: bool
    #: Why events do not arrive, or soon will not, and what to do
    webhook_problem: Optional[str]
    #: When the provider begins to lose events if nothing changes
    webhook_gives_up_at: Optional[str]
    #: What to paste where, while OneRouter could not do it itself
    webhook_instructions: Optional[str]
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


class ImportEnvAnswerServicesItemError(ApiObject):
    code: str
    detail: str


class ImportEnvAnswerServicesItem(ApiObject):
    service_name: str
    environment: str
    status: str
    #: Names, never values
    variables: List[str]
    #: Variables that are needed as well
    missing: List[str]
    #: What may be shown of the saved credentials
    hint: Optional[str]
    error: Optional[ImportEnvAnswerServicesItemError]


class ImportEnvAnswer(ApiObject):
    object: str
    services: List[ImportEnvAnswerServicesItem]
    #: Names of variables that belong to no provider
    ignored: List[str]


class SwitchEnvironmentAnswer(ApiObject):
    status: str
    service_name: str
    environment: str
    message: str
    #: RFC 3339, UTC
    timestamp: str


class ListPaymentMethodsItemProof(ApiObject):
    #: The conformance test that has seen a payment made and paid this way
    test: str
    #: The day it first did
    since: str
    #: The day its suite last ran for publication
    last_run: str


class ListPaymentMethodsItem(ApiObject):
    #: Provider and method: razorpay.upi
    id: str
    object: str
    provider: str
    #: What `method` of a payment takes
    method: str
    label: str
    kind: str
    #: ISO 4217; null = whatever the provider takes
    currencies: Optional[List[str]]
    #: Where its payers live, ISO 3166-1; null = anywhere
    countries: Optional[List[str]]
    environment: str
    #: The provider has credentials in this environment
    connected: bool
    #: The account has not turned it off
    enabled: bool
    #: Connected and enabled: a payment may ask for it
    available: bool
    proof: Optional[ListPaymentMethodsItemProof]


class UpdatePaymentMethodAnswerProof(ApiObject):
    #: The conformance test that has seen a payment made and paid this way
    test: str
    #: The day it first did
    since: str
    #: The day its suite last ran for publication
    last_run: str


class UpdatePaymentMethodAnswer(ApiObject):
    #: Provider and method: razorpay.upi
    id: str
    object: str
    provider: str
    #: What `method` of a payment takes
    method: str
    label: str
    kind: str
    #: ISO 4217; null = whatever the provider takes
    currencies: Optional[List[str]]
    #: Where its payers live, ISO 3166-1; null = anywhere
    countries: Optional[List[str]]
    environment: str
    #: The provider has credentials in this environment
    connected: bool
    #: The account has not turned it off
    enabled: bool
    #: Connected and enabled: a payment may ask for it
    available: bool
    proof: Optional[UpdatePaymentMethodAnswerProof]


class VerifyDomainAnswer(ApiObject):
    id: str
    object: str
    service_name: str
    environment: str
    #: Lower case, punycode, without a trailing dot
    domain: str
    #: The same with its own letters
    display_name: str
    state: str
    verification_method: str
    #: The exact text of the TXT record
    dns_record: str
    record_type: str
    #: Names at which the record counts
    record_names: List[str]
    instructions: str
    #: Why the newest look found no proof, as a word
    reason: Optional[str]
    #: The same in a sentence
    reason_detail: Optional[str]
    checked_at: Optional[str]
    verified_at: Optional[str]
    #: When a pending domain is given up
    expires_at: Optional[str]
    #: RFC 3339, UTC
    created_at: str


class ConfirmDomainAnswer(ApiObject):
    id: str
    object: str
    service_name: str
    environment: str
    #: Lower case, punycode, without a trailing dot
    domain: str
    #: The same with its own letters
    display_name: str
    state: str
    verification_method: str
    #: The exact text of the TXT record
    dns_record: str
    record_type: str
    #: Names at which the record counts
    record_names: List[str]
    instructions: str
    #: Why the newest look found no proof, as a word
    reason: Optional[str]
    #: The same in a sentence
    reason_detail: Optional[str]
    checked_at: Optional[str]
    verified_at: Optional[str]
    #: When a pending domain is given up
    expires_at: Optional[str]
    #: RFC 3339, UTC
    created_at: str


class ListDomainsItem(ApiObject):
    id: str
    object: str
    service_name: str
    environment: str
    #: Lower case, punycode, without a trailing dot
    domain: str
    #: The same with its own letters
    display_name: str
    state: str
    verification_method: str
    #: The exact text of the TXT record
    dns_record: str
    record_type: str
    #: Names at which the record counts
    record_names: List[str]
    instructions: str
    #: Why the newest look found no proof, as a word
    reason: Optional[str]
    #: The same in a sentence
    reason_detail: Optional[str]
    checked_at: Optional[str]
    verified_at: Optional[str]
    #: When a pending domain is given up
    expires_at: Optional[str]
    #: RFC 3339, UTC
    created_at: str


class RegisterWalletDomainAnswer(ApiObject):
    object: str
    service_name: str
    environment: str
    wallet: str
    #: Lower case, punycode, without a trailing dot
    domain: str
    state: str


class ListWalletDomainsAnswerDataItem(ApiObject):
    object: str
    service_name: str
    environment: str
    wallet: str
    #: Lower case, punycode, without a trailing dot
    domain: str
    state: str


class ListWalletDomainsAnswer(ApiObject):
    data: List[ListWalletDomainsAnswerDataItem]


class DeleteWalletDomainAnswer(ApiObject):
    object: str
    domain: str
    deleted: bool


class DeleteDomainAnswer(ApiObject):
    id: str
    object: str
    deleted: bool


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


class CreateWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str
    #: whsec_…, shown this once
    secret: str


class ListWebhookEndpointsItem(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class GetWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class UpdateWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class DeleteWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class RotateWebhookSecretAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str
    #: whsec_…, shown this once
    secret: str


class EnableWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class DisableWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    url: str
    description: Optional[str]
    events: List[str]
    environment: str
    status: str
    disabled_reason: Optional[str]
    disabled_at: Optional[str]
    #: First failed try since the last one that worked
    failing_since: Optional[str]
    #: Also signs with ed25519
    sign_v1a: bool
    #: For v1a, newest first
    public_keys: List[str]
    #: Events of one object arrive one after the other
    ordered: bool
    #: Requests at the same time
    max_in_flight: int
    #: Requests begun in any second, per process that delivers; null = no limit
    rate_limit_per_second: Optional[int]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    updated_at: str


class RecoverWebhookEndpointAnswer(ApiObject):
    id: str
    object: str
    endpoint_id: str
    environment: str
    status: str
    #: RFC 3339, UTC
    since: str
    #: RFC 3339, UTC
    until: str
    #: Deliveries scheduled so far
    scheduled: int
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class GetWebhookRecoveryAnswer(ApiObject):
    id: str
    object: str
    endpoint_id: str
    environment: str
    status: str
    #: RFC 3339, UTC
    since: str
    #: RFC 3339, UTC
    until: str
    #: Deliveries scheduled so far
    scheduled: int
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class CancelWebhookRecoveryAnswer(ApiObject):
    id: str
    object: str
    endpoint_id: str
    environment: str
    status: str
    #: RFC 3339, UTC
    since: str
    #: RFC 3339, UTC
    until: str
    #: Deliveries scheduled so far
    scheduled: int
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class TestWebhooksAnswerResultsItem(ApiObject):
    endpoint_id: str
    delivery_id: str
    url: str
    delivered: bool
    status: Optional[int]
    error: Optional[str]
    detail: Optional[str]
    duration_ms: int


class TestWebhooksAnswer(ApiObject):
    object: str
    event_id: str
    environment: str
    #: Every enabled endpoint took it, and there is one
    delivered: bool
    results: List[TestWebhooksAnswerResultsItem]


class ListDeliveriesItemAttemptsItem(ApiObject):
    attempt: int
    trigger: str
    #: RFC 3339, UTC
    started_at: str
    duration_ms: int
    #: Where the request went
    address: Optional[str]
    status: Optional[int]
    #: Why it does not count as delivered
    error: Optional[str]
    detail: Optional[str]
    #: The first kilobyte of the answer
    response_body: Optional[str]


class ListDeliveriesItem(ApiObject):
    id: str
    object: str
    endpoint_id: str
    url: str
    #: Sent as webhook-id with every try
    event_id: str
    event_type: str
    environment: str
    #: failed: given up; held: the endpoint was disabled before it arrived
    status: str
    trigger: str
    last_status: Optional[int]
    last_error: Optional[str]
    next_attempt_at: Optional[str]
    attempt_count: int
    attempts: List[ListDeliveriesItemAttemptsItem]
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class GetDeliveryAnswerAttemptsItem(ApiObject):
    attempt: int
    trigger: str
    #: RFC 3339, UTC
    started_at: str
    duration_ms: int
    #: Where the request went
    address: Optional[str]
    status: Optional[int]
    #: Why it does not count as delivered
    error: Optional[str]
    detail: Optional[str]
    #: The first kilobyte of the answer
    response_body: Optional[str]


class GetDeliveryAnswer(ApiObject):
    id: str
    object: str
    endpoint_id: str
    url: str
    #: Sent as webhook-id with every try
    event_id: str
    event_type: str
    environment: str
    #: failed: given up; held: the endpoint was disabled before it arrived
    status: str
    trigger: str
    last_status: Optional[int]
    last_error: Optional[str]
    next_attempt_at: Optional[str]
    attempt_count: int
    attempts: List[GetDeliveryAnswerAttemptsItem]
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class RedeliverAnswerAttemptsItem(ApiObject):
    attempt: int
    trigger: str
    #: RFC 3339, UTC
    started_at: str
    duration_ms: int
    #: Where the request went
    address: Optional[str]
    status: Optional[int]
    #: Why it does not count as delivered
    error: Optional[str]
    detail: Optional[str]
    #: The first kilobyte of the answer
    response_body: Optional[str]


class RedeliverAnswer(ApiObject):
    id: str
    object: str
    endpoint_id: str
    url: str
    #: Sent as webhook-id with every try
    event_id: str
    event_type: str
    environment: str
    #: failed: given up; held: the endpoint was disabled before it arrived
    status: str
    trigger: str
    last_status: Optional[int]
    last_error: Optional[str]
    next_attempt_at: Optional[str]
    attempt_count: int
    attempts: List[RedeliverAnswerAttemptsItem]
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class ListInboundWebhooksItem(ApiObject):
    id: str
    object: str
    service_name: str
    environment: str
    #: The provider's
    event_id: str
    #: The provider's
    event_type: str
    status: str
    reason: Optional[str]
    payment_id: Optional[str]
    tries: int
    #: RFC 3339, UTC
    received_at: str
    applied_at: Optional[str]


class ReprocessInboundWebhookAnswer(ApiObject):
    id: str
    object: str
    service_name: str
    environment: str
    #: The provider's
    event_id: str
    #: The provider's
    event_type: str
    status: str
    reason: Optional[str]
    payment_id: Optional[str]
    tries: int
    #: RFC 3339, UTC
    received_at: str
    applied_at: Optional[str]


class ListReconciliationRunsItem(ApiObject):
    id: str
    object: str
    environment: str
    provider: str
    kind: str
    state: str
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    #: What is being looked at: events, refunds, disputes, payments, ours, close
    phase: str
    #: Once it is done: how many were matched, explained, in flight, repaired, missing or different
    counts: Dict[str, int]
    #: Why it is waiting or has failed
    reason: Optional[str]
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class StartReconciliationAnswer(ApiObject):
    id: str
    object: str
    environment: str
    provider: str
    kind: str
    state: str
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    #: What is being looked at: events, refunds, disputes, payments, ours, close
    phase: str
    #: Once it is done: how many were matched, explained, in flight, repaired, missing or different
    counts: Dict[str, int]
    #: Why it is waiting or has failed
    reason: Optional[str]
    #: RFC 3339, UTC
    created_at: str
    finished_at: Optional[str]


class ListReconciliationItemsItem(ApiObject):
    id: str
    object: str
    environment: str
    provider: str
    #: The run that saw it last
    run_id: str
    #: missing_here: the provider has it and we do not; missing_there: the reverse; differs: both, with other facts
    bucket: str
    #: repaired: the books agree again; resolved: a person has dealt with it
    state: str
    #: Our reference at the provider
    reference: str
    payment_id: Optional[str]
    reasons: List[str]
    ours: Optional[Dict[str, Any]]
    theirs: Optional[Dict[str, Any]]
    note: Optional[str]
    resolved_by: Optional[str]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    seen_at: str
    closed_at: Optional[str]


class ResolveReconciliationItemAnswer(ApiObject):
    id: str
    object: str
    environment: str
    provider: str
    #: The run that saw it last
    run_id: str
    #: missing_here: the provider has it and we do not; missing_there: the reverse; differs: both, with other facts
    bucket: str
    #: repaired: the books agree again; resolved: a person has dealt with it
    state: str
    #: Our reference at the provider
    reference: str
    payment_id: Optional[str]
    reasons: List[str]
    ours: Optional[Dict[str, Any]]
    theirs: Optional[Dict[str, Any]]
    note: Optional[str]
    resolved_by: Optional[str]
    #: RFC 3339, UTC
    created_at: str
    #: RFC 3339, UTC
    seen_at: str
    closed_at: Optional[str]


class GetAnalyticsOverviewAnswerPeriod(ApiObject):
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    timezone: str
    #: What was committed by then is in these numbers
    as_of: str


class GetAnalyticsOverviewAnswerPayments(ApiObject):
    total: int
    succeeded: int
    failed: int
    canceled: int
    expired: int
    #: Not decided yet
    open: int
    success_rate: Optional[float]


class GetAnalyticsOverviewAnswerCurrenciesItemPayments(ApiObject):
    total: int
    succeeded: int
    failed: int
    canceled: int
    expired: int
    #: Not decided yet
    open: int
    success_rate: Optional[float]


class GetAnalyticsOverviewAnswerCurrenciesItemRequested(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsOverviewAnswerCurrenciesItemCaptured(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsOverviewAnswerCurrenciesItemRefunded(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsOverviewAnswerCurrenciesItemFeesItem(ApiObject):
    currency: str
    amount: str
    amount_minor: int
    tax: str
    tax_minor: int


class GetAnalyticsOverviewAnswerCurrenciesItem(ApiObject):
    currency: str
    payments: GetAnalyticsOverviewAnswerCurrenciesItemPayments
    requested: GetAnalyticsOverviewAnswerCurrenciesItemRequested
    captured: GetAnalyticsOverviewAnswerCurrenciesItemCaptured
    refunded: GetAnalyticsOverviewAnswerCurrenciesItemRefunded
    #: By the currency in which the provider took them
    fees: List[GetAnalyticsOverviewAnswerCurrenciesItemFeesItem]


class GetAnalyticsOverviewAnswerRefunds(ApiObject):
    total: int
    succeeded: int
    failed: int


class GetAnalyticsOverviewAnswerSmsCostItem(ApiObject):
    currency: str
    amount: str
    amount_micros: int


class GetAnalyticsOverviewAnswerSms(ApiObject):
    total: int
    delivered: int
    failed: int
    cost: List[GetAnalyticsOverviewAnswerSmsCostItem]


class GetAnalyticsOverviewAnswerSubscriptionsMrrItem(ApiObject):
    currency: str
    amount: str
    amount_minor: int


class GetAnalyticsOverviewAnswerSubscriptions(ApiObject):
    active: int
    trialing: int
    past_due: int
    paused: int
    #: Within the period
    started: int
    #: Within the period
    ended: int
    churn_rate: Optional[float]
    #: What active and past-due subscriptions come to in a month
    mrr: List[GetAnalyticsOverviewAnswerSubscriptionsMrrItem]


class GetAnalyticsOverviewAnswerWebhooks(ApiObject):
    delivered: int
    failed: int
    pending: int
    success_rate: Optional[float]
    endpoints_enabled: int
    endpoints_disabled: int


class GetAnalyticsOverviewAnswer(ApiObject):
    object: str
    environment: str
    period: GetAnalyticsOverviewAnswerPeriod
    payments: GetAnalyticsOverviewAnswerPayments
    currencies: List[GetAnalyticsOverviewAnswerCurrenciesItem]
    refunds: GetAnalyticsOverviewAnswerRefunds
    sms: GetAnalyticsOverviewAnswerSms
    subscriptions: GetAnalyticsOverviewAnswerSubscriptions
    webhooks: GetAnalyticsOverviewAnswerWebhooks


class GetAnalyticsTimeseriesAnswerPeriod(ApiObject):
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    timezone: str
    #: What was committed by then is in these numbers
    as_of: str


class GetAnalyticsTimeseriesAnswerDataItemGroup(ApiObject):
    provider: Optional[str]
    method: Optional[str]
    currency: Optional[str]
    key_id: Optional[str]
    #: Of the payer; null where it is not known
    country: Optional[str]


class GetAnalyticsTimeseriesAnswerDataItemPayments(ApiObject):
    total: int
    succeeded: int
    failed: int
    canceled: int
    expired: int
    #: Not decided yet
    open: int
    success_rate: Optional[float]


class GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemPayments(ApiObject):
    total: int
    succeeded: int
    failed: int
    canceled: int
    expired: int
    #: Not decided yet
    open: int
    success_rate: Optional[float]


class GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemRequested(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemCaptured(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemRefunded(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemFeesItem(ApiObject):
    currency: str
    amount: str
    amount_minor: int
    tax: str
    tax_minor: int


class GetAnalyticsTimeseriesAnswerDataItemCurrenciesItem(ApiObject):
    currency: str
    payments: GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemPayments
    requested: GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemRequested
    captured: GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemCaptured
    refunded: GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemRefunded
    #: By the currency in which the provider took them
    fees: List[GetAnalyticsTimeseriesAnswerDataItemCurrenciesItemFeesItem]


class GetAnalyticsTimeseriesAnswerDataItem(ApiObject):
    #: Of the interval, in the time zone asked for
    start: str
    group: GetAnalyticsTimeseriesAnswerDataItemGroup
    payments: GetAnalyticsTimeseriesAnswerDataItemPayments
    currencies: List[GetAnalyticsTimeseriesAnswerDataItemCurrenciesItem]


class GetAnalyticsTimeseriesAnswer(ApiObject):
    object: str
    environment: str
    period: GetAnalyticsTimeseriesAnswerPeriod
    interval: str
    #: Intervals without payments are left out
    data: List[GetAnalyticsTimeseriesAnswerDataItem]


class GetAnalyticsCostsAnswerPeriod(ApiObject):
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    timezone: str
    #: What was committed by then is in these numbers
    as_of: str


class GetAnalyticsCostsAnswerDataItemGroup(ApiObject):
    provider: Optional[str]
    method: Optional[str]
    currency: Optional[str]
    key_id: Optional[str]
    #: Of the payer; null where it is not known
    country: Optional[str]


class GetAnalyticsCostsAnswerDataItemCaptured(ApiObject):
    amount: str
    amount_minor: int


class GetAnalyticsCostsAnswerDataItemFeesItem(ApiObject):
    currency: str
    amount: str
    amount_minor: int
    tax: str
    tax_minor: int


class GetAnalyticsCostsAnswerDataItem(ApiObject):
    group: GetAnalyticsCostsAnswerDataItemGroup
    #: Of the payments
    currency: str
    #: That were paid
    payments: int
    captured: GetAnalyticsCostsAnswerDataItemCaptured
    #: Fees can arrive days after the payment
    with_known_fee: int
    fees: List[GetAnalyticsCostsAnswerDataItemFeesItem]
    effective_rate: Optional[float]


class GetAnalyticsCostsAnswerSmsCostItem(ApiObject):
    currency: str
    amount: str
    amount_micros: int


class GetAnalyticsCostsAnswerSms(ApiObject):
    total: int
    delivered: int
    failed: int
    cost: List[GetAnalyticsCostsAnswerSmsCostItem]


class GetAnalyticsCostsAnswer(ApiObject):
    object: str
    environment: str
    period: GetAnalyticsCostsAnswerPeriod
    data: List[GetAnalyticsCostsAnswerDataItem]
    sms: GetAnalyticsCostsAnswerSms


class GetAnalyticsPerformanceAnswerPeriod(ApiObject):
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    timezone: str
    #: What was committed by then is in these numbers
    as_of: str


class GetAnalyticsPerformanceAnswerRouter(ApiObject):
    count: int
    mean_ms: Optional[float]
    p50_ms: Optional[float]
    p95_ms: Optional[float]
    p99_ms: Optional[float]


class GetAnalyticsPerformanceAnswerRoutesItemLatency(ApiObject):
    count: int
    mean_ms: Optional[float]
    p50_ms: Optional[float]
    p95_ms: Optional[float]
    p99_ms: Optional[float]


class GetAnalyticsPerformanceAnswerRoutesItem(ApiObject):
    method: str
    route: str
    latency: GetAnalyticsPerformanceAnswerRoutesItemLatency


class GetAnalyticsPerformanceAnswerProvidersItemLatency(ApiObject):
    count: int
    mean_ms: Optional[float]
    p50_ms: Optional[float]
    p95_ms: Optional[float]
    p99_ms: Optional[float]


class GetAnalyticsPerformanceAnswerProvidersItem(ApiObject):
    provider: str
    verb: str
    failed: int
    latency: GetAnalyticsPerformanceAnswerProvidersItemLatency


class GetAnalyticsPerformanceAnswer(ApiObject):
    object: str
    environment: str
    period: GetAnalyticsPerformanceAnswerPeriod
    router: GetAnalyticsPerformanceAnswerRouter
    routes: List[GetAnalyticsPerformanceAnswerRoutesItem]
    providers: List[GetAnalyticsPerformanceAnswerProvidersItem]


class GetAnalyticsErrorsAnswerPeriod(ApiObject):
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    timezone: str
    #: What was committed by then is in these numbers
    as_of: str


class GetAnalyticsErrorsAnswerDeclinesItem(ApiObject):
    provider: str
    currency: str
    method: Optional[str]
    code: str
    decline_reason: Optional[str]
    payments: int


class GetAnalyticsErrorsAnswerRequestsItem(ApiObject):
    method: str
    route: str
    status: int
    code: Optional[str]
    requests: int


class GetAnalyticsErrorsAnswerProviderCallsItem(ApiObject):
    provider: str
    verb: str
    outcome: str
    calls: int


class GetAnalyticsErrorsAnswer(ApiObject):
    object: str
    environment: str
    period: GetAnalyticsErrorsAnswerPeriod
    #: Why payments failed, most frequent first
    declines: List[GetAnalyticsErrorsAnswerDeclinesItem]
    #: Requests that were refused or failed, most frequent first
    requests: List[GetAnalyticsErrorsAnswerRequestsItem]
    #: Calls to providers without a good answer, most frequent first
    provider_calls: List[GetAnalyticsErrorsAnswerProviderCallsItem]


class LogEntry(ApiObject):
    #: The Request-Id of a request
    id: str
    object: str
    #: request: what came to the API; provider_call: what went to a provider
    kind: str
    environment: str
    method: str
    #: Without what could be secret
    path: str
    query: Optional[str]
    #: The pattern of the path, of requests
    route: Optional[str]
    status: Optional[int]
    #: The error code of a request, what came of a provider call
    code: Optional[str]
    duration_ms: float
    #: Of it, spent waiting for providers
    provider_ms: float
    key_id: Optional[str]
    person_id: Optional[str]
    provider: Optional[str]
    #: What the provider was asked to do
    verb: Optional[str]
    payment_id: Optional[str]
    provider_request_id: Optional[str]
    #: Redacted; of provider calls only
    request_body: Optional[str]
    #: Redacted; of provider calls only
    response_body: Optional[str]
    #: RFC 3339, UTC
    created_at: str


class ListAuditEntriesItemActor(ApiObject):
    #: system: what OneRouter does by itself, and commands on the server
    type: str
    id: Optional[str]
    #: A key’s hint or a person’s address
    name: Optional[str]


class ListAuditEntriesItemSubject(ApiObject):
    type: str
    id: str


class ListAuditEntriesItem(ApiObject):
    id: str
    object: str
    #: Gapless from 1 within the account
    sequence: int
    environment: Optional[str]
    actor: ListAuditEntriesItemActor
    action: str
    subject: ListAuditEntriesItemSubject
    before: Optional[Dict[str, Any]]
    after: Optional[Dict[str, Any]]
    #: The request that made the change
    request_id: Optional[str]
    #: Over this entry and the hash of the one before it
    hash: str
    #: RFC 3339, UTC
    created_at: str


class ListReviewsItemDecisionsItem(ApiObject):
    outcome: str
    note: str
    decided_by: str
    evidence: Dict[str, Any]
    #: RFC 3339, UTC
    created_at: str


class ListReviewsItem(ApiObject):
    #: op_… of a call, whi_… of a message
    id: str
    object: str
    kind: str
    environment: str
    provider: str
    why: Optional[str]
    #: RFC 3339, UTC
    created_at: str
    subject: Dict[str, Any]
    payment: Optional[Payment]
    #: The newest entries of the payment
    timeline: List[TimelineEntry]
    #: The newest calls made for the payment
    provider_calls: List[TimelineEntry]
    decisions: List[ListReviewsItemDecisionsItem]


class ResolveReviewAnswer(ApiObject):
    operation_id: str
    state: str
    payment: Payment


class GetRoutingAnswerRulesItemWhenAmount(ApiObject):
    #: In major units, included
    min: Optional[str] = None
    #: In major units, included
    max: Optional[str] = None


class GetRoutingAnswerRulesItemWhenTime(ApiObject):
    days: Optional[List[str]] = None
    #: HH:MM, included
    from_: Optional[str] = Field(None, alias="from")
    #: HH:MM, not included
    to: Optional[str] = None
    #: IANA name; UTC if left out
    time_zone: Optional[str] = None
    #: RFC 3339, UTC
    starts_at: Optional[str] = None
    #: RFC 3339, UTC
    ends_at: Optional[str] = None


class GetRoutingAnswerRulesItemWhen(ApiObject):
    #: ISO 4217
    currencies: Optional[List[str]] = None
    #: ISO 3166-1: `customer.country` of the payment
    countries: Optional[List[str]] = None
    #: `method` of the payment
    methods: Optional[List[str]] = None
    #: The payer's e-mail address, `@` and its domain, or the id of a customer
    customers: Optional[List[str]] = None
    amount: Optional[GetRoutingAnswerRulesItemWhenAmount] = None
    #: For each name the values that match
    metadata: Optional[Dict[str, List[str]]] = None
    time: Optional[GetRoutingAnswerRulesItemWhenTime] = None


class GetRoutingAnswerRulesItemUseWeightsItem(ApiObject):
    provider: str
    weight: int


class GetRoutingAnswerRulesItemUse(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[GetRoutingAnswerRulesItemUseWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class GetRoutingAnswerRulesItem(ApiObject):
    name: str
    enabled: Optional[bool] = None
    when: Optional[GetRoutingAnswerRulesItemWhen] = None
    use: GetRoutingAnswerRulesItemUse


class GetRoutingAnswerDefaultWeightsItem(ApiObject):
    provider: str
    weight: int


class GetRoutingAnswerDefault(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[GetRoutingAnswerDefaultWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class GetRoutingAnswerTrial(ApiObject):
    version: int
    #: Payments that are routed by it
    percent: int


class GetRoutingAnswer(ApiObject):
    object: str
    environment: str
    #: 0: no rules, the default order
    version: int
    rules: List[GetRoutingAnswerRulesItem]
    default: Optional[GetRoutingAnswerDefault]
    trial: Optional[GetRoutingAnswerTrial]
    updated_at: Optional[str]


class SaveRoutingAnswerRulesItemWhenAmount(ApiObject):
    #: In major units, included
    min: Optional[str] = None
    #: In major units, included
    max: Optional[str] = None


class SaveRoutingAnswerRulesItemWhenTime(ApiObject):
    days: Optional[List[str]] = None
    #: HH:MM, included
    from_: Optional[str] = Field(None, alias="from")
    #: HH:MM, not included
    to: Optional[str] = None
    #: IANA name; UTC if left out
    time_zone: Optional[str] = None
    #: RFC 3339, UTC
    starts_at: Optional[str] = None
    #: RFC 3339, UTC
    ends_at: Optional[str] = None


class SaveRoutingAnswerRulesItemWhen(ApiObject):
    #: ISO 4217
    currencies: Optional[List[str]] = None
    #: ISO 3166-1: `customer.country` of the payment
    countries: Optional[List[str]] = None
    #: `method` of the payment
    methods: Optional[List[str]] = None
    #: The payer's e-mail address, `@` and its domain, or the id of a customer
    customers: Optional[List[str]] = None
    amount: Optional[SaveRoutingAnswerRulesItemWhenAmount] = None
    #: For each name the values that match
    metadata: Optional[Dict[str, List[str]]] = None
    time: Optional[SaveRoutingAnswerRulesItemWhenTime] = None


class SaveRoutingAnswerRulesItemUseWeightsItem(ApiObject):
    provider: str
    weight: int


class SaveRoutingAnswerRulesItemUse(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[SaveRoutingAnswerRulesItemUseWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class SaveRoutingAnswerRulesItem(ApiObject):
    name: str
    enabled: Optional[bool] = None
    when: Optional[SaveRoutingAnswerRulesItemWhen] = None
    use: SaveRoutingAnswerRulesItemUse


class SaveRoutingAnswerDefaultWeightsItem(ApiObject):
    provider: str
    weight: int


class SaveRoutingAnswerDefault(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[SaveRoutingAnswerDefaultWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class SaveRoutingAnswerTrial(ApiObject):
    version: int
    #: Payments that are routed by it
    percent: int


class SaveRoutingAnswer(ApiObject):
    object: str
    environment: str
    #: 0: no rules, the default order
    version: int
    rules: List[SaveRoutingAnswerRulesItem]
    default: Optional[SaveRoutingAnswerDefault]
    trial: Optional[SaveRoutingAnswerTrial]
    updated_at: Optional[str]


class ListRoutingVersionsItemRulesItemWhenAmount(ApiObject):
    #: In major units, included
    min: Optional[str] = None
    #: In major units, included
    max: Optional[str] = None


class ListRoutingVersionsItemRulesItemWhenTime(ApiObject):
    days: Optional[List[str]] = None
    #: HH:MM, included
    from_: Optional[str] = Field(None, alias="from")
    #: HH:MM, not included
    to: Optional[str] = None
    #: IANA name; UTC if left out
    time_zone: Optional[str] = None
    #: RFC 3339, UTC
    starts_at: Optional[str] = None
    #: RFC 3339, UTC
    ends_at: Optional[str] = None


class ListRoutingVersionsItemRulesItemWhen(ApiObject):
    #: ISO 4217
    currencies: Optional[List[str]] = None
    #: ISO 3166-1: `customer.country` of the payment
    countries: Optional[List[str]] = None
    #: `method` of the payment
    methods: Optional[List[str]] = None
    #: The payer's e-mail address, `@` and its domain, or the id of a customer
    customers: Optional[List[str]] = None
    amount: Optional[ListRoutingVersionsItemRulesItemWhenAmount] = None
    #: For each name the values that match
    metadata: Optional[Dict[str, List[str]]] = None
    time: Optional[ListRoutingVersionsItemRulesItemWhenTime] = None


class ListRoutingVersionsItemRulesItemUseWeightsItem(ApiObject):
    provider: str
    weight: int


class ListRoutingVersionsItemRulesItemUse(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[ListRoutingVersionsItemRulesItemUseWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class ListRoutingVersionsItemRulesItem(ApiObject):
    name: str
    enabled: Optional[bool] = None
    when: Optional[ListRoutingVersionsItemRulesItemWhen] = None
    use: ListRoutingVersionsItemRulesItemUse


class ListRoutingVersionsItemDefaultWeightsItem(ApiObject):
    provider: str
    weight: int


class ListRoutingVersionsItemDefault(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[ListRoutingVersionsItemDefaultWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class ListRoutingVersionsItem(ApiObject):
    #: The version as text, for `starting_after`
    id: str
    object: str
    version: int
    environment: str
    state: str
    rules: List[ListRoutingVersionsItemRulesItem]
    default: Optional[ListRoutingVersionsItemDefault]
    comment: Optional[str]
    created_by: str
    #: RFC 3339, UTC
    created_at: str


class ActivateRoutingVersionAnswerRulesItemWhenAmount(ApiObject):
    #: In major units, included
    min: Optional[str] = None
    #: In major units, included
    max: Optional[str] = None


class ActivateRoutingVersionAnswerRulesItemWhenTime(ApiObject):
    days: Optional[List[str]] = None
    #: HH:MM, included
    from_: Optional[str] = Field(None, alias="from")
    #: HH:MM, not included
    to: Optional[str] = None
    #: IANA name; UTC if left out
    time_zone: Optional[str] = None
    #: RFC 3339, UTC
    starts_at: Optional[str] = None
    #: RFC 3339, UTC
    ends_at: Optional[str] = None


class ActivateRoutingVersionAnswerRulesItemWhen(ApiObject):
    #: ISO 4217
    currencies: Optional[List[str]] = None
    #: ISO 3166-1: `customer.country` of the payment
    countries: Optional[List[str]] = None
    #: `method` of the payment
    methods: Optional[List[str]] = None
    #: The payer's e-mail address, `@` and its domain, or the id of a customer
    customers: Optional[List[str]] = None
    amount: Optional[ActivateRoutingVersionAnswerRulesItemWhenAmount] = None
    #: For each name the values that match
    metadata: Optional[Dict[str, List[str]]] = None
    time: Optional[ActivateRoutingVersionAnswerRulesItemWhenTime] = None


class ActivateRoutingVersionAnswerRulesItemUseWeightsItem(ApiObject):
    provider: str
    weight: int


class ActivateRoutingVersionAnswerRulesItemUse(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[ActivateRoutingVersionAnswerRulesItemUseWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class ActivateRoutingVersionAnswerRulesItem(ApiObject):
    name: str
    enabled: Optional[bool] = None
    when: Optional[ActivateRoutingVersionAnswerRulesItemWhen] = None
    use: ActivateRoutingVersionAnswerRulesItemUse


class ActivateRoutingVersionAnswerDefaultWeightsItem(ApiObject):
    provider: str
    weight: int


class ActivateRoutingVersionAnswerDefault(ApiObject):
    strategy: str
    #: Who takes part; without it everybody who can. For `order`: best first
    providers: Optional[List[str]] = None
    #: For `split`: the share of each
    weights: Optional[List[ActivateRoutingVersionAnswerDefaultWeightsItem]] = None
    fallback: Optional[List[str]] = None
    #: Fewer observations say nothing; 50 if left out
    min_samples: Optional[int] = None
    #: Payments that try a provider of which too little is known; 5 if left out
    explore_percent: Optional[int] = None


class ActivateRoutingVersionAnswerTrial(ApiObject):
    version: int
    #: Payments that are routed by it
    percent: int


class ActivateRoutingVersionAnswer(ApiObject):
    object: str
    environment: str
    #: 0: no rules, the default order
    version: int
    rules: List[ActivateRoutingVersionAnswerRulesItem]
    default: Optional[ActivateRoutingVersionAnswerDefault]
    trial: Optional[ActivateRoutingVersionAnswerTrial]
    updated_at: Optional[str]


class SimulateRoutingAnswerProvidersItem(ApiObject):
    provider: str
    before: int
    after: int


class SimulateRoutingAnswerRulesItem(ApiObject):
    name: str
    payments: int


class SimulateRoutingAnswerSuccessBefore(ApiObject):
    #: Between 0 and 1; null: too little was observed
    rate: Optional[float]
    #: Payments of which the estimate speaks
    payments: int
    smallest_sample: Optional[int]


class SimulateRoutingAnswerSuccessAfter(ApiObject):
    #: Between 0 and 1; null: too little was observed
    rate: Optional[float]
    #: Payments of which the estimate speaks
    payments: int
    smallest_sample: Optional[int]


class SimulateRoutingAnswerSuccess(ApiObject):
    before: SimulateRoutingAnswerSuccessBefore
    after: SimulateRoutingAnswerSuccessAfter


class SimulateRoutingAnswerCostsItem(ApiObject):
    currency: str
    #: Payments with an estimate under both rule sets
    payments: int
    before: str
    before_minor: int
    after: str
    after_minor: int
    smallest_sample: Optional[int]


class SimulateRoutingAnswer(ApiObject):
    object: str
    environment: str
    #: RFC 3339, UTC
    from_: str = Field(..., alias="from")
    #: RFC 3339, UTC
    to: str
    payments: int
    #: false: there were more, the newest were looked at
    complete: bool
    #: Payments that would have gone elsewhere
    changed: int
    #: Payments nobody would have taken
    unroutable: int
    #: Payments that named their provider: no rule moves them
    requested: int
    providers: List[SimulateRoutingAnswerProvidersItem]
    rules: List[SimulateRoutingAnswerRulesItem]
    success: SimulateRoutingAnswerSuccess
    costs: List[SimulateRoutingAnswerCostsItem]
    note: str


class GetRoutingObservationsAnswerDataItem(ApiObject):
    provider: str
    method: Optional[str]
    currency: str
    country: Optional[str]
    attempts: int
    succeeded: int
    #: Payments whose fee is known
    priced: int
    #: What those came to
    paid_minor: int
    #: What the provider kept of it
    fees_minor: int


class GetRoutingObservationsAnswerHealthItem(ApiObject):
    provider: str
    state: str


class GetRoutingObservationsAnswer(ApiObject):
    object: str
    environment: str
    #: RFC 3339, UTC
    since: str
    data: List[GetRoutingObservationsAnswerDataItem]
    health: List[GetRoutingObservationsAnswerHealthItem]
