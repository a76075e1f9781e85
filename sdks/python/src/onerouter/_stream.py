"""Answers that are read while they arrive: events that are followed across connections, lines, and plain text."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import (
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Tuple,
)

import httpx

from ._errors import APIError
from ._request import Failed, Operation, Prepared, no_answer, prepare, read
from ._retry import Answer, retry_delay
from ._settings import CallOptions, Settings

#: The server says that it is alive every 15 seconds: less patience would take every pause for a broken line.
SILENCE_S_MIN = 20.0
Sleep = Callable[[float], None]
AsyncSleep = Callable[[float], Awaitable[None]]
#: Objects that come again after a new connection are known by their ids.
REMEMBERED = 1_000


class ServerEvent(NamedTuple):
    id: str
    data: str


class EventParser:
    """Events out of the pieces in which they arrive; comments and what is unfinished at the end are none."""

    def __init__(self) -> None:
        self._rest = ""
        self._id = ""
        self._data: List[str] = []

    def feed(self, piece: str) -> List[ServerEvent]:
        found: List[ServerEvent] = []
        *lines, self._rest = (self._rest + piece).replace("\r\n", "\n").split("\n")
        for line in lines:
            name, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if line == "":
                if self._data:
                    found.append(ServerEvent(self._id, "\n".join(self._data)))
                self._data = []
            elif name == "data":
                self._data.append(value)
            elif name == "id":
                self._id = value
        return found


class Followed:
    """What is known of a stream beyond one connection."""

    def __init__(self, settings: Settings, retries: int) -> None:
        self._settings = settings
        self._retries = retries
        self._seen: "OrderedDict[str, None]" = OrderedDict()
        self._attempt = 0
        self.last_id = ""

    def news(self, event: ServerEvent) -> Optional[Dict[str, Any]]:
        """The object of an event, or ``None`` for one that came before."""
        self._attempt = 0
        if event.id:
            self.last_id = event.id
            if event.id in self._seen:
                return None
            self._seen[event.id] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        value: Dict[str, Any] = json.loads(event.data)
        return value

    def pause(self, error: Optional[APIError]) -> float:
        """Seconds until the next connection. Raises what cannot be made up for."""
        if error is not None and (not error.retryable or self._attempt >= self._retries):
            raise error
        system = self._settings.system
        delay = retry_delay(self._attempt, None, system.now(), system.random)
        self._attempt += 0 if error is None else 1
        return delay or 0.0


def followed(settings: Settings, operation: Operation, options: CallOptions) -> Followed:
    return Followed(settings, prepare(settings, operation, options).max_retries)


def behind(request: Prepared, last_id: str) -> Prepared:
    headers = {**request.headers, **({"last-event-id": last_id} if last_id else {})}
    return request._replace(headers=headers, max_retries=0)


class Opening:
    """The tries until an answer begins; the same for threads and for ``asyncio``."""

    def __init__(self, settings: Settings, request: Prepared) -> None:
        self._settings = settings
        self._request = request
        self._attempt = 0

    def arguments(self) -> Dict[str, Any]:
        timeout = self._request.timeout
        return {
            "method": self._request.method,
            "url": self._request.url,
            "headers": self._request.headers,
            "timeout": httpx.Timeout(timeout, read=max(timeout, SILENCE_S_MIN)),
            "follow_redirects": False,
        }

    def refusal(self, response: httpx.Response, text: str) -> Failed:
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, headers, text)
        failed = read(answer, self._settings.system.now())
        return failed if isinstance(failed, Failed) else no_answer(False, self._request.timeout)

    def broken(self, error: httpx.HTTPError) -> Failed:
        return no_answer(isinstance(error, httpx.TimeoutException), self._request.timeout)

    def pause(self, failed: Failed) -> float:
        """Seconds until the next try. Raises when there is none."""
        system = self._settings.system
        delay = retry_delay(self._attempt, failed.answer, system.now(), system.random)
        if delay is None or self._attempt >= self._request.max_retries:
            raise failed.error
        self._attempt += 1
        return delay


def pieces(
    http: httpx.Client, settings: Settings, request: Prepared, sleep: Sleep
) -> Iterator[str]:
    opening = Opening(settings, request)
    while True:
        begun = False
        try:
            with http.stream(**opening.arguments()) as response:
                if response.is_success:
                    begun = True
                    yield from response.iter_text()
                    return
                failed = opening.refusal(response, response.read().decode("utf-8", "replace"))
        except httpx.HTTPError as error:
            failed = opening.broken(error)
            if begun:
                raise failed.error from error
        sleep(opening.pause(failed))


async def pieces_async(
    http: httpx.AsyncClient, settings: Settings, request: Prepared, sleep: AsyncSleep
) -> AsyncIterator[str]:
    opening = Opening(settings, request)
    while True:
        begun = False
        try:
            async with http.stream(**opening.arguments()) as response:
                if response.is_success:
                    begun = True
                    async for piece in response.aiter_text():
                        yield piece
                    return
                failed = opening.refusal(response, (await response.aread()).decode("utf-8", "replace"))
        except httpx.HTTPError as error:
            failed = opening.broken(error)
            if begun:
                raise failed.error from error
        await sleep(opening.pause(failed))


def split_lines(rest: str, piece: str) -> Tuple[List[Mapping[str, Any]], str]:
    *lines, rest = (rest + piece).split("\n")
    return [json.loads(line) for line in lines if line], rest


def events(
    http: httpx.Client, settings: Settings, operation: Operation, options: CallOptions, sleep: Sleep
) -> Iterator[Dict[str, Any]]:
    request = prepare(settings, operation, options)
    state = followed(settings, operation, options)
    while True:
        error: Optional[APIError] = None
        parser = EventParser()
        try:
            for piece in pieces(http, settings, behind(request, state.last_id), sleep):
                for event in parser.feed(piece):
                    value = state.news(event)
                    if value is not None:
                        yield value
        except APIError as cause:
            error = cause
        sleep(state.pause(error))


async def events_async(
    http: httpx.AsyncClient,
    settings: Settings,
    operation: Operation,
    options: CallOptions,
    sleep: AsyncSleep,
) -> AsyncIterator[Dict[str, Any]]:
    request = prepare(settings, operation, options)
    state = followed(settings, operation, options)
    while True:
        error: Optional[APIError] = None
        parser = EventParser()
        try:
            async for piece in pieces_async(http, settings, behind(request, state.last_id), sleep):
                for event in parser.feed(piece):
                    value = state.news(event)
                    if value is not None:
                        yield value
        except APIError as cause:
            error = cause
        await sleep(state.pause(error))
