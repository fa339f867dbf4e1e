"""What each block makes of a picture: maps captured by forward hooks, before and after training."""

import streamlit as st

from tlcore.ui.components.static import say
from tlcore.ui.frame import PICTURES, in_frame
from tlcore.ui.heading import crumb
from tlcore.ui.looking import draw_answer
from tlcore.ui.subject import choose_network_state, choose_picture, subjects

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
draw_answer(subject, choose_picture(subject.manifest))
