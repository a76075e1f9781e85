"""What is particular to Python: two clients, dictionaries and attributes, no loop, exact numbers."""

from __future__ import annotations

import asyncio
import inspect
import json
from decimal import Decimal
from typing import Any, List, Set

import onerouter
import pytest
from onerouter import OneRouter, OneRouterSync
from scripted import Script

PAID = {"id": "pay_1", "amount": "500.00", "from_the_future": {"x": 1}}


def ok(body: Any) -> Any:
    return {"status": 200, "headers": {}, "body": body}


def methods(client: Any) -> Set[str]:
    found: Set[str] = set()
    pending: List[Any] = [("", client)]
    while pending:
        prefix, value = pending.pop()
        for name, member in vars(value).items():
            if not name.startswith("_"):
                pending.append((f"{prefix}{name}.", member))
        if prefix:
            found |= {prefix + name for name, _ in inspect.getmembers(type(value), inspect.isfunction)}
    return {name for name in found if "__" not in name}


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    blocking, asynchronous = OneRouterSync("unf_test_x"), OneRouter("unf_test_x")
    names = methods(blocking)
    assert names == methods(asynchronous)
    assert {"payments.create", "payments.refund", "services.switch_environment", "sms.get_status"} <= names
    for name in names:
        resource, _, method = name.rpartition(".")
        signatures = [
            inspect.signature(getattr(_walk(client, resource), method)).parameters
            for client in (blocking, asynchronous)
        ]
        assert list(signatures[0]) == list(signatures[1])


def _walk(client: Any, path: str) -> Any:
    for name in path.split("."):
        client = getattr(client, name)
    return client


def test_answers_are_attributes_and_dictionaries_and_keep_what_they_do_not_know() -> None:
    payment = Script([ok(PAID)]).sync_client().payments.get("pay_1")
    assert payment["id"] == payment.id == payment.get("id") == "pay_1"
    assert "id" in payment and "nothing" not in payment and payment.get("nothing", 7) == 7
    assert payment["from_the_future"] == {"x": 1}
    assert {"id", "amount", "from_the_future"} <= set(payment.keys())
    with pytest.raises(KeyError):
        payment["nothing"]


def test_words_that_python_keeps_are_read_under_the_names_of_the_api() -> None:
    message = Script([ok({"id": "sms_1", "from": "+15550100"})]).sync_client().sms.get("sms_1")
    assert message["from"] == "+15550100"
    assert message.to_dict()["from"] == "+15550100"


def test_without_a_loop_the_asynchronous_client_works_at_once() -> None:
    script = Script([ok({"status": "switched"}), ok(PAID)])
    client = OneRouter("unf_test_x")
    client._blocking = script.sync_client()._sender
    assert client.services.switch_environment(service_name="paypal", environment="live")["status"] == "switched"

    async def later() -> Any:
        return await done

    done = client.payments.get("pay_1")
    assert done["id"] == "pay_1"
    assert asyncio.run(later())["id"] == "pay_1"


def test_one_client_serves_several_loops_one_after_the_other() -> None:
    client = OneRouter("unf_test_x")
    loops = []

    async def use() -> None:
        loops.append(client._sender._http_of(asyncio.get_running_loop()))

    asyncio.run(use())
    asyncio.run(use())
    assert loops[0] is not loops[1]


def test_numbers_go_out_exactly() -> None:
    script = Script([ok(PAID)] * 3)
    client = script.sync_client()
    client.payments.create(amount=Decimal("0.10"), currency="USD")
    client.payments.create(amount=500.00, currency="USD")
    client.payments.create(amount=5, currency="USD")
    assert [json.loads(request.content)["amount"] for request in script.seen] == ["0.10", 500.0, 5]
    for wrong in (float("nan"), float("inf"), Decimal("NaN")):
        with pytest.raises(onerouter.ValidationError):
            client.payments.create(amount=wrong, currency="USD")
    assert len(script.seen) == 3


def test_what_is_left_out_is_not_sent_and_none_is() -> None:
    script = Script([ok({"id": "key_1"})])
    script.sync_client().keys.update("key_1", expires_at=None)
    assert json.loads(script.seen[0].content) == {"expires_at": None}


@pytest.mark.parametrize("key", ["", None])
def test_a_client_without_a_key_is_refused(key: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONEROUTER_API_KEY", raising=False)
    with pytest.raises(onerouter.AuthenticationError):
        OneRouter(key)


def test_a_key_that_cannot_be_one_is_sent_nowhere() -> None:
    client = OneRouterSync("test_key")
    with pytest.raises(onerouter.AuthenticationError) as caught:
        client.payments.get("pay_1")
    assert caught.value.code == "api_key_malformed"
    assert "test_key" not in str(caught.value) and "test_key" not in repr(client)


@pytest.mark.parametrize("base_url", ["ftp://x", "https://user:pw@x", "https://x/?a=1", "nonsense"])
def test_a_base_url_that_cannot_be_one_is_refused(base_url: str) -> None:
    with pytest.raises(onerouter.ValidationError):
        OneRouterSync("unf_test_x", base_url=base_url)


def test_the_package_says_that_it_is_typed() -> None:
    from importlib import resources

    if hasattr(resources, "files"):
        assert resources.files("onerouter").joinpath("py.typed").is_file()
