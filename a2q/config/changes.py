"""Changing single settings of a run by name."""

from collections.abc import Sequence
from typing import Any

from a2q.config.base import ConfigError
from a2q.config.run import RunConfig


def change(config: RunConfig, settings: Sequence[str]) -> RunConfig:
    """The same config with some settings changed, each given as ``group.name=value`` or ``name=value``.

    An empty value, as in ``quantization.target_average_bits=``, takes a setting away.

    Raises:
        ConfigError: a setting has another form, does not exist or has a value that is not allowed.
    """
    values = config.model_dump()
    for setting in settings:
        path, separator, value = setting.partition("=")
        *groups, name = path.strip().split(".")
        if not separator or not name:
            raise ConfigError(f"{setting!r} is not a setting; write it as in training.epochs=100.")
        _group(values, groups, setting)[name] = value.strip() or None
    return RunConfig(**values)


def _group(values: dict[str, Any], groups: Sequence[str], setting: str) -> dict[str, Any]:
    for group in groups:
        inner = values.get(group)
        if not isinstance(inner, dict):
            available = ", ".join(key for key, value in values.items() if isinstance(value, dict))
            raise ConfigError(f"{setting!r} names the group {group!r}; this run has {available}.")
        values = inner
    return values
