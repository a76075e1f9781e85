"""Lists: one page at a time, or every object of every page, each page fetched when it is reached."""

from __future__ import annotations

import asyncio
from typing import (
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Dict,
    Generator,
    Generic,
    Iterator,
    List,
    Mapping,
    Optional,
    Type,
    TypeVar,
)

from ._errors import ServerError
from ._model import ApiObject, objects

T = TypeVar("T", bound=ApiObject)
FetchPage = Callable[[Optional[str]], Dict[str, Any]]
FetchPageAsync = Callable[[Optional[str]], Awaitable[Dict[str, Any]]]


class _PageData(Generic[T]):
    def __init__(self, cls: Type[T], wire: Mapping[str, Any]) -> None:
        #: Up to 100 objects, newest first.
        self.data: List[T] = list(objects(cls, wire.get("data")))
        self.has_more: bool = wire.get("has_more") is True
        #: What ``starting_after`` takes to continue; ``None`` on the last page.
        self.next_cursor: Optional[str] = wire.get("next_cursor")

    def __len__(self) -> int:
        return len(self.data)

    def _cursor_after(self, previous: Optional[str]) -> Optional[str]:
        if not self.has_more or self.next_cursor is None:
            return None
        # Without this, a cursor that does not move would never end.
        if self.next_cursor == previous:
            raise ServerError("The list answers the same page again.", code="malformed_answer")
        return self.next_cursor


class Page(_PageData[T]):
    """A page; iterating goes over every object from here to the end of the list."""

    def __init__(self, cls: Type[T], wire: Mapping[str, Any], fetch: FetchPage) -> None:
        super().__init__(cls, wire)
        self._cls = cls
        self._fetch = fetch

    def next_page(self) -> Optional["Page[T]"]:
        """The following page, or ``None`` after the last one."""
        cursor = self._cursor_after(None)
        return None if cursor is None else Page(self._cls, self._fetch(cursor), self._fetch)

    def __iter__(self) -> Iterator[T]:
        page: Page[T] = self
        seen: Optional[str] = None
        while True:
            yield from page.data
            cursor = page._cursor_after(seen)
            if cursor is None:
                return
            seen = cursor
            page = Page(self._cls, self._fetch(cursor), self._fetch)

    def __await__(self) -> Generator[Any, None, "Page[T]"]:
        return self
        yield  # a generator that is done before its first step


class AsyncPage(_PageData[T]):
    """A page; ``async for`` goes over every object from here to the end of the list."""

    def __init__(self, cls: Type[T], wire: Mapping[str, Any], fetch: FetchPageAsync) -> None:
        super().__init__(cls, wire)
        self._cls = cls
        self._fetch = fetch

    async def next_page(self) -> Optional["AsyncPage[T]"]:
        """The following page, or ``None`` after the last one."""
        cursor = self._cursor_after(None)
        return None if cursor is None else AsyncPage(self._cls, await self._fetch(cursor), self._fetch)

    async def __aiter__(self) -> AsyncIterator[T]:
        page: AsyncPage[T] = self
        seen: Optional[str] = None
        while True:
            for item in page.data:
                yield item
            cursor = page._cursor_after(seen)
            if cursor is None:
                return
            seen = cursor
            page = AsyncPage(self._cls, await self._fetch(cursor), self._fetch)


class AsyncList(Generic[T]):
    """A list call: awaited it is its first page; in ``async for`` it is every object of every page."""

    def __init__(self, cls: Type[T], fetch: FetchPageAsync) -> None:
        self._cls = cls
        self._fetch = fetch

    async def page(self) -> AsyncPage[T]:
        """The first page."""
        return AsyncPage(self._cls, await self._fetch(None), self._fetch)

    def __await__(self) -> Generator[Any, None, AsyncPage[T]]:
        return self.page().__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for item in await self.page():
            yield item


def loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
