"""What the components do without a browser: reading what it sends, escaping what it shows, placing its files."""

import math
import re
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tlcore.errors import ChoiceError, ProcessError
from tlcore.questions import RateCurve
from tlcore.ui import theme
from tlcore.ui.components import plotly_file, static, visitor
from tlcore.ui.components.block_map import PhaseChosen, RatesChosen, read_changes, read_serial
from tlcore.ui.components.decision_chart import Level, decision_chart
from tlcore.ui.components.hero import hero
from tlcore.ui.components.icons import BRAND, icon
from tlcore.ui.components.memory_bar import memory_bar
from tlcore.ui.components.rate_curve import read_rate
from tlcore.ui.components.sending import read_part
from tlcore.ui.components.stage_row import StageTile, stage_row
from tlcore.ui.components.static import Segment

FOLDER = Path(static.__file__).parent
HOSTILE = '<img src=x onerror="alert(1)"> & `'
BLOCKS = ("stem", "head")


def part(**changes: Any) -> dict[str, Any]:
    plain = {
        "upload": "0123456789abcdef" * 2,
        "sequence": 1,
        "files": [file()],
        "total_files": 1,
        "total_bytes": 5,
        "done": True,
        "cancelled": False,
    }
    return {**plain, **changes}


def file(**changes: Any) -> dict[str, Any]:
    return {"path": "bees/1.jpg", "offset": 0, "size": 5, "data": b64encode(b"hello").decode(), **changes}


def test_a_part_comes_out_as_it_went_in() -> None:
    read = read_part(part())
    assert read is not None
    assert (read.sequence, read.total_files, read.done) == (1, 1, True)
    assert [(piece.path, piece.offset, piece.data) for piece in read.files] == [("bees/1.jpg", 0, b"hello")]


def test_an_empty_file_is_a_file() -> None:
    read = read_part(part(files=[file(size=0, data="")]))
    assert read is not None
    assert read.files[0].data == b""


def test_half_a_surrogate_pair_in_a_name_costs_nothing_else() -> None:
    read = read_part(part(files=[file(path="bees/\ud8001.jpg"), file(path="bees/\udfff1.jpg"), file()]))
    assert read is not None
    assert [piece.path for piece in read.files] == ["bees/\\ud8001.jpg", "bees/\\udfff1.jpg", "bees/1.jpg"]


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        "part",
        {},
        part(upload="../../etc"),
        part(upload="0" * 31),
        part(upload="0" * 32 + "\n"),
        part(sequence=-1),
        part(sequence=True),
        part(sequence=1.5),
        part(total_bytes="5"),
        part(done="yes"),
        part(cancelled=None),
        part(files="bees"),
        part(files=[None]),
        part(files=[file()] * 5000),
        part(files=[file(path="")]),
        part(files=[file(path="a" * 2000)]),
        part(files=[file(path=7)]),
        part(files=[file(offset=-1)]),
        part(files=[file(size=4)]),
        part(files=[file(data="not base64!")]),
        part(files=[file(data="aGVsbG8")]),
        part(files=[file(data="é")]),
        part(files=[file(data=None)]),
    ],
)
def test_a_malformed_part_is_refused_without_an_error(plain: Any) -> None:
    assert read_part(plain) is None


def message(**changes: Any) -> dict[str, Any]:
    return {"serial": 3, "phase": 1, "rates": {"head": 1e-4}, "show": 1, **changes}


def test_rates_and_a_phase_are_read() -> None:
    assert read_changes(message(), BLOCKS, 2) == (RatesChosen({"head": 1e-4}, 1),)
    assert read_changes(message(rates={"head": 0}), BLOCKS, 2) == (RatesChosen({"head": 0.0}, 1),)
    assert read_changes(message(rates={}, show=0), BLOCKS, 2) == (PhaseChosen(0),)


def test_one_message_may_hold_several_blocks_and_another_phase() -> None:
    rates, shown = read_changes(message(rates={"head": 1e-3, "stem": 0}, show=0), BLOCKS, 2)
    assert rates == RatesChosen({"stem": 0.0, "head": 1e-3}, 1)
    assert list(rates.rates) == ["stem", "head"], "stem first"
    assert shown == PhaseChosen(0)


@pytest.mark.parametrize(
    "plain",
    [
        None,
        "rates",
        {},
        message(phase=2),
        message(phase=True),
        message(phase=None),
        message(show=2),
        message(show=-1),
        message(show=None),
        message(rates=None),
        message(rates=["head"]),
        message(rates={"layer9": 1e-4}),
        message(rates={"head": 1e-4, "layer9": 1e-4}),
        message(rates={"head": -1}),
        message(rates={"head": 2}),
        message(rates={"head": math.nan}),
        message(rates={"head": math.inf}),
        message(rates={"head": True}),
        message(rates={"head": "1e-4"}),
        message(rates={"head": None}),
    ],
)
def test_a_change_that_the_map_cannot_make_is_refused_whole(plain: Any) -> None:
    assert read_changes(plain, BLOCKS, 2) == ()


@pytest.mark.parametrize("plain", [None, {}, {"serial": "3"}, {"serial": True}, {"serial": -1}, {"serial": 1.5}])
def test_a_message_without_a_number_has_none(plain: Any) -> None:
    assert read_serial(plain) == 0
    assert read_serial(message()) == 3


@pytest.mark.parametrize(
    "made",
    [
        static.chip("plain", HOSTILE),
        static.say(HOSTILE, lead=HOSTILE),
        static.numbers([(HOSTILE, HOSTILE, HOSTILE)]),
        static.segments([Segment(label=f"{HOSTILE}: {HOSTILE}", fraction_done=0.5, share=1)]),
        static.legend(HOSTILE, HOSTILE),
        static.device_note(HOSTILE, [HOSTILE]),
        hero(HOSTILE),
        decision_chart([Level(question=HOSTILE, answers=((HOSTILE, HOSTILE),), lit=0)]),
        memory_bar([(HOSTILE, 1.0, HOSTILE)], HOSTILE),
    ],
)
def test_a_hostile_name_stays_text(made: str) -> None:
    assert "<img src=x" not in made
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in made


def test_only_backticks_in_pairs_make_code() -> None:
    assert "<code>layer4</code>" in static.say("`layer4` learns")
    assert "<code>" not in static.say("a ` alone")


def test_the_bar_of_a_run_says_how_far_it_is() -> None:
    parts = [Segment(label="1", fraction_done=1, share=3), Segment(label="2", fraction_done=0.5, share=1)]
    assert 'aria-valuenow="88"' in static.segments(parts)
    assert 'aria-valuenow="0"' in static.segments([])


def test_cells_say_how_many_blocks_learn() -> None:
    made = static.cells([False, True, True])
    assert "2 of 3 blocks learn" in made
    assert made.count("thaw-l") == 2


def test_the_decision_chart_tells_its_path_in_words_and_ticks() -> None:
    levels = [
        Level(question="How many?", answers=(("Few", "under 1,000"), ("Many", "")), lit=1),
        Level(question="", answers=(("Head", ""), ("All", "")), lit=0),
    ]
    made = decision_chart(levels)
    assert 'aria-label="Decision chart: How many? Many; Head"' in made
    assert made.count("thaw-mark-check") == 2
    assert "thaw-unknown" not in made


def test_past_an_open_question_the_decision_chart_is_pale() -> None:
    levels = [
        Level(question="Apart?", answers=(("Yes", ""), ("No", "")), lit=None),
        Level(question="", answers=(("Head", ""), ("All", "")), lit=0),
    ]
    made = decision_chart(levels)
    assert "Apart? not known yet" in made
    assert made.count("thaw-unknown") == 2


def test_parts_of_no_size_are_not_in_the_memory_bar() -> None:
    made = memory_bar([("Weights", 3.0, "3 MB"), ("Gradients", 0.0, "0 MB"), ("Pictures", 1.0, "1 MB")], "Memory")
    assert "Gradients" not in made
    assert "--share: 0.75000" in made


CURVE = RateCurve(rates=(1e-6, 1e-3, 1.0), losses=(1.0, 0.5, 2.0), suggestion=1e-3)


@pytest.mark.parametrize(("sent", "read"), [(0.00123, 0.0012), (1, 1.0), (1e-6, 1e-6), (1.04, 1.0)])
def test_a_rate_on_the_curve_is_read_in_two_digits(sent: Any, read: float) -> None:
    assert read_rate(sent, CURVE) == read


@pytest.mark.parametrize("sent", [None, "0.1", True, math.nan, math.inf, -0.1, 0, 2.0, 1e-9, [0.1]])
def test_a_rate_off_the_curve_is_refused(sent: Any) -> None:
    assert read_rate(sent, CURVE) is None


def test_an_unknown_icon_is_a_bug_of_ours() -> None:
    with pytest.raises(AssertionError, match="snowman"):
        icon("snowman")


def test_no_file_of_the_components_names_another_server() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.suffix in {".js", ".css", ".json", ".svg"}
    ]
    texts += [theme._RULES, BRAND]
    for text in texts:
        addresses = re.findall(r"https?:\S*|(?<![:\w])//[a-z]+\.\S*", text)
        assert [found for found in addresses if not found.startswith("http://www.w3.org/2000/svg")] == []


def test_no_script_takes_text_for_html() -> None:
    for path in FOLDER.glob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(", line):
                assert re.search(r"innerHTML = ICONS\[name\];", line), f"{path.name}: {line}"


def test_every_colour_that_is_used_is_a_token() -> None:
    known = set(re.findall(r"(--thaw-[a-z0-9-]+):", (FOLDER / "tokens.css").read_text(encoding="utf-8") + theme._STYLE))
    for path in [*FOLDER.glob("*.css"), *FOLDER.glob("*.js"), FOLDER.parent / "theme.css"]:
        used = set(re.findall(r"var\((--thaw-[a-z0-9-]+)", path.read_text(encoding="utf-8")))
        assert used <= known, path.name


def test_a_cookie_value_with_a_separator_is_refused() -> None:
    with pytest.raises(ChoiceError, match="letters"):
        visitor.visitor_cookie(key="visitor", value="a; domain=example")


def test_plotly_is_placed_once_and_replaced_when_it_differs(tmp_path: Path) -> None:
    static_folder = tmp_path / "with space é" / "static"
    plotly_file.place_plotly(static_folder)
    placed = static_folder / plotly_file.FILE_NAME
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    original = Path(spec.origin).parent / "package_data" / plotly_file.FILE_NAME
    assert placed.read_bytes() == original.read_bytes()
    before = placed.stat().st_mtime_ns
    plotly_file.place_plotly(static_folder)
    assert placed.stat().st_mtime_ns == before
    placed.write_text("old", encoding="utf-8")
    plotly_file.place_plotly(static_folder)
    assert placed.stat().st_size == original.stat().st_size
    assert [path.name for path in static_folder.iterdir()] == [plotly_file.FILE_NAME]


def test_a_static_folder_that_cannot_be_made_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "static").write_text("a file is in the way", encoding="utf-8")
    with pytest.raises(ProcessError, match="static"):
        plotly_file.place_plotly(tmp_path / "static")


def test_a_stage_is_drawn_over_its_picture_with_its_words_escaped():
    tile = StageTile(heat="data:x", grid=(14, 7), cell=(3, 2), title="Stride 16", code=HOSTILE, notes=(HOSTILE,))
    html = stage_row("data:y", [tile, tile], 0.6)
    assert html.count("<figure") == 2
    assert "--picture: url(data:y); --strength: 0.60" in html
    assert "--rows: 14; --columns: 7; --row: 3; --column: 2" in html
    assert "<img src=x" not in html
