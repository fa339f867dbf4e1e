"""What a network makes of pictures: before and after training, seen from several sides."""

import streamlit as st

from tlcore.ui.attribution_view import draw_attribution
from tlcore.ui.change_view import draw_change
from tlcore.ui.components.static import say
from tlcore.ui.frame import PICTURES, in_frame
from tlcore.ui.gradients_view import draw_gradients
from tlcore.ui.heading import crumb
from tlcore.ui.health_view import draw_health
from tlcore.ui.hooks_view import draw_hooks
from tlcore.ui.looking import draw_answer
from tlcore.ui.pyramid_view import draw_pyramid
from tlcore.ui.set_map_view import draw_set_map
from tlcore.ui.subject import choose_network_state, missing_run, subjects

in_frame()

found = subjects()
if not found:
    st.title("Look inside", anchor=False)
    st.html(say("Choose some pictures first; then every network shows what its blocks make of them.", lead=""))
    st.page_link(PICTURES, label="Choose pictures")
    st.stop()

heading = st.container()
subject = choose_network_state(found)
with heading:
    crumb(subject.manifest.name, subject.title, subject.when)
    st.title("Look inside", anchor=False)
if missing := missing_run():
    st.html(say(missing, lead="", mark="cross"))
views = {
    "What it sees": draw_answer,
    "Where it looks": draw_attribution,
    "Gradients": draw_gradients,
    "Pyramid": draw_pyramid,
    "Before and after": draw_change,
    "Map of the set": draw_set_map,
    "Hooks": draw_hooks,
    "Health": draw_health,
}
view = st.segmented_control(
    "View", list(views), default="What it sees", required=True, key="inside_view", label_visibility="collapsed"
)
views[view](subject)
