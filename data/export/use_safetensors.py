"""A program for who took a network's weights home, before `core.export.using` fills it in."""

import sys

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

# @use_picture
picture = Image.open(sys.argv[1] if len(sys.argv) > 1 else PICTURE).convert("RGB").resize((24, 24))
# @use_range
pixels = np.asarray(picture, np.float32) / 127.5 - 1
images = torch.from_numpy(pixels).permute(2, 0, 1)[None]

# @use_load
model = build_model()
model.load_state_dict(load_file(WEIGHTS))
model.eval()
with torch.inference_mode():
    logits = model(images)[0]
# @use_softmax
for name, share in zip(CLASSES, logits.softmax(0).tolist()):
    print(f"{name}: {share:.7f}")
