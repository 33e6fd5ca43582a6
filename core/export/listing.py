"""The survey's own listing (its section 4), verbatim, and the faults that a class can find in it.

It is quoted for study; the lab's default network and settings come from it.
"""

from __future__ import annotations

from dataclasses import dataclass

LISTING = """\
import torch
import torch.nn as nn
import torch.optim as optim

# 定义卷积神经网络
class CNN(nn.Module):
    def __init__(self):
        super(CNN, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.fc1 = nn.Linear(64 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 6 * 6 * 64)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.fc3(x)
        return x

# 创建模型、损失函数和优化器
model = CNN()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.001, momentum=0.9)

# 训练模型
for epoch in range(10):
    running_loss = 0.0
    for i, data in enumerate(trainloader, 0):
        inputs, labels = data
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print(f"Epoch {epoch + 1}, loss: {running_loss / len(trainloader)}")
"""


@dataclass(frozen=True)
class Remark:
    """`lines` of the listing, counted from 1; the text is `export.listing.<key>`, Markdown."""

    key: str
    lines: tuple[int, ...]


FAULTS = (  # it cannot run with any of these
    Remark("no_functional", (16, 17, 19, 20)),
    Remark("no_trainloader", (32, 40)),
    Remark("only_24", (11, 18)),
)
HABITS = (  # it runs with these, but its results mean less than they seem to
    Remark("never_measures", (40,)),
    Remark("mean_of_means", (39, 40)),
)
