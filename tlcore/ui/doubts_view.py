"""Doubtful labels: pictures that the untouched network would put into another class, one click each."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.catalog.weights import is_here
from tlcore.data.manifest import Example, Manifest
from tlcore.data.marks import Confirm, LeaveOut, Relabel
from tlcore.errors import ThawError
from tlcore.questions import Doubt, Doubts, Suspect
from tlcore.store.albums import Album
from tlcore.text import plain
from tlcore.ui.components.static import say
from tlcore.ui.marking import mark
from tlcore.ui.session import draft, store, workspace
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.waiting import wait_for

_ASKED = "doubts_asked"
_AT_ONCE = 12
_WIDTH = 150
"""Pixels of a suspect with its buttons: two stand side by side on a phone."""
_LONGEST_NAME = 10
"""Characters of a class's name on a button of that width."""
_KIND = "doubtful"


def draw_doubts(album: Album, manifest: Manifest) -> None:
    """Draw the button that looks for doubtful labels, and what was found."""
    st.subheader("Doubtful labels", anchor=False)
    st.markdown(
        "The untouched network looks at every picture and lists those whose nearest others are of another class. "
        "Some are labelled wrongly, some only look like the others: you decide."
    )
    question = _question(manifest)
    if not is_here(backbone(question.backbone), question.weights):
        st.html(say("the network’s weights are not on this machine. The page Network fetches them.", lead="Not yet:"))
        return
    # Each decision makes another set; the answer about the one that was asked for goes on being shown.
    of, asked = st.session_state.get(_ASKED, ("", None))
    words = "Look for doubtful labels" if of != album.id else "Look again"
    if of != album.id or asked != question:
        st.button(words, key="look_for_doubts", on_click=_ask, args=(album.id, question))
    if of == album.id:
        _answer(album, manifest, asked)


def _question(manifest: Manifest) -> Doubt:
    plan = draft()
    return Doubt(
        backbone=plan.backbone,
        weights=plan.learned_weights,
        data=manifest.digest,
        image_size=plan.image_size,
        seed=plan.seed,
        workspace=workspace(),
    )


def _ask(album: str, question: Doubt) -> None:
    st.session_state[_ASKED] = (album, question)


def _answer(album: Album, manifest: Manifest, question: Doubt) -> None:
    try:
        doubts = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return
    if doubts is None:
        title = backbone(question.backbone).title
        wait_for(question, f"{title} looks at up to 2,000 pictures: about half a minute for each thousand.")
        return
    open_ = _still_open(album, manifest, doubts)
    if not open_:
        st.html(say(f"none of {doubts.count:,} pictures is in doubt any more.", lead="Looked through:", mark="check"))
        return
    st.caption(
        f"{len(open_)} in doubt of {doubts.count:,} looked at, the most doubtful first. Under each: its class, and how "
        "much of its nearest others is of which other one."
    )
    with st.container(horizontal=True):
        for example, suspect in open_[:_AT_ONCE]:
            with st.container(key=f"suspect_{example.place}", width=_WIDTH, gap="small"):
                _suspect(example, suspect)


def _still_open(album: Album, manifest: Manifest, doubts: Doubts) -> list[tuple[Example, Suspect]]:
    """Return the suspects that nobody has decided about, as they stand in the set now."""
    right = {place for one in album.marks if isinstance(one, Confirm) and one.what == _KIND for place in one.pictures}
    now = {(one.id, manifest.classes[one.label]): one for one in manifest.examples if one.place not in right}
    found = ((now.get((suspect.picture, suspect.given)), suspect) for suspect in doubts.suspects)
    return [(example, suspect) for example, suspect in found if example is not None]


def _suspect(example: Example, suspect: Suspect) -> None:
    st.image(thumbnail(example.id), width="stretch")
    given, suggested = plain(suspect.given, _LONGEST_NAME), plain(suspect.suggested, _LONGEST_NAME)
    st.markdown(f"In **{given}**  \n{100 * suspect.confidence:.0f} % {suggested}")
    place = (example.place,)
    choices = {
        f"Move to {suggested}": Relabel(pictures=place, name=suspect.suggested),
        "It is right": Confirm(pictures=place, what=_KIND),
        "Leave it out": LeaveOut(pictures=place, why=_KIND),
    }
    for number, (words, decision) in enumerate(choices.items()):
        key = f"slim_suspect_{example.place}_{number}"
        st.button(words, key=key, on_click=mark, args=(decision,), width="stretch")
