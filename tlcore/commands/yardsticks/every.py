"""Every yardstick by its name, in the order in which they are taken."""

from collections.abc import Mapping
from types import MappingProxyType

from tlcore.commands.yardsticks.album import ALBUM
from tlcore.commands.yardsticks.app_start import START
from tlcore.commands.yardsticks.decoding import DECODING
from tlcore.commands.yardsticks.estimates import ESTIMATES
from tlcore.commands.yardsticks.features import FEATURES
from tlcore.commands.yardsticks.first_point import FIRST_POINT
from tlcore.commands.yardsticks.freezing import FREEZING
from tlcore.commands.yardsticks.memory import MEMORY
from tlcore.commands.yardsticks.questions import QUESTIONS
from tlcore.commands.yardsticks.reading import READING
from tlcore.commands.yardsticks.rivals import FASTAI, TUTORIAL
from tlcore.commands.yardsticks.steps import STEPS
from tlcore.commands.yardsticks.yardstick import Yardstick

YARDSTICKS: Mapping[str, Yardstick] = MappingProxyType(
    {
        "features": FEATURES,
        "tutorial": TUTORIAL,
        "fastai": FASTAI,
        "steps": STEPS,
        "freezing": FREEZING,
        "decoding": DECODING,
        "first-point": FIRST_POINT,
        "start": START,
        "estimates": ESTIMATES,
        "reading": READING,
        "album": ALBUM,
        "memory": MEMORY,
        "questions": QUESTIONS,
    }
)
