"""Webhooks are believed exactly where the TypeScript SDK believes them."""

from __future__ import annotations

from typing import Any, Dict

import onerouter
import pytest
from onerouter import webhooks
from scripted import vectors

ALL = vectors("standard-webhooks.json")["vectors"]


@pytest.mark.parametrize("vector", ALL, ids=[one["name"] for one in ALL])
def test_vector(vector: Dict[str, Any]) -> None:
    def verify() -> Dict[str, Any]:
        return webhooks.verify(
            vector["body"], vector["headers"], vector["secrets"], now=lambda: float(vector["now"])
        )

    if vector["valid"]:
        assert isinstance(verify(), dict)
        return
    with pytest.raises(onerouter.WebhookVerificationError) as caught:
        verify()
    assert caught.value.code == vector["reason"]


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ["whsec_AAAA", "whsec_BBBB"]])
def test_what_sign_test_signs_verify_believes(secret: Any) -> None:
    body, headers = webhooks.sign_test({"id": "evt_1", "type": "payment.succeeded"}, secret)
    for raw in (body, body.encode(), bytearray(body.encode()), memoryview(body.encode())):
        assert webhooks.verify(raw, headers, secret)["type"] == "payment.succeeded"
    as_pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert webhooks.verify(body, as_pairs, secret)["id"] == headers["webhook-id"]


def test_a_tolerance_that_is_no_number_refuses() -> None:
    body, headers = webhooks.sign_test({"id": "evt_1"}, "whsec_AAAA")
    with pytest.raises(onerouter.WebhookVerificationError):
        webhooks.verify(body, headers, "whsec_AAAA", tolerance_seconds=float("nan"))


def test_a_parsed_body_is_refused_in_words() -> None:
    _, headers = webhooks.sign_test({"id": "evt_1"}, "whsec_AAAA")
    with pytest.raises(onerouter.WebhookVerificationError, match="raw body"):
        webhooks.verify({"id": "evt_1"}, headers, "whsec_AAAA")  # type: ignore[arg-type]
