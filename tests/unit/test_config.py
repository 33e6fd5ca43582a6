"""RunConfig rejects invalid values, and its identifiers are stable."""

import pytest

from core.config import MAX_SEED, NEUTRAL, RunConfig, limits
from core.errors import InvalidConfig


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0),
        ("epochs", 51),
        ("epochs", 2.5),
        ("epochs", "many"),
        ("epochs", "1_0"),
        ("learning_rate", 0.0),
        ("learning_rate", 10.1),
        ("learning_rate", float("nan")),
        ("learning_rate", "inf"),
        ("learning_rate", "0.0_1"),
        ("momentum", 1.0),
        ("batch_size", 513),
        ("batch_size", 0),
        ("weight_decay", -0.1),
        ("weight_decay", 1.1),
        ("seed", -1),
        ("precision", "float16"),
        ("model", "gpt"),
        ("dataset", ""),
        ("optimizer", "lion"),
        ("depth", 1),
        ("depth", 21),
        ("depth", "deep"),
        ("schedule", "linear"),
        ("augment_shift", "maybe"),
        ("augment_flip", 2),
        ("augment_crop", "18"),
        ("train_share", 0.0),
        ("train_share", 1.01),
        ("same_steps", "often"),
        ("label_noise", 0.95),
        ("label_noise", -0.1),
        ("val_shift", 9),
        ("val_shift", 1.5),
        ("colour", "red"),
    ],
)
def test_a_bad_value_names_its_field_its_limit_and_itself(field: str, value: object) -> None:
    with pytest.raises(InvalidConfig) as caught:
        RunConfig.from_mapping({field: value})
    assert caught.value.field == field
    assert caught.value.got == value or value != value
    assert str(caught.value.limit)
    assert field in caught.value.message


def test_text_from_an_address_is_read() -> None:
    config = RunConfig.from_mapping({"epochs": "3", "learning_rate": "1e-2", "seed": "7"})
    assert (config.epochs, config.learning_rate, config.seed) == (3, 0.01, 7)
    config = RunConfig.from_mapping({"augment_flip": "true", "same_steps": "false", "train_share": "0.5"})
    assert (config.augment_flip, config.same_steps, config.train_share) == (True, False, 0.5)


def test_the_ends_of_every_range_are_allowed() -> None:
    for field in ("epochs", "learning_rate", "momentum", "batch_size", "weight_decay", "seed", "depth", "train_share"):
        for end in limits(field):
            kind = type(getattr(RunConfig(), field))
            assert getattr(RunConfig(**{field: kind(end)}), field) == end


def test_the_least_of_a_small_data_set_is_one_image_and_one_step() -> None:
    least = RunConfig(train_share=0.01)
    assert (least.num_used(8), least.steps_per_epoch(8)) == (1, 1)


def test_the_last_seed_is_followed_by_the_first() -> None:
    last = RunConfig(seed=MAX_SEED)
    assert [last.with_seed_after(places).seed for places in (0, 1, 2)] == [MAX_SEED, 0, 1]


def test_defaults_are_the_surveys_own() -> None:
    config = RunConfig()
    assert (config.model, config.epochs, config.optimizer) == ("seed_cnn", 10, "sgd")
    assert (config.learning_rate, config.momentum, config.batch_size) == (0.001, 0.9, 32)


def test_equal_settings_have_equal_ids_and_others_do_not() -> None:
    assert RunConfig().config_id == RunConfig(learning_rate=1e-3).config_id
    assert RunConfig().config_id != RunConfig(seed=1).config_id


def test_unused_settings_do_not_enter_the_id() -> None:
    assert RunConfig(optimizer="adam", momentum=0.5).config_id == RunConfig(optimizer="adam").config_id
    assert RunConfig(optimizer="sgd", momentum=0.5).config_id != RunConfig(optimizer="sgd").config_id
    assert RunConfig(depth=5).config_id == RunConfig().config_id
    assert RunConfig(model="plain", depth=5).config_id != RunConfig(model="plain").config_id
    assert RunConfig(same_steps=True).config_id == RunConfig().config_id
    assert RunConfig(same_steps=True, train_share=0.5).config_id != RunConfig(train_share=0.5).config_id


def test_neutral_values_do_not_enter_the_id() -> None:
    # A field added later must not change old ids while it is neutral, so these are pinned.
    assert RunConfig().config_id.startswith("c1f2b2e6")
    assert RunConfig(**NEUTRAL | {"momentum": 0.9}).config_id == RunConfig().config_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schedule", "cosine"),
        ("augment_shift", True),
        ("augment_flip", True),
        ("augment_crop", True),
        ("train_share", 0.5),
        ("label_noise", 0.2),
        ("val_shift", 1),
    ],
)
def test_every_other_value_enters_the_id(field: str, value: object) -> None:
    assert RunConfig(**{field: value}).config_id != RunConfig().config_id


def test_how_far_to_go_is_not_part_of_the_path() -> None:
    assert RunConfig(epochs=3).path_id == RunConfig(epochs=9).path_id
    assert RunConfig(epochs=3).config_id != RunConfig(epochs=9).config_id
