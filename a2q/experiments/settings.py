"""All settings of a run by their dotted names, and in which of them runs differ."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from a2q.config import Config, ConfigError
from a2q.experiments.run_config import RunConfig

Settings = TypeVar("Settings", bound=Config)


def change(config: Settings, settings: Sequence[str]) -> Settings:
    """The same config with some settings changed, each given as ``group.name=value`` or ``name=value``.

    An empty value, as in ``quantization.target_average_bits=``, takes a setting away.

    Args:
        config: a run's, or any other, such as an accelerator's.
        settings: as a command line gives them.

    Raises:
        ConfigError: a setting has another form, does not exist or has a value that is not allowed.
    """
    values = config.model_dump()
    grouped = any(isinstance(value, dict) for value in values.values())
    form = "write it as in training.epochs=100" if grouped else f"give name=value with one of {', '.join(values)}"
    for setting in settings:
        path, separator, value = setting.partition("=")
        *groups, name = path.strip().split(".")
        if not separator or not name or not (grouped or name in values):
            raise ConfigError(f"{setting!r} is not a setting; {form}.")
        _group(values, groups, setting)[name] = value.strip() or None
    return type(config)(**values)


def _group(values: dict[str, Any], groups: Sequence[str], setting: str) -> dict[str, Any]:
    for group in groups:
        inner = values.get(group)
        if not isinstance(inner, dict):
            available = ", ".join(key for key, value in values.items() if isinstance(value, dict))
            raise ConfigError(f"{setting!r} names the group {group!r}; this run has {available}.")
        values = inner
    return values


_NOT_SETTINGS = ("schema_version",)


def settings_of(config: RunConfig) -> dict[str, Any]:
    """Every setting by the name that :func:`a2q.experiments.settings.change` takes, as in ``training.epochs``."""
    return {path: value for path, value in _flat(config, "") if path not in _NOT_SETTINGS}


def differing(configs: Sequence[RunConfig]) -> dict[str, list[Any]]:
    """The settings that are not the same in all configs, each with its value in every config, in their order.

    A setting that one method has and another has not is None where it is missing.
    """
    each = [settings_of(config) for config in configs]
    names = {name: None for settings in each for name in settings}
    values = {name: [settings.get(name) for settings in each] for name in names}
    return {name: found for name, found in values.items() if any(value != found[0] for value in found)}


def title_of(config: RunConfig, name: str) -> str:
    """What forms call a setting, as in "Training: Epochs"; its name where this config has no such setting."""
    *groups, last = name.split(".")
    holder: Any = config
    for group in groups:
        holder = getattr(holder, group, None)
    field = type(holder).model_fields.get(last) if isinstance(holder, BaseModel) else None
    if field is None:
        return name
    words = field.title or last.replace("_", " ").capitalize()
    return ": ".join([*(group.capitalize() for group in groups), words])


def _flat(config: BaseModel, prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in type(config).model_fields:
        value = getattr(config, name)
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, BaseModel) else [(f"{prefix}{name}", value)]
    return found
