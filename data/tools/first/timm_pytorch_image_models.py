import timm
import torch

model = timm.create_model("resnet18", pretrained=True).eval()
print(model(torch.rand(1, 3, 224, 224)).shape)
print(timm.list_models("vit_*", pretrained=True)[:5])
