"""Answers of the API as objects that can be read like attributes and like dictionaries."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Generator, Iterator, KeysView, Mapping, Type, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

T = TypeVar("T", bound="ApiObject")


class ApiObject(BaseModel):
    """
    One object of the API: ``payment.status`` and ``payment["status"]`` are the same. Members that a newer server
    adds are kept. Awaiting an object answers the object itself, so that a line works with and without ``await``.
    """

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, protected_namespaces=())

    @classmethod
    def read(cls: Type[T], data: Mapping[str, Any]) -> T:
        """The object in an answer. A server that changed a member's shape is passed on as it spoke."""
        try:
            return cls.model_validate(dict(data))
        except ValidationError:
            return cls.model_construct(**dict(data))

    def to_dict(self) -> Dict[str, Any]:
        """The object as plain dictionaries and lists, with the API's own names."""
        return self.model_dump(by_alias=True)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default

    def keys(self) -> KeysView[str]:
        """The API's own names of what is there."""
        return dict.fromkeys([*_attributes(type(self)), *(self.model_extra or {})]).keys()

    def __getitem__(self, name: str) -> Any:
        if name in self:
            return getattr(self, _attributes(type(self)).get(name, name))
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in _attributes(type(self)) or name in (self.model_extra or {})

    def __await__(self: T) -> Generator[Any, None, T]:
        return self
        yield  # a generator that is done before its first step


@lru_cache(maxsize=None)
def _attributes(cls: Type[ApiObject]) -> Dict[str, str]:
    """Attribute names by the API's names; they differ where Python keeps a word for itself."""
    return {field.alias or name: name for name, field in cls.model_fields.items()}


def objects(cls: Type[T], items: Any) -> Iterator[T]:
    """The objects of a list's page."""
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping):
            yield cls.read(item)
