"""The verb `bench`: what this machine does, thing beside thing in one run, as ratios with their spread."""

import argparse
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tlcore.commands.bars import bar
from tlcore.commands.yardsticks.bench_home import check_folder
from tlcore.commands.yardsticks.every import YARDSTICKS
from tlcore.commands.yardsticks.spread import spread, table
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.store import Store

_QUIET = 0.5
"""Load at which times can still be compared."""
_MOST_ROUNDS = 100
_FLAGS: dict[str, dict[str, Any]] = {
    "folder": {"metavar": "FOLDER", "help": "a folder of pictures, or a sample by its name"},
    "count": {"type": int, "help": "pictures that are made to measure with"},
    "backbone": {"nargs": "+", "metavar": "BACKBONE", "help": "one network or more"},
    "strategy": {"help": "which blocks learn when"},
    "epochs": {"type": int, "help": "passes over the pictures"},
    "timed": {"type": int, "help": "epochs of somebody else's loop that are carried out; the rest is reckoned"},
    "batch_size": {"type": int, "help": "pictures per step"},
    "image_size": {"type": int, "help": "side of the network's input, in pixels"},
}


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser(
        "bench",
        help="how fast this machine is, thing beside thing",
        description="Measure on this machine, in fresh processes and in a home folder of its own, one thing beside"
        " another: medians of several rounds, with the least and the most. The yardsticks are:\n\n"
        + "\n".join(_line(name, yardstick) for name, yardstick in YARDSTICKS.items())
        + "\n\nWithout a name: all but those with a star, which take long or need something.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which yardsticks (default: those without a star)")
    parser.add_argument("--repeat", type=int, default=Settings().repeat, help="rounds (default: %(default)s)")
    for name, words in _FLAGS.items():
        told = _usual(name)
        parser.add_argument(f"--{name.replace('_', '-')}", **{**words, "help": f"{words['help']} (default: {told})"})
    parser.set_defaults(run=run)
    return parser


def run(_store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Take the chosen yardsticks one after the other; raise ThawError where one of them does not come about."""
    names = arguments.names or [name for name, yardstick in YARDSTICKS.items() if not yardstick.asked_only]
    chosen = {name: _settings(name, arguments) for name in dict.fromkeys(names)}
    for name in _FLAGS:
        if getattr(arguments, name) is not None and not any(name in YARDSTICKS[each].usual for each in chosen):
            raise ChoiceError(f"--{name.replace('_', '-')} says nothing to {', '.join(chosen)}.", "Leave it out.")
    load = _load()
    if load > _QUIET and not arguments.json:
        print(f"Other work takes {load:.1f} of this machine's cores: times will not repeat.", file=sys.stderr)
    machine, measured = _machine(), {}
    if not arguments.json:
        print("{processor}, {cores} cores, {system}, Python {python}, torch {torch}".format(**machine))
    for name, settings in chosen.items():
        yardstick = YARDSTICKS[name]
        if not arguments.json:
            print(f"\n{name}: {yardstick.title}", flush=True)
        records = spread(_counted(name, settings, quiet=arguments.json))
        measured[name] = {"settings": {each: getattr(settings, each) for each in yardstick.usual}, "figures": records}
        if not arguments.json:
            print(table(records), flush=True)
    return {"machine": machine, "load": load, "repeat": arguments.repeat, "yardsticks": measured}


def _settings(name: str, arguments: argparse.Namespace) -> Settings:
    """Return what a yardstick is taken with; raise ChoiceError for what it cannot be taken with."""
    if name not in YARDSTICKS:
        raise ChoiceError(f"{name} is not a yardstick.", did_you_mean(name, YARDSTICKS))
    yardstick = YARDSTICKS[name]
    given = {each: getattr(arguments, each) for each in yardstick.usual}
    told = {**yardstick.usual, **{each: value for each, value in given.items() if value is not None}}
    settings = replace(Settings(), **told, repeat=arguments.repeat)
    _within("--repeat", settings.repeat, 1, _MOST_ROUNDS)
    if "timed" in yardstick.usual:
        _within("--timed", settings.timed, 1, settings.epochs)
    if "count" in yardstick.usual:
        _within(f"--count for {name}", settings.count, *yardstick.counts)
    check_folder(settings.folder)
    settings.drafts()
    return settings


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ChoiceError(f"{name} is {value}.", f"It takes {low} to {high}.")


def _counted(name: str, settings: Settings, *, quiet: bool) -> Iterator[Figure]:
    """Yield the figures of a yardstick, and show how many came."""
    with bar(name, quiet=quiet, bar_format="{desc}: {n} figures after {elapsed}", leave=False) as drawn:
        for figure in YARDSTICKS[name].figures(settings):
            drawn.update()
            yield figure


def _line(name: str, yardstick: Yardstick) -> str:
    return f"  {name:<12}{'*' if yardstick.asked_only else ' '} {yardstick.title}"


def _usual(setting: str) -> str:
    """Return the values that a setting has unless told otherwise, each with the yardsticks that have it."""
    told: dict[str, list[str]] = {}
    for name, yardstick in YARDSTICKS.items():
        if setting in yardstick.usual:
            value = yardstick.usual[setting]
            told.setdefault(" ".join(value) if isinstance(value, tuple) else str(value), []).append(name)
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{value} for {', '.join(names)}" for value, names in told.items())


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": version("torch"),
    }


def _processor() -> str:
    """Return what the processor's maker calls it, or else its kind."""
    listed = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.+)", listed.read_text(encoding="utf-8")) if listed.is_file() else []
    return models[0] if models else platform.processor() or platform.machine()


def _load() -> float:
    """Return how many processes wanted a core in the last minute, in the mean; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
