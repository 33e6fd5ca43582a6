from torchvision.datasets import ImageNet

photos = ImageNet("folder_with_the_archives", split="val")
image, label = photos[0]
print(image.size, photos.classes[label])
