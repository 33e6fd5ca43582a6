from torchvision.datasets import MNIST

digits = MNIST("data", download=True)
print(digits.data.shape, digits.targets[:10])
