"""The two clients: ``OneRouter`` for ``asyncio``, ``OneRouterSync`` for everything else."""

from __future__ import annotations

from types import TracebackType
from typing import Optional, Type

import httpx

from . import webhooks as _webhooks
from ._call import AsyncCall, Call
from ._generated.async_resources import AsyncResources
from ._generated.resources import Resources
from ._send import AsyncSender, Sender
from ._settings import DEFAULT_RETRIES, DEFAULT_TIMEOUT_S, settings_from


class OneRouter(AsyncResources):
    """
    A client of one OneRouter, under one API key::

        async with OneRouter(api_key="unf_test_…") as client:
            order = await client.payments.create(amount="500.00", currency="USD")
            print(order["checkout_url"])

    ``api_key`` is by default the environment variable ``ONEROUTER_API_KEY``; ``base_url`` is ``ONEROUTER_BASE_URL``,
    else ``http://localhost:8000``; ``timeout`` is in seconds, for each try; ``max_retries`` counts the tries after
    the first. Outside of a running event loop every method works at once, without ``await``.
    """

    verify_webhook = staticmethod(_webhooks.verify)

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        max_retries: int = DEFAULT_RETRIES,
        http_client: Optional[httpx.AsyncClient] = None,
    ) -> None:
        settings = settings_from(api_key, base_url, timeout, max_retries)
        self._sender = AsyncSender(settings, http_client)
        self._blocking: Optional[Sender] = None
        super().__init__(AsyncCall(self._sender, self._without_loop))

    def _without_loop(self) -> Call:
        if self._blocking is None:
            self._blocking = Sender(self._sender.settings)
        return Call(self._blocking)

    async def close(self) -> None:
        """Ends the connections that are kept open."""
        if self._blocking is not None:
            self._blocking.close()
        await self._sender.close()

    async def __aenter__(self) -> "OneRouter":
        return self

    async def __aexit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"OneRouter(base_url={self._sender.settings.base_url!r})"


class OneRouterSync(Resources):
    """
    The same without ``asyncio``::

        with OneRouterSync(api_key="unf_test_…") as client:
            for payment in client.payments.list(status="succeeded"):
                print(payment["id"], payment["amount"])
    """

    verify_webhook = staticmethod(_webhooks.verify)

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        max_retries: int = DEFAULT_RETRIES,
        http_client: Optional[httpx.Client] = None,
    ) -> None:
        self._sender = Sender(settings_from(api_key, base_url, timeout, max_retries), http_client)
        super().__init__(Call(self._sender))

    def close(self) -> None:
        """Ends the connections that are kept open."""
        self._sender.close()

    def __enter__(self) -> "OneRouterSync":
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"OneRouterSync(base_url={self._sender.settings.base_url!r})"
