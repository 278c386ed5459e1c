"""What every configuration object shares: frozen, validated, and errors that are sentences."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one sentence for each fault."""


class Config(BaseModel):
    """A frozen, validated group of settings that round-trips through JSON.

    A field's ``title`` labels it in the form, its ``description`` is the help text of form and command
    line, and its bounds are checked wherever the value comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def checked(cls, **values: Any) -> Self:
        """Build the object, raising :class:`ConfigError` with sentences instead of a validation report."""
        try:
            return cls(**values)
        except ValidationError as error:
            raise ConfigError(sentences(error)) from error


def sentences(error: ValidationError) -> str:
    """Each fault of a validation as one sentence: the field, what was given, what is allowed."""
    return " ".join(_sentence(fault) for fault in error.errors())


def _sentence(fault: Any) -> str:
    field = " ".join(str(part).replace("_", " ") for part in fault["loc"]) or "The configuration"
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] == "extra_forbidden":
        return f"{field} is not a setting; remove it."
    if fault["type"] == "missing":
        return f"{field} is missing; give a value."
    allowed = fault["msg"].removeprefix("Input should be ").removeprefix("a ")
    return f"{field} is {fault['input']!r}; it must be {allowed}."
