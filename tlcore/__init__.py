"""The engine room of Thaw: words, store, pictures, jobs and networks, each in its own room."""

__version__ = "0.1.0"
