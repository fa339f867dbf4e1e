"""Predicts one picture with weights taken along from Thaw: python predict.py picture.jpg"""

import json
import sys
from hashlib import sha256
from pathlib import Path

import timm
import torch
import torchvision
from PIL import Image, ImageOps
from safetensors.torch import load
from torchvision.transforms import v2 as transforms

card = json.loads(Path("thaw.json").read_text(encoding="utf-8"))
build = {"timm": timm.create_model, "torchvision": torchvision.models.get_model}[card["library"]]
model = build(card["builder"], num_classes=len(card["classes"]), **card["options"]).eval()
weights = Path("weights.safetensors").read_bytes()
if sha256(weights).hexdigest() != card["sha256"]:
    sys.exit("weights.safetensors is damaged: take it along again.")
model.load_state_dict(load(weights))
steps = card["preprocessing"]
prepare = transforms.Compose(
    [
        transforms.Resize(steps["resize"], transforms.InterpolationMode(steps["interpolation"])),
        transforms.CenterCrop(steps["crop"]),
        transforms.ToImage(),
        transforms.ToDtype(torch.float32, scale=True),
        transforms.Normalize(steps["mean"], steps["std"]),
    ]
)
picture = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGBA")
picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
with torch.inference_mode():
    probabilities = model(prepare(picture).unsqueeze(0)).softmax(1)[0]
print(card["classes"][int(probabilities.argmax())], f"{probabilities.max():.1%}")
