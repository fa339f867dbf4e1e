"""Who may import whom: one table for our rooms, one for other people's packages, and a walk over every syntax tree."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import tlcore

ROOT = Path(tlcore.__file__).parent.parent
SOURCES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "tlcore").rglob("*.py")])

_WORDS = {"errors", "records", "text", "paths", "config", "plan", "strategies", "draft", "events", "errands"}
_WORDS |= {"questions", "controls", "schedules", "catalog", "data", "fetch", "listing", "takeaway"}
_WORDS |= {"estimate", "advice", "timeline", "yamltext", "planfile", "arithmetic", "workload", "packing"}
_WORDS |= {"feature_table"}
_KEPT = _WORDS | {"store", "history", "movement", "verdict", "repetition", "diagnosis", "emergence", "replay"}

MAY_IMPORT = {
    # Floor 0: words. Those that know others of the floor say so, one by one.
    "errors": set(),
    "arithmetic": set(),
    "events": {"arithmetic", "questions"},
    "errands": set(),
    "questions": {"config"},
    "text": set(),
    "packing": set(),
    "records": {"errors"},
    "paths": {"errors"},
    "fetch": {"errors"},
    "config": {"errors"},
    "catalog": {"errors", "records", "paths", "fetch"},
    "data": {"errors", "records", "text", "paths", "fetch"},
    "strategies": {"errors", "config"},
    "controls": {"config"},
    "schedules": {"config"},
    "plan": {"errors", "config", "catalog"},
    "timeline": {"config"},
    "workload": {"config", "catalog", "timeline"},
    "draft": {"errors", "config", "catalog", "strategies"},
    "yamltext": {"errors"},
    "planfile": {"errors", "config", "catalog", "strategies", "draft", "plan", "yamltext"},
    "listing": {"config", "catalog"},
    "takeaway": {"records", "catalog"},
    "feature_table": {"data", "text"},
    "estimate": {"arithmetic", "config", "catalog", "data", "questions", "timeline", "workload"},
    "advice": {"config", "questions"},
    # Floor 1: what is kept.
    "store": _WORDS,
    "history": {"controls", "events", "store"},
    "movement": {"events", "history"},
    "emergence": {"questions"},
    "replay": {"events", "questions"},
    "verdict": {"config", "events", "history", "movement"},
    "repetition": {"config", "history"},
    "diagnosis": {"history", "questions", "text"},
    # Floor 2: three rooms that do not know one another.
    "figures": _KEPT,
    "jobs": _KEPT,
    "engine": _KEPT,
    # Floor 3: the two ways in.
    "ui": _KEPT | {"figures", "jobs"},
    "pages": _KEPT | {"figures", "jobs", "ui"},
    "commands": _KEPT | {"figures", "jobs", "engine"},
    "__main__": {"commands"},
    "__init__": set(),
}

HOMES = {
    "torch": ("tlcore/engine/",),
    "torchvision": (
        "tlcore/engine/modality/",
        "tlcore/engine/answers/",
        "tlcore/engine/elsewhere/",
        "tlcore/engine/yardsticks/tutorial_loop.py",
    ),
    "fastai": ("tlcore/engine/yardsticks/fastai_loop.py",),
    "timm": ("tlcore/engine/modality/", "tlcore/engine/elsewhere/"),
    "safetensors": ("tlcore/engine/", "tlcore/takeaway.py", "tlcore/feature_table.py"),
    "captum": ("tlcore/engine/",),
    "streamlit": ("tlcore/ui/", "pages/", "app.py"),
    "plotly": ("tlcore/ui/components/plotly_file.py", "tlcore/figures/"),
    "PIL": ("tlcore/data/", "tlcore/figures/", "tlcore/engine/"),
    "scipy": ("tlcore/data/flowers.py",),
    "sklearn": ("tlcore/engine/",),
    "numpy": ("tlcore/data/likeness.py", "tlcore/feature_table.py"),
    "pyarrow": ("tlcore/feature_table.py",),
    "psutil": ("tlcore/store/claims.py", "tlcore/jobs/", "tlcore/engine/runtime.py"),
    "filelock": ("tlcore/jobs/", "tlcore/store/", "tlcore/fetch.py"),
    "tqdm": ("tlcore/commands/",),
    "yaml": ("tlcore/yamltext.py",),
    "websockets": ("tlcore/jobs/visit.py",),
    # Of Python's own library, what opens a door.
    "sqlite3": ("tlcore/store/",),
    "subprocess": ("tlcore/jobs/", "tlcore/commands/doctor.py"),
    "urllib.request": ("tlcore/fetch.py",),
    "http.client": ("tlcore/fetch.py",),
    "socket": ("tlcore/jobs/visit.py",),
    "ftplib": (),
    "asyncio": (),
    "multiprocessing": (),
    "shelve": (),
    "marshal": (),
}
"""Package to the only places that may import it; one that is neither here nor Python's own may not be imported."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "tlcore" else "pages"


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Yield the full name of everything that is imported, `from a import b` as `a.b`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path) -> set[str]:
    return set(imported(ast.walk(tree(path))))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with its callee as it is written, such as `torch.load`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def keyword(call: ast.Call, name: str) -> str | None:
    return next((ast.unparse(given.value) for given in call.keywords if given.arg == name), None)


def holds(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_every_room_has_a_line_in_the_table():
    assert {room(path) for path in SOURCES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_a_room_imports_from_the_floors_below_it(path):
    ours = {name.removeprefix("tlcore.").split(".")[0] for name in imports(path) if holds(name, "tlcore")}
    assert ours - {"tlcore", "__version__"} <= MAY_IMPORT[room(path)] | {room(path)}


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_packages_are_imported_at_home_only(path):
    for name in imports(path):
        homes = [homes for package, homes in HOMES.items() if holds(name, package)]
        if homes:
            assert place(path).startswith(homes[0]), f"{name} is imported"
        else:
            package = name.split(".")[0]
            assert package == "tlcore" or package in sys.stdlib_module_names, f"{package} has no home"


def test_a_verb_imports_the_engine_only_when_it_is_run():
    for path in SOURCES:
        if room(path) == "commands":
            at_once = set(imported(iter(tree(path).body)))
            assert not any(holds(name, "tlcore.engine") for name in at_once), place(path)


def test_only_the_hooks_file_registers_hooks():
    for path in SOURCES:
        registering = [callee for callee, _ in calls(path) if callee.rpartition(".")[2].startswith("register_")]
        hooks = [callee for callee in registering if callee.endswith("hook")]
        assert not hooks or place(path) == "tlcore/engine/hooks.py", place(path)


def test_nothing_that_is_read_can_run_code():
    for path in SOURCES:
        for callee, call in calls(path):
            assert callee.split(".")[0] not in ("pickle", "joblib", "dill", "cloudpickle", "eval", "exec"), place(path)
            assert keyword(call, "allow_pickle") is None, place(path)
            if callee in ("torch.load", "torch.hub.load_state_dict_from_url"):
                assert keyword(call, "weights_only") == "True", place(path)
        banned = {"torch.hub", "torch.jit", "joblib", "dill", "cloudpickle", "numpy.load"}
        assert not [name for name in imports(path) if any(holds(name, package) for package in banned)], place(path)


def test_pages_take_no_html_from_anyone():
    for path in SOURCES:
        assert not [callee for callee, call in calls(path) if keyword(call, "unsafe_allow_html")], place(path)


def test_no_line_asks_for_the_modality_by_name():
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            assert not (isinstance(node, ast.Compare) and ast.unparse(node.left).endswith("modality")), place(path)


def test_every_file_says_what_it_is_for():
    for path in SOURCES:
        assert path.stat().st_size == 0 or ast.get_docstring(tree(path)), place(path)


def test_the_app_never_loads_a_heavy_package(fresh_process):
    heavy = fresh_process(
        "import importlib, json, pkgutil, sys\n"
        "import tlcore.commands.parser, tlcore.history, tlcore.plan, tlcore.takeaway, tlcore.jobs.errand\n"
        "import tlcore.ui, tlcore.store, tlcore.figures, tlcore.data, tlcore.jobs\n"
        "for package in (tlcore.ui, tlcore.store, tlcore.figures, tlcore.data, tlcore.jobs):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "heavy = ('torch', 'torchvision', 'timm', 'sklearn', 'scipy')\n"
        "print(json.dumps([name for name in heavy if name in sys.modules]))"
    )
    assert heavy == []


def test_a_verb_without_a_network_loads_no_heavy_package(fresh_process):
    heavy = fresh_process(
        "import json, sys\n"
        "import tlcore.commands.parser\n"
        "print(json.dumps([name for name in ('torch', 'streamlit', 'plotly', 'numpy') if name in sys.modules]))"
    )
    assert heavy == []
