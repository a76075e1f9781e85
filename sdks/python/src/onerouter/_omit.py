"""What a parameter is when the caller does not give it: left out of the request, which ``None`` is not."""

from __future__ import annotations

from typing import Any, Dict, Mapping


class Omit:
    """The type of :data:`OMIT`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "OMIT"


OMIT = Omit()


def given(values: Mapping[str, Any]) -> Dict[str, Any]:
    """The members that the caller gave."""
    return {name: value for name, value in values.items() if not isinstance(value, Omit)}
