"""Reads the command line, opens the store, and runs one verb."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from tlcore import __version__
from tlcore.commands import bench, control, doctor, export, pictures, plan, resume, runs, train, weights, within
from tlcore.errors import ThawError
from tlcore.paths import HOME_VARIABLE, at_home
from tlcore.store import Store

_DESCRIPTION = """\
Thaw, a transfer-learning lab: train a pretrained network on your own pictures.

  python -m tlcore train FOLDER               learn the pictures of a folder, one folder per class
  python -m tlcore train digits               learn a sample that comes with the installation
  python -m tlcore train FOLDER --strategy gradual --epochs 12 --backbone resnet18
  python -m tlcore plan --strategy gradual    a plan in YAML; train FOLDER --plan FILE carries it out
  python -m tlcore runs                       what was trained, here and in the browser
  python -m tlcore control RUN freeze layer4  change, pause or stop a run that goes on
  python -m tlcore resume RUN                 let a paused or interrupted run go on
  python -m tlcore export RUN weights.zip     weights, classes and preprocessing of a run
  python -m tlcore doctor                     what this machine has, and what it lacks
  python -m tlcore bench                      how fast this machine is, thing beside thing

The app in the browser is started by: streamlit run app.py
"""


def main(words: Sequence[str]) -> int:
    """Run the verb that `words` name and return the exit status: 0 done, 1 it could not be done, 2 not understood."""
    arguments = build_parser().parse_args(words)
    try:
        with at_home(arguments.home) as home, closing(Store(home)) as store:
            result = arguments.run(store, arguments)
    except ThawError as error:
        return _fault(error, arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read what was printed has enough; what is left must not be printed at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if getattr(arguments, "json", False) and result is not None:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all verbs."""
    parser = argparse.ArgumentParser(
        prog="python -m tlcore", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"Thaw {__version__}")
    verbs = parser.add_subparsers(title="verbs", dest="verb", required=True, metavar="VERB")
    for verb in (train, plan, runs, control, resume, export, pictures, weights, doctor, bench):
        _common(verb.add_to(verbs), json_too=True)
    for parser_within in within.add_to(verbs):
        _common(parser_within, json_too=False)
    return parser


def _common(parser: argparse.ArgumentParser, *, json_too: bool) -> None:
    parser.add_argument(
        "--home",
        metavar="FOLDER",
        help=f"where runs, pictures and weights are kept (default: ${HOME_VARIABLE}, else ~/.thaw)",
    )
    if json_too:
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _fault(error: ThawError, arguments: argparse.Namespace) -> int:
    if getattr(arguments, "json", False):
        fault: dict[str, Any] = {"error": error.message, "hint": error.hint}
        print(json.dumps(fault, ensure_ascii=False))
    else:
        print(f"{error.message}\n{error.hint}".strip(), file=sys.stderr)
    return 1
