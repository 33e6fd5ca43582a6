"""Training as pure functions: no Streamlit, no Dask, no SQL. A slice takes bytes and returns bytes."""

from core.training.result import ENGINE_REVISION, Evaluation, SliceResult, Snapshot

__all__ = ["ENGINE_REVISION", "Evaluation", "SliceResult", "Snapshot", "train_slice"]


def __getattr__(name: str) -> object:
    # Lazy, so that torch is imported only where training runs, never in the app process.
    if name == "train_slice":
        from core.training.slice import train_slice

        return train_slice
    raise AttributeError(name)
