"""Training as pure functions: no Streamlit, no Dask, no SQL. A slice takes bytes and gives bytes."""

from core.training.result import ENGINE_REVISION, Evaluation, SliceResult, Snapshot

__all__ = ["ENGINE_REVISION", "Evaluation", "SliceResult", "Snapshot", "train_slice"]


def __getattr__(name: str) -> object:
    # torch is imported only by those who train, never by the pages' process.
    if name == "train_slice":
        from core.training.slice import train_slice

        return train_slice
    raise AttributeError(name)
