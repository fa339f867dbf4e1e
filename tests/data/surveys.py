"""Surveys of photographs that are nowhere, and what is found odd about them: what the tests of the checks share."""

from hashlib import sha256
from random import Random

from tlcore.data.checks import find
from tlcore.data.facts import Fact
from tlcore.data.settle import settle
from tlcore.data.survey import Survey


def fact(path, number, **told):
    """Return what a photograph tells that looks like no other one, unless told otherwise."""
    usual = {
        "source": 0,
        "where": path,
        "id": sha256(f"{number}".encode()).hexdigest(),
        "kind": "JPEG",
        "width": 640,
        "height": 480,
        "likeness": f"{Random(number).getrandbits(128):032x}",
        "is_flat": False,
        "is_grey": False,
        "is_blank": False,
        "notes": (),
    }
    return Fact(path=path, **(usual | told))


def survey_of(facts, unfit=()):
    """Return the survey of these photographs; those of one likeness are alike."""
    first = {}
    alike = tuple(first.setdefault(one.likeness, place) for place, one in enumerate(facts))
    return Survey(facts=tuple(facts), alike=alike, unfit=tuple(unfit))


def usual(**counts):
    """Return so many photographs of each class."""
    return [fact(f"{name}/{n}.jpg", f"{name} {n}") for name, count in counts.items() for n in range(count)]


def found(survey, marks=()):
    """Return what is found odd about a survey with these marks, the last of each kind."""
    return {one.kind: one for one in find(survey, settle("set", survey, marks, 0), marks, 0)}
