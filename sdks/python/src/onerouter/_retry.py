"""Whether to try again, and when. The same rules as the TypeScript SDK; ``test/vectors/sdk.json`` holds both to them."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Callable, Mapping, NamedTuple, Optional

BASE_S = 0.5
LONGEST_S = 8.0
#: A longer wait is the caller's decision: the error says how long it would be.
LONGEST_RETRY_AFTER_S = 60
RETRIED = frozenset({408, 429, 500, 502, 503, 504})


class Answer(NamedTuple):
    status: int
    #: Lower-case names.
    headers: Mapping[str, str]
    text: str


def retry_delay(
    attempt: int, answer: Optional[Answer], now: float, random: Callable[[], float]
) -> Optional[float]:
    """
    Seconds until the next try, or ``None`` to give up. ``attempt`` is 0 for the first; ``answer`` is ``None`` when
    no whole one arrived. ``Retry-After`` wins over our own schedule, exponential with full jitter.
    """
    if answer is not None:
        advice = answer.headers.get("onerouter-should-retry")
        if advice == "false" or (advice != "true" and answer.status not in RETRIED):
            return None
        wait = retry_after_seconds(answer.headers, now)
        if wait is not None:
            return None if wait > LONGEST_RETRY_AFTER_S else float(wait)
    return random() * min(LONGEST_S, BASE_S * float(2**attempt))


def retry_after_seconds(headers: Mapping[str, str], now: float) -> Optional[int]:
    """``Retry-After`` in seconds (RFC 9110, 10.2.3: a count or a date); ``None`` where absent or nonsense."""
    text = headers.get("retry-after", "").strip()
    if re.match(r"^\d{1,9}$", text):
        return int(text)
    try:
        at = parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max(0, -int(-(at - now) // 1))
