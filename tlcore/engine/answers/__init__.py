"""Answers to questions, one file per kind of question."""
