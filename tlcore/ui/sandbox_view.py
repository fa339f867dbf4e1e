"""A place to try a hook out: one map kept in one of four ways, before and after something overwrites it in place."""

from collections.abc import Sequence

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import heatmap
from tlcore.questions import Keep, Kept
from tlcore.questions.hooked import Place
from tlcore.questions.kept import Way
from tlcore.ui.components.explained_code import explained_code
from tlcore.ui.components.map_pair import map_pair
from tlcore.ui.components.static import facts_table, say
from tlcore.ui.session import store
from tlcore.ui.subject import Subject
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import bytes_told, percent

_DOES = {
    "output": "keeps the network's own memory, and all that a way back would need",
    "output.detach()": "cuts the way back off, and still keeps the network's own memory",
    "output.clone()": "keeps a copy in memory of its own, and all that a way back would need",
    "output.detach().clone()": "keeps a copy in memory of its own, and nothing else: what Thaw's hooks do",
}
_DID = {
    "ReLU": "turned every number below 0 into 0",
    "ReLU6": "turned every number below 0 into 0 and every number above 6 into 6",
}
"""What operations do that are told in a few words."""
_KEEPS = 2
"""The place of the line that keeps the output, among the lines that are shown."""


def draw_sandbox(subject: Subject, picture: str, places: Sequence[Place]) -> None:
    """Draw the choice of a place and of a way to keep, the code for it, and what came of it."""
    st.header("Try a hook out: why a kept map can change", anchor=False)
    if not places:
        title = backbone(subject.backbone).title
        st.html(
            say(
                f"{title} overwrites none of its maps: each operation puts its result into new memory. A hook may "
                "keep what it gets without a copy here. Choose a ResNet, a VGG or an EfficientNet to see it go wrong.",
                lead="Nothing to see here:",
            )
        )
        return
    st.caption(
        "An operation that works in place writes its result over what it was given. A hook that kept that very "
        "memory then holds something that its part never put out."
    )
    by_name = {place.part: place for place in places}
    choice, ways = st.columns([1, 1.35])
    named = choice.selectbox(
        "Part that the hook is set on",
        list(by_name),
        format_func=lambda part: _title(by_name[part]),
        key=f"hook_part_{subject.backbone}",
    )
    code = ways.segmented_control(
        "What the hook keeps", list(_DOES), default="output.detach()", required=True, key="hook_keeps"
    )
    place = by_name[named]
    st.html(explained_code(_code(place, code), _KEEPS))
    question = Keep(network=subject.network, picture=subject.shown(picture), part=place.part)
    try:
        kept = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return
    if kept is None:
        wait_for(question, "Sending the picture through the network, with a hook that keeps one map in four ways.")
        return
    _outcome(place, kept, next(way for way in kept.ways if way.code == code))


def _title(place: Place) -> str:
    return f"{place.part}, then {_changer(place)}"


def _changer(place: Place) -> str:
    if place.operation:
        return f"{place.by} ({place.operation}, in place)"
    return f"+= or the like in {place.by or 'the network'}"


def _code(place: Place, code: str) -> list[tuple[str, str]]:
    writer = f"`{place.by}`" if place.operation else f"a line of `{place.by or 'the network'}`, such as +=,"
    return [
        ("kept = {}", "a place to keep things"),
        ("def hook(module, inputs, output):", "is called whenever the part has put out"),
        (f'    kept["{place.part}"] = {code}', _DOES[code]),
        (f'part = network.get_submodule("{place.part}")', "the part, by its name in the network"),
        ("handle = part.register_forward_hook(hook)", "sets the hook: one more on the network"),
        ("try:", ""),
        ("    network(picture)", f"the pass; {writer} overwrites the part's output".replace("`", "")),
        ("finally:", ""),
        ("    handle.remove()", "takes the hook away again, also after an error"),
    ]


def _outcome(place: Place, kept: Kept, way: Way) -> None:
    changed = way.difference > 0
    held = kept.afterwards if changed else kept.seen
    channel = f"Channel {kept.channel} of {place.part}"
    maps, facts = st.columns([1.35, 1])
    with maps:
        st.html(
            map_pair(
                [
                    ("When the hook fired", heatmap(kept.seen.png), f"{channel} when the hook fired"),
                    ("What it holds after the pass", heatmap(held.png), f"{channel} as the hook holds it afterwards"),
                ],
                kept.seen.low,
                kept.seen.high,
            )
        )
        st.caption(
            f"{channel}, the one that the pass changes most. Both maps are on one scale: bright is a large number, "
            "dark a small one."
        )
    with facts:
        st.html(
            facts_table(
                [
                    ("Largest difference", f"{way.difference:.3g}", "cross" if changed else "check"),
                    ("Numbers that changed", percent(kept.changed if changed else 0.0), ""),
                    ("Memory of its own", bytes_told(way.size) if way.size else "none, the network's", ""),
                    ("A way back for gradients", "kept" if way.way_back else "cut off", ""),
                ]
            )
        )
        st.html(say(_sentence(place, kept, changed)))


def _sentence(place: Place, kept: Kept, changed: bool) -> str:
    if not changed:
        return (
            "the clone was made at once, so what came later wrote over the network's memory and not over this. "
            "It costs that much memory, and both maps are the same to the last bit."
        )
    writer = f"`{place.by}`" if place.operation else f"a line of `{place.by or 'the network'}`"
    did = _DID.get(place.operation, "wrote its own result")
    return (
        f"{writer} {did}, in the very memory that the hook kept: {percent(kept.changed)} of the numbers there are not "
        "what the part put out. A clone is not touched; `detach` alone shares the memory."
    )
