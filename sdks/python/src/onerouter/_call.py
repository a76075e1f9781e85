"""How the generated resources perform their operations."""

from __future__ import annotations

from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Iterator, Mapping, Optional, Type, TypeVar, cast

from ._model import ApiObject
from ._omit import given
from ._pages import AsyncList, Page, loop_is_running
from ._request import Operation, prepare
from ._send import AsyncSender, Sender
from ._settings import CallOptions
from ._stream import events, events_async, pieces, pieces_async, split_lines

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

    def text(self, operation: Operation, options: CallOptions) -> Iterator[str]:
        settings = self._sender.settings
        request = prepare(settings, operation, options)
        return pieces(self._sender.http(), settings, request, self._sender.sleep)

    def lines(self, operation: Operation, cls: Type[T], options: CallOptions) -> Iterator[T]:
        rest = ""
        for piece in self.text(operation, options):
            values, rest = split_lines(rest, piece)
            for value in values:
                yield cls.read(dict(value))

    def events(self, operation: Operation, cls: Type[T], options: CallOptions) -> Iterator[T]:
        sender = self._sender
        for value in events(sender.http(), sender.settings, operation, options, sender.sleep):
            yield cls.read(value)


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

    async def text(self, operation: Operation, options: CallOptions) -> AsyncIterator[str]:
        settings = self._sender.settings
        request = prepare(settings, operation, options)
        async for piece in pieces_async(self._sender.http(), settings, request, self._sender.sleep):
            yield piece

    async def lines(self, operation: Operation, cls: Type[T], options: CallOptions) -> AsyncIterator[T]:
        rest = ""
        async for piece in self.text(operation, options):
            values, rest = split_lines(rest, piece)
            for value in values:
                yield cls.read(dict(value))

    async def events(self, operation: Operation, cls: Type[T], options: CallOptions) -> AsyncIterator[T]:
        sender = self._sender
        async for value in events_async(sender.http(), sender.settings, operation, options, sender.sleep):
            yield cls.read(value)


def _page_of(operation: Operation, cursor: Optional[str]) -> Operation:
    if cursor is None:
        return operation
    query: Mapping[str, Any] = {**given(operation.query or {}), "starting_after": cursor}
    return operation._replace(query=query)
