"""What the lab says about the survey's listing is true."""

from __future__ import annotations

import re

import pytest

from core.content.words import Words, languages
from core.export.listing import FAULTS, HABITS, LISTING, Remark
from tests.export.standalone import Standalone

IMPORT = "import torch.nn.functional as F\n"
LOADER = "trainloader = [(torch.randn({n}, 3, {side}, {side}), torch.arange({n}) % 10)] * 2\n"
COUNT = "print(sum(p.numel() for p in model.parameters()))\n"
LINES = LISTING.splitlines()


def with_data(side: int, n: int = 20, first: str = IMPORT) -> str:
    """The listing after `first`, trained on random images of `side` pixels in batches of `n`."""
    before, loop = LISTING.split("# 训练模型\n")
    return first + before + LOADER.format(n=n, side=side) + loop


def lines_with(text: str) -> tuple[int, ...]:
    return tuple(number for number, line in enumerate(LINES, 1) if text in line)


def remark(key: str) -> Remark:
    return next(each for each in (*FAULTS, *HABITS) if each.key == key)


def test_the_listing_uses_a_trainloader_that_it_never_makes(standalone: Standalone) -> None:
    assert "NameError" in str(standalone.run(LISTING).end)
    assert "trainloader" in str(standalone.run(IMPORT + LISTING).end)
    assert remark("no_trainloader").lines == lines_with("trainloader")


def test_the_listing_uses_an_f_that_it_never_imports(standalone: Standalone) -> None:
    assert standalone.run(with_data(24, first="")).end == "NameError(\"name 'F' is not defined\")"
    assert remark("no_functional").lines == lines_with("F.")


def test_only_images_of_24_pixels_fit(standalone: Standalone) -> None:
    assert "shape '[-1, 2304]' is invalid" in str(standalone.run(with_data(32)).end)
    nine = str(standalone.run(with_data(32, n=9)).end)
    assert "batch_size (16) to match target batch_size (9)" in nine
    assert "invalid" in str(standalone.run(with_data(28)).end)
    assert remark("only_24").lines == (*lines_with("64 * 6 * 6"), *lines_with("6 * 6 * 64"))


def test_mended_it_runs_and_has_the_labs_size(standalone: Standalone) -> None:
    outcome = standalone.run(with_data(24) + COUNT)
    assert outcome.end is None
    assert outcome.printed.splitlines()[0].startswith("Epoch 1, loss: ")
    assert outcome.printed.splitlines()[-1] == "307006"


def test_it_averages_over_batches(standalone: Standalone) -> None:
    """A batch of one image with a huge loss counts as much as one of twenty."""
    unequal = with_data(24).replace(")] * 2\n", "), (1e4 * torch.randn(1, 3, 24, 24), torch.tensor([0]))]\n")
    printing = unequal.replace(
        "        running_loss += loss.item()\n", "        running_loss += loss.item()\n        print(loss.item())\n"
    )
    printed = standalone.run(printing).printed.splitlines()
    first, second, told = (float(line.split()[-1]) for line in printed[:3])
    assert told == pytest.approx((first + second) / 2)
    assert told != pytest.approx((20 * first + second) / 21, rel=0.1)
    assert remark("mean_of_means").lines == (*lines_with("running_loss +="), *lines_with("running_loss /"))


def test_the_listing_never_measures_the_network() -> None:
    assert not re.search(r"eval|no_grad|inference|test|valid", LISTING)
    assert [LINES[number - 1].strip().startswith("print(") for number in remark("never_measures").lines] == [True]


@pytest.mark.parametrize("language", languages())
def test_every_remark_has_words(language: str) -> None:
    told = Words(language).by_prefix("export.listing")
    assert told.keys() == {each.key for each in (*FAULTS, *HABITS)}
