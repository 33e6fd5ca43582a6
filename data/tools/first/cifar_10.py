from torchvision.datasets import CIFAR10

photos = CIFAR10("data", download=True)
print(photos.data.shape, photos.classes)
