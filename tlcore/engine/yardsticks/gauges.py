"""What can be measured in a process that has imported torch, each by its name; asked and answered in plain values."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tlcore.engine.yardsticks.bare_pass import bare_pass
from tlcore.engine.yardsticks.fastai_loop import fastai_loop
from tlcore.engine.yardsticks.steps import steps
from tlcore.engine.yardsticks.tutorial_loop import tutorial_loop

GAUGES: Mapping[str, Callable[..., Iterator[dict[str, Any]]]] = MappingProxyType(
    {"bare_pass": bare_pass, "steps": steps, "tutorial": tutorial_loop, "fastai": fastai_loop}
)
