"""The desk: one warm process that answers questions about networks, newest first."""

import logging
import signal
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Event
from types import MappingProxyType
from typing import Any

from tlcore.catalog.backbones import backbone
from tlcore.engine.answers.chart import chart
from tlcore.engine.answers.compare import compare, liken
from tlcore.engine.answers.differentiate import differentiate
from tlcore.engine.answers.doubt import doubt
from tlcore.engine.answers.examine import examine
from tlcore.engine.answers.excite import excite
from tlcore.engine.answers.explain import explain
from tlcore.engine.answers.find_rate import find_rate
from tlcore.engine.answers.inspect import inspect
from tlcore.engine.answers.keep import keep
from tlcore.engine.answers.measure import measure
from tlcore.engine.answers.pool import pool
from tlcore.engine.answers.prepare import prepare
from tlcore.engine.answers.rank import rank
from tlcore.engine.answers.see import see
from tlcore.engine.answers.separate import separate
from tlcore.engine.answers.single_out import single_out
from tlcore.engine.answers.unfold import unfold
from tlcore.engine.assemble import Assembly, assemble, assemble_checkpoint, assemble_untouched
from tlcore.engine.runtime import Runtime, choose_runtime
from tlcore.engine.work import told
from tlcore.errors import ThawError
from tlcore.questions import (
    Answer,
    Chart,
    Compare,
    Differentiate,
    Doubt,
    Examine,
    Excite,
    Explain,
    FindRate,
    Inspect,
    Keep,
    Liken,
    Measure,
    Network,
    Pool,
    Prepare,
    Question,
    Rank,
    See,
    Separate,
    SingleOut,
    Unfold,
)
from tlcore.store import Store

_TICK = 0.05
"""Seconds between looks at the store."""
_NETWORKS = 2
"""Networks that are kept ready."""
_ROLL_CALL = 5.0
"""Seconds between looks whether the supervisor is still there."""
_OF_ONE_NETWORK: Mapping[type[Question], Callable[[Store, Assembly, Any], Answer]] = MappingProxyType(
    {
        See: see,
        SingleOut: single_out,
        Excite: excite,
        Rank: rank,
        Explain: explain,
        Differentiate: differentiate,
        Examine: examine,
        Pool: pool,
        Chart: chart,
        Unfold: unfold,
        Inspect: inspect,
        Keep: keep,
    }
)
"""What answers the questions that need a network and nothing else."""


class Desk:
    """Answers questions; keeps the networks that were asked about last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runtime: Runtime = choose_runtime("auto")
        self._ready: OrderedDict[Network, Assembly] = OrderedDict()

    def answer_next(self) -> bool:
        """Answer one question, and say whether there was one."""
        question = self._store.asked.waiting()
        if question is None:
            return False
        try:
            self._store.asked.answer(question, self._answer(question))
        except ThawError as error:
            self._store.asked.refuse(question, str(error))
        except OSError as error:
            logging.exception("question")
            self._store.asked.refuse(question, f"{told(error)[0]} Mend that, then open this page again.")
        except Exception:
            logging.exception("question")
            self._store.asked.refuse(question, "Thaw made a mistake here; the log in the home folder tells more.")
        return True

    def _answer(self, question: Question) -> Answer:
        match question:
            case Measure():
                # Networks that are kept ready would be counted as the process's own.
                self._ready.clear()
                return measure(self._store, question, self._runtime)
            case Prepare():
                return prepare(self._store, question)
            case FindRate():
                return find_rate(self._store, question, self._runtime)
            case Separate():
                return separate(self._store, question, self._runtime)
            case Doubt():
                return doubt(self._store, question, self._runtime)
            case Compare():
                return compare(self._store, self._assembly(question.before), self._assembly(question.after), question)
            case Liken():
                return liken(self._store, self._assembly(question.before), self._assembly(question.after), question)
            case _:
                return _OF_ONE_NETWORK[type(question)](self._store, self._assembly(question.network), question)

    def _assembly(self, network: Network) -> Assembly:
        if network not in self._ready:
            self._ready[network] = self._assemble(network)
            while len(self._ready) > _NETWORKS:
                self._ready.popitem(last=False)
        self._ready.move_to_end(network)
        return self._ready[network]

    def _assemble(self, network: Network) -> Assembly:
        name, size, runtime = network.backbone, network.image_size, self._runtime
        if network.checkpoint is not None:
            kept, classes = network.checkpoint, network.classes
            return assemble_checkpoint(self._store, name, network.weights, kept, classes, size, runtime)
        if published := backbone(name).published(network.weights):
            return assemble_untouched(name, published, size, runtime)
        return assemble(self._store, name, network.weights, network.classes, size, network.seed, runtime)


def tend_desk(store: Store) -> None:
    """Answer questions until the supervisor that started this desk is gone or ends it.

    Asked to end, the desk finishes the answer that it is at: some take half a minute, and should not be lost.
    """
    leaving = Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: leaving.set())
    desk = Desk(store)
    store.processes.register("desk", "ready")
    masters = [claimant for claimant, _ in store.processes.living("supervisor")]
    looked = time.monotonic()
    while not leaving.is_set():
        if not desk.answer_next():
            leaving.wait(_TICK)
        if time.monotonic() - looked > _ROLL_CALL:
            looked = time.monotonic()
            if not any(master.alive for master in masters):
                return
