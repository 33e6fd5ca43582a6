"""A tutorial's training loop at its best: PIL images, torchvision's transforms, a DataLoader, the survey's network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from core.datasets import open_prepared
from core.training.batches import epoch_order


class TutorialCNN(nn.Module):
    """The survey's network, verbatim: convolution, ReLU, pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.fc1 = nn.Linear(64 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 6 * 6 * 64)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class Pictures(Dataset[tuple[Tensor, int]]):
    """PIL images in memory, transformed one by one."""

    def __init__(self) -> None:
        transforms = _torchvision_transforms()
        data = open_prepared("digits")
        self.pictures = [Image.fromarray(image.repeat(3, axis=2)) for image in data.images[: data.num_train]]
        self.labels = data.labels[: data.num_train].tolist()
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.pictures[index]), self.labels[index]


class Tutorial:
    """The loop over a DataLoader with one batch size. Its workers persist, so that their start is not measured."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size, self._pictures = batch_size, _pictures()
        self._batches = {workers: self._endless(workers) for workers in (0, 2)}
        self._begin()

    def _begin(self) -> None:
        torch.manual_seed(0)
        self.model = TutorialCNN()
        self._optimizer = torch.optim.SGD(self.model.parameters(), lr=0.001, momentum=0.9)
        self._criterion = nn.CrossEntropyLoss()

    def train(self, seconds: float, threads: int, workers: int) -> dict[str, float]:
        torch.set_num_threads(threads)
        running_loss, images, started = 0.0, 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            inputs, labels = next(self._batches[workers])
            running_loss += self._step(inputs, labels)
            images += len(labels)
        return {"images": images, "seconds": time.perf_counter() - started}

    def losses(self, steps: int) -> list[float]:
        """The losses of the first steps, with the image order of a run with seed 0."""
        torch.set_num_threads(1)
        self._begin()
        order = epoch_order(0, 0, len(self._pictures), len(self._pictures)).tolist()
        loader = DataLoader(self._pictures, batch_size=self._batch_size, sampler=order)
        return [self._step(*batch) for batch, _ in zip(loader, range(steps), strict=False)]

    def _step(self, inputs: Tensor, labels: Tensor) -> float:
        self._optimizer.zero_grad()
        loss = self._criterion(self.model(inputs), labels)
        loss.backward()
        self._optimizer.step()
        return loss.item()

    def _endless(self, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
        loader = DataLoader(
            self._pictures, self._batch_size, shuffle=True, num_workers=workers, persistent_workers=workers > 0
        )
        while True:
            yield from loader


@cache
def _pictures() -> Pictures:
    return Pictures()


def _torchvision_transforms() -> Any:
    _define_operators()
    from torchvision import transforms

    return transforms


@cache
def _define_operators() -> torch.library.Library:
    """Define two operators that PyPI's torchvision expects but torch's CPU build lacks."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library
