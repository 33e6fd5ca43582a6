"""The result of an inspection, and which models can be inspected. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

# torchvision's classifiers, as `torchvision.models.list_models(module=torchvision.models)` names them; a test compares.
CLASSIFIERS = (
    "alexnet", "convnext_base", "convnext_large", "convnext_small", "convnext_tiny", "densenet121", "densenet161",
    "densenet169", "densenet201", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3",
    "efficientnet_b4", "efficientnet_b5", "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l",
    "efficientnet_v2_m", "efficientnet_v2_s", "googlenet", "inception_v3", "maxvit_t", "mnasnet0_5", "mnasnet0_75",
    "mnasnet1_0", "mnasnet1_3", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "regnet_x_16gf",
    "regnet_x_1_6gf", "regnet_x_32gf", "regnet_x_3_2gf", "regnet_x_400mf", "regnet_x_800mf", "regnet_x_8gf",
    "regnet_y_128gf", "regnet_y_16gf", "regnet_y_1_6gf", "regnet_y_32gf", "regnet_y_3_2gf", "regnet_y_400mf",
    "regnet_y_800mf", "regnet_y_8gf", "resnet101", "resnet152", "resnet18", "resnet34", "resnet50",
    "resnext101_32x8d", "resnext101_64x4d", "resnext50_32x4d", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0",
    "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "squeezenet1_0", "squeezenet1_1", "swin_b", "swin_s", "swin_t",
    "swin_v2_b", "swin_v2_s", "swin_v2_t", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19",
    "vgg19_bn", "vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32", "wide_resnet101_2", "wide_resnet50_2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """A module with its submodules: its path in the tree (`layer1.0.conv1`; empty for the whole model), its class, the
    shape of its output for one image, and its part of the totals. `kept_bytes` is what PyTorch keeps of its forward
    pass for the backward pass."""

    path: str
    kind: str
    output_shape: tuple[int, ...] | None
    parameters: int
    multiply_adds: int
    kept_bytes: int

    @property
    def level(self) -> int:
        """0 for the whole model, 1 for its parts, and so on."""
        return self.path.count(".") + 1 if self.path else 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """A model at the image size of its first ImageNet weights (`weights`, with accuracy `top1_percent`), for one image
    in single precision. `layers` begins with the whole model; a parent comes before its children."""

    name: str
    weights: str
    image_px: int
    top1_percent: float
    layers: tuple[Layer, ...]

    @property
    def whole(self) -> Layer:
        return self.layers[0]
