"""Training as pure functions: no Streamlit, no Dask, no SQL. A slice takes bytes and gives bytes."""

from core.training.result import ENGINE_REVISION, Evaluation, SliceResult, Snapshot

__all__ = ["ENGINE_REVISION", "Evaluation", "SliceResult", "Snapshot", "steps_per_epoch", "train_slice"]


def __getattr__(name: str) -> object:
    # torch is imported only by those who train, never by the pages' process.
    if name in ("train_slice", "steps_per_epoch"):
        from core.training import slice as training_slice

        return getattr(training_slice, name)
    raise AttributeError(name)
