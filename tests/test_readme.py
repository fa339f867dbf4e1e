"""What the README says is so: its two commands, its tree, its script, its pictures, its verbs."""

import re
import subprocess
from pathlib import Path

import pytest

import tlcore
from tlcore.commands.parser import build_parser
from tlcore.takeaway import predict_script

ROOT = Path(tlcore.__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this copy of Thaw is not a checkout, so its files cannot be listed")
    return done.stdout.splitlines()


def test_the_two_commands_stand_alone_on_their_lines():
    lines = README.splitlines()
    assert "pip install -r requirements.txt && streamlit run app.py" in lines
    assert "pip install -r requirements.txt && pytest" in lines


def test_every_file_stands_in_the_tree_with_its_purpose():
    purposes = {line.split()[0] for line in README.splitlines() if len(line.split()) > 1}
    untold = (".github/", ".gitignore", "README.md")
    missing = [
        path
        for path in _tracked()
        if not path.startswith(untold) and not path.endswith("__init__.py")
        if path not in purposes and path.rsplit("/", 1)[-1] not in purposes
    ]
    assert missing == []


def test_the_script_in_the_readme_is_the_one_that_is_taken_along():
    assert predict_script().rstrip() in README


@pytest.mark.parametrize("picture", re.findall(r"\.github/images/[\w-]+\.png", README))
def test_every_picture_is_there(picture):
    assert (ROOT / picture).stat().st_size > 10_000


@pytest.mark.parametrize("line", [line for line in README.splitlines() if line.startswith("python -m tlcore ")])
def test_every_command_is_understood(line):
    build_parser().parse_args(line.split()[3:])
