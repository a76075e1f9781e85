"""Answers that are read while they arrive: each object once, across connections."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Any, Dict, List

import pytest
from onerouter import APIError
from onerouter._stream import EventParser
from scripted import Script


def stream(*ids: str) -> Dict[str, Any]:
    text = "".join(f'id: {one}\nevent: log\ndata: {{"id": "{one}"}}\n\n' for one in ids)
    return {"status": 200, "text": f": connected\n\n{text}"}


def refused(status: int, code: str) -> Dict[str, Any]:
    return {"status": status, "body": {"code": code, "detail": "No.", "retryable": status >= 500}}


def test_a_stream_goes_on_behind_its_last_entry_and_tells_each_once() -> None:
    script = Script([stream("a", "b"), {"failure": "reset"}, stream("b", "c"), stream("d")])
    found = [entry["id"] for entry in islice(script.sync_client().logs.stream(status="5xx"), 4)]
    assert found == ["a", "b", "c", "d"]
    asked = [request.headers.get("last-event-id") for request in script.seen]
    assert asked == [None, "b", "b", "c"]
    assert script.seen[0].url.query == b"status=5xx"


def test_the_same_for_asyncio() -> None:
    script = Script([stream("a"), {"failure": "timeout"}, stream("a", "b")])

    async def read() -> List[str]:
        found: List[str] = []
        async for entry in script.async_client().logs.stream():
            found.append(entry["id"])
            if len(found) == 2:
                break
        return found

    assert asyncio.run(read()) == ["a", "b"]


def test_what_is_refused_for_good_ends_it() -> None:
    script = Script([stream("a"), refused(401, "unauthenticated")])
    entries = script.sync_client().logs.stream()
    assert next(entries)["id"] == "a"
    with pytest.raises(APIError) as caught:
        next(entries)
    assert caught.value.code == "unauthenticated"


def test_exports_are_text_or_objects_and_begin_again_only_before_their_first_byte() -> None:
    lines = '{"id": "a"}\n{"id": "b"}\n'
    script = Script([refused(503, "overloaded"), {"status": 200, "text": lines}, {"status": 200, "text": "id,kind\r\n"}])
    client = script.sync_client()
    assert [entry["id"] for entry in client.logs.export_ndjson()] == ["a", "b"]
    assert "".join(client.logs.export_csv(created={"gte": "2026-11-01"})) == "id,kind\r\n"
    assert len(script.waits_ms) == 1


def test_events_are_found_wherever_they_are_cut() -> None:
    text = ": hello\r\n\r\nid: 1\r\ndata: x\r\ndata: y\r\n\r\nid:2\ndata:z\n\ndata: unfinished"
    for at in range(len(text)):
        if text[at - 1 : at] == "\r":
            continue
        parser = EventParser()
        found = parser.feed(text[:at]) + parser.feed(text[at:])
        assert [(one.id, one.data) for one in found] == [("1", "x\ny"), ("2", "z")]
