"""Seconds from the command that starts the app to the first page."""

from collections.abc import Iterator

from tlcore.commands.yardsticks.bench_home import bench_home
from tlcore.commands.yardsticks.yardstick import Figure, Settings, Yardstick
from tlcore.jobs.visit import visit_fresh_app


def _figures(settings: Settings) -> Iterator[Figure]:
    for _ in range(settings.repeat):
        with bench_home() as store:
            visit = visit_fresh_app(store)
        yield Figure("until the app listens", visit.listening, "s")
        yield Figure("until the first part of the page is sent", visit.first, "s")
        yield Figure("until the page is sent whole", visit.whole, "s")


START = Yardstick(title="from the command that starts the app to the first page, in an empty home", figures=_figures)
