"""The letterbox between the app and the engine: one SQLite file beside a folder of files."""

from tlcore.store.home import Store

__all__ = ["Store"]
