"""Pure functions from values to figures: plotly's JSON for charts, PNG for heatmaps.

Colours are names of our tokens, such as `var(--thaw-ink)`; the page that draws a figure knows which theme is on.
"""
