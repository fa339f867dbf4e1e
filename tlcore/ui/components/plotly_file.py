"""Puts plotly's own script where the browser can fetch it from this server."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from tlcore.errors import ProcessError

FILE_NAME = "plotly.min.js"


def place_plotly(static: Path) -> None:
    """Copy plotly.min.js out of the installed plotly package into `static`, unless the same one lies there.

    Streamlit compresses what it serves from there, so one file is enough. Raises ProcessError if it cannot be done.
    """
    spec = find_spec("plotly")  # does not import plotly, which takes its time
    if spec is None or spec.origin is None:
        raise ProcessError("The plotly package is not installed.", "Run pip install -r requirements.txt.")
    original = Path(spec.origin).parent / "package_data" / FILE_NAME
    target = static / FILE_NAME
    try:
        if target.is_file() and target.stat().st_size == original.stat().st_size:
            return
        static.mkdir(parents=True, exist_ok=True)
        aside = static / f"{FILE_NAME}.{os.getpid()}"
        shutil.copyfile(original, aside)
        aside.replace(target)
    except OSError as fault:
        raise ProcessError(
            f"The chart script could not be copied: {fault.strerror}.",
            "Make sure that the folder named static can be written to.",
        ) from fault
