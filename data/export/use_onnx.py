"""A program for who took a network home as ONNX, before `core.export.using` fills it in."""

import sys

import numpy as np
import onnxruntime
from PIL import Image

# @use_picture
picture = Image.open(sys.argv[1] if len(sys.argv) > 1 else PICTURE).convert("RGB").resize((24, 24))
# @use_range
pixels = np.asarray(picture, np.float32) / 127.5 - 1
images = pixels.transpose(2, 0, 1)[np.newaxis]

# @use_session
session = onnxruntime.InferenceSession(WEIGHTS, providers=["CPUExecutionProvider"])
logits = session.run(["logits"], {"images": images})[0][0]
# @use_softmax
raised = np.exp(logits - logits.max())
for name, share in zip(CLASSES, raised / raised.sum()):
    print(f"{name}: {share:.7f}")
