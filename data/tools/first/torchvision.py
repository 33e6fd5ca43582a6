import torch
from torchvision.models import ResNet18_Weights, resnet18

weights = ResNet18_Weights.IMAGENET1K_V1
model = resnet18(weights=weights).eval()
with torch.no_grad():
    scores = model(weights.transforms()(torch.rand(3, 300, 300)).unsqueeze(0))
print(weights.meta["categories"][scores.argmax()])
