"""Verbs that Thaw's own processes call one another by, and one for those who add a backbone."""

import argparse
import json
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path

from tlcore.commands.opening import opened
from tlcore.store import Store


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add the verbs; all but `supervise` and `survey` are of no use by hand, so the help does not list them."""
    supervise = verbs.add_parser("supervise", help="look after this home folder's runs without the app")
    supervise.add_argument("--stay", action="store_true", help="do not end when there is nothing to do")
    supervise.set_defaults(run=_supervise)
    survey = verbs.add_parser("survey", help="make the catalog anew, after an update of torchvision or timm")
    survey.set_defaults(run=_survey)
    work, answer, errand = (verbs.add_parser(name) for name in ("work", "answer", "errand"))
    work.set_defaults(run=_work)
    answer.set_defaults(run=_answer)
    errand.add_argument("id")
    errand.set_defaults(run=_errand)
    gauge = verbs.add_parser("gauge")
    gauge.add_argument("name")
    gauge.set_defaults(run=_gauge)
    return [supervise, survey, work, answer, errand, gauge]


def _supervise(store: Store, arguments: argparse.Namespace) -> None:
    from tlcore.jobs.supervisor import supervise

    _log()
    supervise(store, arguments.stay)


def _work(store: Store, _arguments: argparse.Namespace) -> None:
    from tlcore.jobs.processes import give_way

    _log()
    give_way()
    from tlcore.engine.worker import stand_by

    stand_by(store)


def _answer(store: Store, _arguments: argparse.Namespace) -> None:
    from tlcore.jobs.processes import give_way

    _log()
    give_way()
    from tlcore.engine.desk import tend_desk

    tend_desk(store)


def _errand(store: Store, arguments: argparse.Namespace) -> None:
    from tlcore.jobs.errand import run_errand

    _log()
    run_errand(store, arguments.id, _Engine())


def _gauge(store: Store, arguments: argparse.Namespace) -> None:
    """Measure something for the verb `bench`: what is asked comes as JSON, every answer is a line of JSON."""
    from tlcore.jobs.processes import give_way

    _log()
    give_way()  # as a worker does, which it is compared with
    from tlcore.engine.yardsticks.gauges import GAUGES

    answers = sys.stdout
    with redirect_stdout(sys.stderr):  # some loops draw bars
        for answer in GAUGES[arguments.name](store, **json.load(sys.stdin)):
            print(json.dumps(answer), file=answers, flush=True)


class _Engine:
    """Imports torch only for the errand that needs it."""

    def bring_weights(self, store: Store, path: Path, name: str, backbone: str, workspace: str) -> str:
        from tlcore.engine.bring import bring_weights

        return bring_weights(store, path, name, backbone, workspace)

    def survey_network(self, name: str) -> str:
        return opened(name).name


def _survey(_store: Store, _arguments: argparse.Namespace) -> None:
    from tlcore.engine.survey import write_survey

    write_survey()


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(message)s")
