"""What every configuration object shares: frozen, validated, and errors that are sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one sentence for each fault."""


class Config(BaseModel):
    """A frozen, validated group of settings that round-trips through JSON.

    A field's ``title`` labels it in the form, its ``description`` is the help text of form and command
    line, and its bounds are checked wherever the value comes from.

    Raises:
        ConfigError: a value is not allowed; the message is a sentence, not a validation report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigError(sentences(error)) from error

    @model_validator(mode="before")
    @classmethod
    def _numbers_of_literals(cls, values: Any) -> Any:
        """Take the numbers of a ``Literal`` as text too: a command line gives them so, as all other numbers."""
        if not isinstance(values, Mapping):
            return values
        return {name: _as_number(given, cls.model_fields.get(name)) for name, given in values.items()}


def _as_number(given: Any, field: FieldInfo | None) -> Any:
    """The number among a field's literals that a text writes; what is given where it writes none."""
    if field is None or not isinstance(given, str):
        return given
    return next((one for one in _literals(field.annotation) if type(one) is int and str(one) == given.strip()), given)


def _literals(annotation: Any) -> list[Any]:
    """All values of the ``Literal`` that an annotation is, or has among its alternatives."""
    parts = get_args(annotation)
    return list(parts) if get_origin(annotation) is Literal else [one for part in parts for one in _literals(part)]


@dataclass(frozen=True, eq=False)
class OneOf:
    """Annotates a text that must be a name in a registry, as a ``Literal`` of these names would.

    Attributes:
        registry: what there is by name, in the order to offer it; what is registered later counts too.
    """

    registry: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._registered, handler(source))

    def _registered(self, given: Any) -> Any:
        if isinstance(given, str) and given in self.registry:
            return given
        *others, last = map(repr, self.registry)
        raise PydanticCustomError(
            "not_registered", "Input should be {names}", {"names": f"{', '.join(others)} or {last}"}
        )


def sentences(error: ValidationError) -> str:
    """Each fault of a validation as one sentence: the field, what was given, what is allowed."""
    return " ".join(_sentence(fault) for fault in error.errors())


def _sentence(fault: Any, groups: tuple[Any, ...] = ()) -> str:
    places = (*groups, *fault["loc"])
    if fault["type"] == "value_error":
        inner = fault["ctx"]["error"]
        # A group inside of a configuration has checked itself: its faults are told with the group's name.
        if isinstance(inner, ConfigError) and isinstance(inner.__cause__, ValidationError):
            return " ".join(_sentence(found, places) for found in inner.__cause__.errors())
        return str(inner)
    named = [str(part).replace("_", " ") for part in places]
    field = " ".join(named) or "The configuration"
    if fault["type"] == "extra_forbidden":
        return f"{field} is not a setting; remove it."
    if fault["type"] == "json_invalid":
        return f"{field} is no JSON that can be read ({fault['ctx']['error']})."
    if fault["type"] == "missing":
        return f"{field} is missing; give a value."
    allowed = fault["msg"].removeprefix("Input should be ")
    return f"{field} is {fault['input']!r}; it must be {allowed}."
