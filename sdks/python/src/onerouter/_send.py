"""Performs one logical call, however many tries it takes: once for ``asyncio``, once for threads."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Awaitable, Callable, Dict, Optional, Union

import httpx

from ._request import Failed, Operation, Prepared, no_answer, prepare, read
from ._retry import Answer, retry_delay
from ._settings import CallOptions, Settings


class Sender:
    """Sends over ``httpx.Client``."""

    def __init__(
        self,
        settings: Settings,
        http_client: Optional[httpx.Client] = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._http = http_client
        self.sleep = sleep

    def perform(self, operation: Operation, options: CallOptions) -> Dict[str, Any]:
        request = prepare(self.settings, operation, options)
        attempt = 0
        while True:
            result = self._attempt(request)
            if not isinstance(result, Failed):
                return result
            delay = _next_delay(self.settings, request, attempt, result)
            if delay is None:
                raise result.error
            self.sleep(delay)
            attempt += 1

    def http(self) -> httpx.Client:
        if self._http is None:
            self._http = httpx.Client(follow_redirects=False)
        return self._http

    def close(self) -> None:
        if self._http is not None:
            self._http.close()

    def _attempt(self, request: Prepared) -> Union[Dict[str, Any], Failed]:
        try:
            response = self.http().request(**_arguments(request))
        except httpx.TimeoutException:
            return no_answer(True, request.timeout)
        except (httpx.HTTPError, httpx.InvalidURL):
            return no_answer(False, request.timeout)
        return read(_answer(response), self.settings.system.now())


class AsyncSender:
    """Sends over ``httpx.AsyncClient``."""

    def __init__(
        self,
        settings: Settings,
        http_client: Optional[httpx.AsyncClient] = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self._http = http_client
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self.sleep = sleep

    async def perform(self, operation: Operation, options: CallOptions) -> Dict[str, Any]:
        request = prepare(self.settings, operation, options)
        attempt = 0
        while True:
            result = await self._attempt(request)
            if not isinstance(result, Failed):
                return result
            delay = _next_delay(self.settings, request, attempt, result)
            if delay is None:
                raise result.error
            await self.sleep(delay)
            attempt += 1

    def http(self) -> httpx.AsyncClient:
        return self._http_of(asyncio.get_running_loop())

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def _attempt(self, request: Prepared) -> Union[Dict[str, Any], Failed]:
        try:
            response = await self.http().request(**_arguments(request))
        except httpx.TimeoutException:
            return no_answer(True, request.timeout)
        except (httpx.HTTPError, httpx.InvalidURL):
            return no_answer(False, request.timeout)
        return read(_answer(response), self.settings.system.now())

    def _http_of(self, loop: asyncio.AbstractEventLoop) -> httpx.AsyncClient:
        # Connections belong to the loop they were made in; `asyncio.run` makes a new one each time.
        if self._http is None or (self._loop is not None and self._loop is not loop):
            self._http = httpx.AsyncClient(follow_redirects=False)
            self._loop = loop
        return self._http


def _next_delay(
    settings: Settings, request: Prepared, attempt: int, failed: Failed
) -> Optional[float]:
    if attempt >= request.max_retries:
        return None
    return retry_delay(attempt, failed.answer, settings.system.now(), settings.system.random)


def _arguments(request: Prepared) -> Dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "headers": request.headers,
        "content": request.content,
        "timeout": request.timeout,
        # A redirected POST would turn into a GET, and the key would follow it to wherever it leads.
        "follow_redirects": False,
    }


def _answer(response: httpx.Response) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, response.text)
