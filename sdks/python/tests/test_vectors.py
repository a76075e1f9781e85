"""What every SDK of OneRouter does, as data; the TypeScript SDK runs the same file."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Dict, List

import onerouter
import pytest
from scripted import Script, vectors

ALL = vectors("sdk.json")["vectors"]


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("vector", ALL, ids=[one["name"] for one in ALL])
def test_vector(vector: Dict[str, Any], flavour: str) -> None:
    script = Script(vector["responses"])
    perform = _sync if flavour == "sync" else _async
    expected = vector["expect"]
    if "error" in expected:
        with pytest.raises(onerouter.OneRouterError) as caught:
            perform(script, vector, walk=vector["call"]["method"].endswith(".list"))
        _check_error(caught.value, dict(expected["error"]))
    elif "items" in expected:
        assert perform(script, vector, walk=True) == expected["items"]
    else:
        answered = perform(script, vector, walk=False)
        for name, value in expected["result"].items():
            assert answered[name] == value
            assert getattr(answered, name) == value
    assert script.waits_ms == expected["waits_ms"]
    _check_requests(script, expected["requests"])


def _arguments(call: Dict[str, Any]) -> Dict[str, Any]:
    return {**call.get("params", {}), **call.get("options", {})}


def _method(client: Any, path: str) -> Any:
    for name in path.split("."):
        client = getattr(client, name)
    return client


def _sync(script: Script, vector: Dict[str, Any], walk: bool) -> Any:
    call = vector["call"]
    client = script.sync_client(**vector["client"])
    answered = _method(client, call["method"])(*call.get("args", []), **_arguments(call))
    return [item["id"] for item in answered] if walk else answered


def _async(script: Script, vector: Dict[str, Any], walk: bool) -> Any:
    call = vector["call"]

    async def run() -> Any:
        async with script.async_client(**vector["client"]) as client:
            running = _method(client, call["method"])(*call.get("args", []), **_arguments(call))
            return [item["id"] async for item in running] if walk else await running

    return asyncio.run(run())


def _check_error(error: onerouter.OneRouterError, expected: Dict[str, Any]) -> None:
    kind = expected.pop("class")
    # Where TypeScript has only the base class, Python has the original SDK's name between.
    assert type(error).__name__ in ([kind, "APIError"] if kind == "OneRouterError" else [kind])
    for name, value in expected.items():
        assert getattr(error, name) == value, name


def _check_requests(script: Script, expected: List[Dict[str, Any]]) -> None:
    assert len(script.seen) == len(expected)
    for request, wanted in zip(script.seen, expected):
        assert request.method == wanted["method"]
        assert request.url.raw_path.decode().split("?")[0] == wanted["path"]
        assert dict(request.url.params) == wanted.get("query", {})
        for name, value in wanted.get("headers", {}).items():
            assert request.headers.get(name) == value
        if "body" in wanted:
            assert (json.loads(request.content) if request.content else None) == wanted["body"]
