"""The program that a learner takes home, before `core.export` fills it in.

What `core.export` does: an `if` about settings alone is decided, and `config.epochs` becomes the constant `EPOCHS`;
names of core are quoted with their source where they are first used; `load`, `build_model` and `build_optimizer` come
from the files of the data set, the model and the optimizer; a comment `# @key` becomes `export.comments.key` in the
reader's language, and `@key[value]` in a text becomes `export.output.key`.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.model_selection import train_test_split
from torch import Tensor
from torchvision import datasets

from core.datasets.prepare import SPLIT_SEED, VALIDATION_SHARE
from core.datasets.torchvision_source import resize
from core.training.augment import augmented
from core.training.batches import EPOCHS_PER_SEED, LABEL_NOISE_SEED, as_floats
from core.training.evaluate import CHUNK
from core.training.schedule import STEP_DROPS

# %% data
if config.official:
    # @download
    DATA = "data"

    # @official
    def load() -> tuple[np.ndarray, np.ndarray]:
        official = datasets.OFFICIAL(DATA, train=True, download=True)
        images, labels = np.asarray(official.data), np.asarray(official.targets)
        return resize(images.reshape(*images.shape[:3], -1)), labels


if config.own:
    # @own_file
    def load() -> tuple[np.ndarray, np.ndarray]:
        with np.load(f"{config.dataset}.npz") as held:
            return held["images"], held["labels"]


pixels, labels = load()
# @split
train_part, val_part = train_test_split(
    np.arange(len(labels)), test_size=VALIDATION_SHARE, stratify=labels, random_state=SPLIT_SEED
)
if config.label_noise:
    # @label_noise
    random = np.random.default_rng(LABEL_NOISE_SEED)
    is_wrong = random.random(len(train_part)) < config.label_noise
    others = (labels[train_part] + random.integers(1, config.num_classes, len(train_part))) % config.num_classes
    labels[train_part] = np.where(is_wrong, others, labels[train_part])
if config.same_steps and config.train_share < 1:
    # @same_steps
    num_looks = len(train_part)
if config.train_share < 1:
    # @train_share
    train_part = train_part[: max(1, round(len(train_part) * config.train_share))]
train_pixels, train_labels = pixels[train_part], torch.from_numpy(labels[train_part])
val_pixels, val_labels = pixels[val_part], torch.from_numpy(labels[val_part])
if config.val_shift:
    # @val_shift
    columns = np.arange(val_pixels.shape[2]) - config.val_shift
    val_pixels = val_pixels[:, :, columns.clip(0)]

# %% network
# @one_thread
torch.set_num_threads(1)
# @first_weights
torch.manual_seed(config.seed)
# @memory_format
model = build_model(config).to(memory_format=torch.channels_last)

# %% optimizer
optimizer = build_optimizer(model, config)
if config.rate_changes or config.schedule != "constant":
    # @learning_rate_at
    def learning_rate_at(step: int) -> float:
        rate = config.learning_rate
        if config.rate_changes:
            for first_step, changed in config.rate_changes:
                if step >= first_step:
                    rate = changed
        if config.schedule != "constant":
            done = step / (config.epochs * STEPS_PER_EPOCH)
        if config.schedule == "step":
            # @step
            rate *= 0.1 ** sum(done >= drop for drop in STEP_DROPS)
        elif config.schedule == "cosine":
            # @cosine
            rate *= 0.5 * (1 + math.cos(math.pi * done))
        return rate


# %% epoch
# @epoch_order
def epoch_order(epoch: int) -> Tensor:
    generator = torch.Generator().manual_seed(config.seed * EPOCHS_PER_SEED + epoch)
    if config.same_steps and config.train_share < 1:
        num_passes = math.ceil(num_looks / len(train_labels))
        passes = [torch.randperm(len(train_labels), generator=generator) for _ in range(num_passes)]
        return torch.cat(passes)[:num_looks]
    else:
        return torch.randperm(len(train_labels), generator=generator)


# @last_batch
STEPS_PER_EPOCH = len(epoch_order(0).split(config.batch_size))


def train_epoch(epoch: int) -> float:
    loss_sum = 0.0
    order = epoch_order(epoch)
    for batch, index in enumerate(order.split(config.batch_size)):
        step = epoch * STEPS_PER_EPOCH + batch
        if config.augment_shift or config.augment_flip or config.augment_crop:
            images = as_floats(augmented(train_pixels[index.numpy()], config, step))
        else:
            images = as_floats(train_pixels[index.numpy()])
        labels = train_labels[index]
        if config.rate_changes or config.schedule != "constant":
            for group in optimizer.param_groups:
                group["lr"] = learning_rate_at(step)
        if config.precision == "bfloat16":
            # @bfloat16
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(images)
            loss = F.cross_entropy(logits.float(), labels)
        else:
            loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        # @weighted
        loss_sum += loss.item() * len(labels)
        if not math.isfinite(loss_sum):
            raise SystemExit(f"@diverged[{step + 1}]")
    return loss_sum / len(order)


# %% measurement
# @measure
@torch.inference_mode()
def measure() -> tuple[float, float]:
    # @evaluating
    model.eval()
    loss_sum, num_right = 0.0, 0
    for start in range(0, len(val_labels), CHUNK):
        labels = val_labels[start : start + CHUNK]
        logits = model(as_floats(val_pixels[start : start + CHUNK]))
        loss_sum += F.cross_entropy(logits, labels, reduction="sum").item()
        num_right += int((logits.argmax(1) == labels).sum())
    model.train()
    return loss_sum / len(val_labels), num_right / len(val_labels)


# %% run
for epoch in range(config.epochs):
    train_loss = train_epoch(epoch)
    val_loss, val_accuracy = measure()
    print(
        f"@epoch[{epoch + 1}]",
        f"@train_loss[{train_loss:.4f}]",
        f"@val_loss[{val_loss:.4f}]",
        f"@val_accuracy[{val_accuracy:.2%}]",
        sep=" · ",
    )
# @in_full
print(f"@train_loss[{train_loss}]", f"@val_loss[{val_loss}]", f"@val_accuracy[{val_accuracy}]", sep="\n")
