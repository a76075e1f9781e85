"""How the generated resources perform their operations."""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, Mapping, Optional, Type, TypeVar, cast

from ._model import ApiObject
from ._omit import given
from ._pages import AsyncList, Page, loop_is_running
from ._request import Operation
from ._send import AsyncSender, Sender
from ._settings import CallOptions

T = TypeVar("T", bound=ApiObject)


class Call:
    """Performs operations at once."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def one(self, operation: Operation, cls: Type[T], options: CallOptions) -> T:
        return cls.read(self._sender.perform(operation, options))

    def many(self, operation: Operation, cls: Type[T], options: CallOptions) -> Page[T]:
        def fetch(cursor: Optional[str]) -> Dict[str, Any]:
            return self._sender.perform(_page_of(operation, cursor), options)

        return Page(cls, fetch(None), fetch)


class AsyncCall:
    """
    Performs operations in the running event loop. Where none runs, nobody could await the answer: the operation is
    then performed at once, and what it answers can be used as it is.
    """

    def __init__(self, sender: AsyncSender, without_loop: Callable[[], Call]) -> None:
        self._sender = sender
        self._without_loop = without_loop

    def one(self, operation: Operation, cls: Type[T], options: CallOptions) -> Awaitable[T]:
        if not loop_is_running():
            return cast(Awaitable[T], self._without_loop().one(operation, cls, options))
        return self._one(operation, cls, options)

    async def _one(self, operation: Operation, cls: Type[T], options: CallOptions) -> T:
        return cls.read(await self._sender.perform(operation, options))

    def many(self, operation: Operation, cls: Type[T], options: CallOptions) -> AsyncList[T]:
        if not loop_is_running():
            return cast(AsyncList[T], self._without_loop().many(operation, cls, options))

        async def fetch(cursor: Optional[str]) -> Dict[str, Any]:
            return await self._sender.perform(_page_of(operation, cursor), options)

        return AsyncList(cls, fetch)


def _page_of(operation: Operation, cursor: Optional[str]) -> Operation:
    if cursor is None:
        return operation
    query: Mapping[str, Any] = {**given(operation.query or {}), "starting_after": cursor}
    return operation._replace(query=query)
