"""Questions and their answers, kept by the digest of the question with its kind."""

import time
from typing import Any, cast

from tlcore.errors import ThawError
from tlcore.questions import ANSWERS, KINDS, Answer, AnswerKind, Asks, Question
from tlcore.records import digest, from_json, to_json
from tlcore.store.database import Database

_TRIES = 2
_TOO_MUCH = "This is more than the machine's memory holds. Choose a smaller picture size or network."
_REFUSED = 10.0
"""Seconds for which a refusal stands."""
_KEPT = 300
"""Answers that are kept; the oldest go first."""


class Asked:
    """What was asked of the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, question: Asks[AnswerKind]) -> AnswerKind | None:
        """Return the answer, or None while the desk works on it; raise ThawError if it has none.

        A refusal is told for a while, then asked anew: the weights that were missing may have come.
        """
        key, now = _key(question), time.time()
        row = self._database.row("SELECT answer, fault, asked FROM questions WHERE digest = ?", key)
        if row is None or (row["fault"] is not None and now - row["asked"] > _REFUSED):
            self._database.write(
                "INSERT INTO questions (digest, asked, kind, body) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (digest) DO UPDATE SET asked = excluded.asked, fault = NULL, tries = 0",
                key,
                now,
                type(question).__name__,
                to_json(question),
            )
            return None
        if row["fault"] is not None:
            raise ThawError(row["fault"])
        return _answer(question, row["answer"])

    def known(self, question: Asks[AnswerKind]) -> AnswerKind | None:
        """Return the answer if it is there, without asking for it."""
        row = self._database.row("SELECT answer FROM questions WHERE digest = ?", _key(question))
        return _answer(question, row["answer"]) if row else None

    def withdraw(self, question: Question) -> None:
        """Take a question back that nobody waits for any more, unless it is answered."""
        self._database.write("DELETE FROM questions WHERE digest = ? AND answer IS NULL", _key(question))

    def waiting(self) -> Question | None:
        """Return the newest question without an answer: somebody looks at that one now."""
        # A question that is still open after the desk took it twice has ended the desk twice.
        self._database.write(
            "UPDATE questions SET fault = ? WHERE answer IS NULL AND fault IS NULL AND tries >= ?", _TOO_MUCH, _TRIES
        )
        row = self._database.row(
            "UPDATE questions SET tries = tries + 1 WHERE digest ="
            " (SELECT digest FROM questions WHERE answer IS NULL AND fault IS NULL ORDER BY asked DESC LIMIT 1)"
            " RETURNING kind, body"
        )
        return from_json(KINDS[row["kind"]], row["body"]) if row else None

    def answer(self, question: Question, answer: Answer) -> None:
        """Keep an answer for good, or until many newer ones came."""
        query = "UPDATE questions SET answer = ? WHERE digest = ?"
        self._database.write(query, to_json(answer), _key(question))
        self._database.write(
            "DELETE FROM questions WHERE answer IS NOT NULL AND digest NOT IN"
            " (SELECT digest FROM questions WHERE answer IS NOT NULL ORDER BY asked DESC LIMIT ?)",
            _KEPT,
        )

    def refuse(self, question: Question, fault: str) -> None:
        """Keep the sentence that says why there is no answer."""
        # A refusal stands from now on, however long the question waited for the desk.
        query = "UPDATE questions SET fault = ?, asked = ? WHERE digest = ?"
        self._database.write(query, fault, time.time(), _key(question))


def _key(question: Asks[Any]) -> str:
    """Return what tells a question from all others: questions of two kinds may be about the very same things."""
    return digest([type(question).__name__, question])


def _answer(question: Asks[AnswerKind], text: str | None) -> AnswerKind | None:
    return cast(AnswerKind, from_json(ANSWERS[type(question)], text)) if text else None
