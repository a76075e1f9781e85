"""A server that follows a script, and a clock that never makes anybody wait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import httpx

from onerouter import OneRouter, OneRouterSync
from onerouter._call import AsyncCall, Call
from onerouter._send import AsyncSender, Sender
from onerouter._settings import System, settings_from

KEY = "unf_test_0123456789abcdefghijABCDEFGHIJ01234567"
ROOT = Path(__file__).resolve().parents[3]
NOW = 1795521600.0  # 2026-11-24T12:00:00Z


def vectors(name: str) -> Dict[str, Any]:
    loaded: Dict[str, Any] = json.loads((ROOT / "test" / "vectors" / name).read_text("utf-8"))
    return loaded


class Script:
    def __init__(self, responses: List[Dict[str, Any]]) -> None:
        self._responses = list(responses)
        self.seen: List[httpx.Request] = []
        self.waits_ms: List[float] = []
        self._keys = 0

    def system(self) -> System:
        def key() -> str:
            self._keys += 1
            return f"key-{self._keys}"

        return System(now=lambda: NOW, random=lambda: 0.5, new_idempotency_key=key)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        assert self._responses, "the script has ended"
        step = self._responses.pop(0)
        if step.get("failure") == "timeout":
            raise httpx.ReadTimeout("silence", request=request)
        if "failure" in step:
            raise httpx.ConnectError(step["failure"], request=request)
        text = step["text"] if "text" in step else json.dumps(step["body"])
        return httpx.Response(step["status"], headers=step.get("headers", {}), content=text.encode())

    def sync_client(self, **options: Any) -> OneRouterSync:
        client = OneRouterSync(KEY)
        settings = settings_from(
            KEY, None, options.get("timeout", 30), options.get("max_retries", 2), self.system()
        )
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        client._sender = Sender(settings, http, lambda seconds: self.waits_ms.append(seconds * 1000))
        super(OneRouterSync, client).__init__(Call(client._sender))
        return client

    def async_client(self, **options: Any) -> OneRouter:
        client = OneRouter(KEY)
        settings = settings_from(
            KEY, None, options.get("timeout", 30), options.get("max_retries", 2), self.system()
        )

        async def sleep(seconds: float) -> None:
            self.waits_ms.append(seconds * 1000)

        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        client._sender = AsyncSender(settings, http, sleep)
        super(OneRouter, client).__init__(AsyncCall(client._sender, client._without_loop))
        return client
