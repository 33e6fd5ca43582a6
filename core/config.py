"""The settings of one training run, as a small, frozen, validated value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core import catalog
from core.errors import InvalidConfig

# A field at its neutral value is left out of the identifiers, so that adding a field does not change old ones.
NEUTRAL: Mapping[str, object] = {
    "momentum": 0.0,
    "weight_decay": 0.0,
    "precision": "float32",
    "schedule": "constant",
    "augment_shift": False,
    "augment_flip": False,
    "augment_crop": False,
    "train_share": 1.0,
    "same_steps": False,
    "label_noise": 0.0,
    "val_shift": 0,
}
NAMED_FIELDS: Mapping[str, str] = {"dataset": "datasets", "model": "models", "optimizer": "optimizers"}
# Fields that only some choices read: their SPEC names them under `uses`.
USED_BY: Mapping[str, str] = {"momentum": "optimizer", "weight_decay": "optimizer", "depth": "model"}
MAX_SEED = 2**31 - 1

Finite = Annotated[float, Field(allow_inf_nan=False)]


class RunConfig(BaseModel):
    """Everything that determines the numbers of a run. The defaults are those of the survey's own program.

    Raises InvalidConfig, which names the field, its limit and the value received.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str = "digits"
    model: str = "seed_cnn"
    epochs: int = Field(10, ge=1, le=50)
    learning_rate: Finite = Field(0.001, ge=1e-5, le=10.0)
    momentum: Finite = Field(0.9, ge=0.0, le=0.999)
    batch_size: int = Field(32, ge=1, le=512)
    optimizer: str = "sgd"
    weight_decay: Finite = Field(0.0, ge=0.0, le=1.0)
    precision: Literal["float32", "bfloat16"] = "float32"
    seed: int = Field(0, ge=0, le=MAX_SEED)
    depth: int = Field(8, ge=2, le=20)
    schedule: Literal["constant", "step", "cosine"] = "constant"
    augment_shift: bool = False
    augment_flip: bool = False
    augment_crop: bool = False
    train_share: Finite = Field(1.0, ge=0.01, le=1.0)
    same_steps: bool = False
    label_noise: Finite = Field(0.0, ge=0.0, le=0.9)
    val_shift: int = Field(0, ge=0, le=8)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as problem:
            raise _invalid(problem) from None

    @field_validator("dataset", "model", "optimizer")
    @classmethod
    def _known_name(cls, value: str, info: Any) -> str:
        known = catalog.specs(NAMED_FIELDS[info.field_name])
        if value not in known and not (info.field_name == "dataset" and catalog.is_own(value)):
            raise InvalidConfig(info.field_name, "one of " + ", ".join(known), value)
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _no_grouping(cls, value: Any, info: Any) -> Any:
        """Python reads 1_0 as 10, which is hardly what was meant."""
        if isinstance(value, str) and "_" in value and not is_choice(info.field_name):
            raise ValueError(value)
        return value

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> RunConfig:
        """The same validation for values from an address, a file or a command line, where all may be text."""
        return cls(**values)

    def replaced(self, **changes: Any) -> RunConfig:
        """A copy with other values, validated again."""
        return RunConfig(**{**self.model_dump(), **changes})

    def with_seed_after(self, places: int = 1) -> RunConfig:
        """A copy with a later seed; the largest is followed by 0."""
        return self.replaced(seed=(self.seed + places) % (MAX_SEED + 1))

    @property
    def config_id(self) -> str:
        """sha256 of the settings without neutral and unused ones: equal settings, equal id."""
        return _digest(self._canonical())

    @property
    def path_id(self) -> str:
        """Identifies the numbers step by step: `config_id` without the number of epochs, unless a schedule needs it."""
        return _digest({k: v for k, v in self._canonical().items() if k != "epochs" or self.has_fixed_end})

    @property
    def has_fixed_end(self) -> bool:
        """Whether earlier numbers depend on the number of epochs, so that none can be added."""
        return self.schedule != "constant"

    def uses(self, field: str) -> bool:
        """False if another setting makes this one irrelevant."""
        if field == "same_steps":
            return self.train_share < 1.0
        by = USED_BY.get(field)
        return by is None or field in catalog.specs(NAMED_FIELDS[by])[getattr(self, by)]["uses"]

    def num_used(self, num_train: int) -> int:
        """How many of the training images this run uses."""
        return max(1, round(num_train * self.train_share))

    def images_per_epoch(self, num_train: int) -> int:
        """Images seen in an epoch: those that are used or, with `same_steps`, as many as in the full training set."""
        return num_train if self.same_steps else self.num_used(num_train)

    def steps_per_epoch(self, num_train: int) -> int:
        """Batches per epoch, including a smaller last one."""
        return -(-self.images_per_epoch(num_train) // self.batch_size)

    @property
    def num_classes(self) -> int:
        """Classes of the data set; the networks always have ten outputs."""
        return catalog.num_classes(self.dataset)

    @property
    def chance(self) -> float:
        """The accuracy of guessing among the classes."""
        return 1 / self.num_classes

    @property
    def chance_loss(self) -> float:
        """The cross-entropy of guessing each class as often as it occurs."""
        return catalog.guess_loss(self.dataset)

    @property
    def num_parameters(self) -> int:
        """Weights and biases of the model at this depth."""
        spec = catalog.specs("models")[self.model]
        layers_more = self.depth - int(RunConfig.model_fields["depth"].default)
        return int(spec["parameters"] + layers_more * spec["parameters_per_layer"])

    def _canonical(self) -> dict[str, Any]:
        return {k: v for k, v in self.model_dump().items() if self.uses(k) and NEUTRAL.get(k) != v}


def plain(number: float) -> str:
    """A number without exponent: 2147483647, 0.00001."""
    return f"{number:.10f}".rstrip("0").rstrip(".")


def times(number: float, factor: float) -> float:
    """The decimal product: ten times 0.0003 is 0.003, not 0.0029999999999999996."""
    return float(f"{number * factor:.10g}")


def limits(field: str) -> tuple[float, float]:
    """The minimum and maximum of a numeric field."""
    bounds = RunConfig.model_fields[field].metadata
    low = next(m.ge for m in bounds if hasattr(m, "ge"))
    high = next(m.le for m in bounds if hasattr(m, "le"))
    return low, high


def choices(field: str) -> tuple[str, ...]:
    """The allowed names of a field."""
    if field in NAMED_FIELDS:
        return tuple(catalog.specs(NAMED_FIELDS[field]))
    return get_args(RunConfig.model_fields[field].annotation)


def is_choice(field: str) -> bool:
    """Whether the field takes one of a few names."""
    return field in NAMED_FIELDS or get_origin(RunConfig.model_fields[field].annotation) is Literal


def limit_text(field: str) -> str:
    """The allowed values of a field, in words."""
    if is_choice(field):
        return "one of " + ", ".join(choices(field))
    kind = RunConfig.model_fields[field].annotation
    if kind is bool:
        return "true or false"
    low, high = limits(field)
    return f"{'a whole number' if kind is int else 'a number'} from {plain(low)} to {plain(high)}"


def _digest(values: Mapping[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _invalid(problem: ValidationError) -> InvalidConfig:
    first = problem.errors(include_url=False)[0]
    field, got = str(first["loc"][0]), first.get("input")
    if first["type"] == "extra_forbidden":
        return InvalidConfig(field, "one of the settings " + ", ".join(RunConfig.model_fields), got)
    return InvalidConfig(field, limit_text(field), got)
