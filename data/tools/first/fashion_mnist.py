from torchvision.datasets import FashionMNIST

clothes = FashionMNIST("data", download=True)
print(clothes.data.shape, clothes.classes)
