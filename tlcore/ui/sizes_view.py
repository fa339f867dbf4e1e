"""How large the pictures of a set are, and how many each class has, as charts with a sentence each."""

import streamlit as st

from tlcore.data.balance import UNEVEN
from tlcore.data.facts import Fact
from tlcore.data.manifest import Manifest
from tlcore.figures.axes import Figure
from tlcore.figures.sizes import counts, sizes
from tlcore.text import clean, count
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import say
from tlcore.ui.picture_view import facts_of
from tlcore.ui.session import chosen_album, draft, state_of

_HEIGHT = 380


def draw_sizes(manifest: Manifest) -> None:
    """Draw both charts."""
    square = draft().image_size
    figure, told = _sizes(_state(manifest), square, manifest)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Sizes", anchor=False)
        if told:
            live_chart(
                key="sizes",
                figure=figure,
                revision=manifest.digest,
                height=_HEIGHT,
                description="Width and height of all pictures, in pixels",
            )
            st.html(say(told))
        else:
            st.caption("These pictures were read by an earlier Thaw, which did not keep their sizes.")
    with right:
        st.subheader("Pictures per class", anchor=False)
        train, val = manifest.counts("train"), manifest.counts("val")
        live_chart(
            key="counts",
            figure=counts([clean(name, 60) for name in manifest.classes], train, val),
            revision=manifest.digest,
            height=_HEIGHT,
            description="Pictures of every class, to learn from and to check with",
        )
        st.html(say(_counts_told(manifest)))


@st.cache_data(max_entries=8, show_spinner=False)
def _sizes(state: str, square: int, _manifest: Manifest) -> tuple[Figure, str]:
    """Return the chart of a set's sizes and the sentence for it, or none where they were not kept."""
    assert state == _state(_manifest)
    facts = [fact for fact in facts_of(_manifest.examples) if fact is not None]
    return sizes([(fact.width, fact.height) for fact in facts], square), _sizes_told(facts, square) if facts else ""


def _state(manifest: Manifest) -> str:
    """Return what the sizes depend on: also the visitor's album, since another one of these pictures has them too."""
    album = chosen_album()
    return f"{manifest.digest} {state_of(album) if album else ''}"


def _sizes_told(facts: list[Fact], square: int) -> str:
    small = sum(min(fact.width, fact.height) < square for fact in facts)
    areas = sorted((fact.width * fact.height, fact.width, fact.height) for fact in facts)
    (_, *least), (_, *middle), (_, *most) = areas[0], areas[len(areas) // 2], areas[-1]
    if least == most:
        told = f"all pictures have {least[0]:,} × {least[1]:,} pixels."
    else:
        told = (
            f"from {least[0]:,} × {least[1]:,} to {most[0]:,} × {most[1]:,} pixels, "
            f"the middle one {middle[0]:,} × {middle[1]:,}."
        )
    if not small:
        return f"{told} All are at least as large as the {square} pixels that the network gets, so none is blown up."
    smaller = f"{count(small, 'picture is', 'pictures are')} smaller than the {square} pixels that the network gets"
    return f"{told} {smaller}: blown up, and so a little blurred."


def _counts_told(manifest: Manifest) -> str:
    totals = [len(manifest.of_class(label)) for label in range(len(manifest.classes))]
    least, most = min(totals), max(totals)
    if most < UNEVEN * least:
        return f"the classes are about even: {least:,} to {most:,} pictures each. No class is favoured by its number."
    few = sum(2 * total < most for total in totals)
    return (
        f"from {most:,} pictures down to {least:,}; {count(few, 'class has', 'classes have')} less than half of the "
        "largest. A network guesses large classes more readily."
    )
