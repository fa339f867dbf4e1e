"""What people call the networks and their blocks: titles and families by a table of patterns, labels by depth."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tlcore.catalog.cards import Layout

CURATED: Mapping[str, str] = MappingProxyType(
    {
        "tf_efficientnet_lite0": "efficientnet_lite0",
        "tf_efficientnet_lite1": "efficientnet_lite1",
        "tf_efficientnet_lite2": "efficientnet_lite2",
        **{
            name: name
            for name in (
                "convnextv2_atto", "convnextv2_nano", "mobilenetv4_conv_small", "mobilenetv4_conv_medium",
                "vit_small_patch14_dinov2", "deit3_small_patch16_224", "vit_tiny_patch16_224", "regnetz_b16",
                "edgenext_small", "fastvit_t8", "repvit_m1_0", "ghostnetv2_100", "hgnetv2_b0", "mobilevit_s",
                "swinv2_cr_tiny_ns_224", "tiny_vit_5m_224", "caformer_s18", "poolformerv2_s12", "inception_next_tiny",
                "eva02_tiny_patch14_336", "efficientvit_b0", "efficientformerv2_s0", "starnet_s1", "mambaout_femto",
            )
        },
    }
)  # fmt: skip
"""timm's name of each network with a card of its own, and the card's name."""

_PATTERNS: tuple[tuple[str, str, str], ...] = (
    (r"alexnet", "AlexNet", "AlexNet"),
    (r"convnext_(\w+)", "ConvNeXt-{0:t}", "ConvNeXt"),
    (r"convnextv2_(\w+)", "ConvNeXt V2 {0:t}", "ConvNeXt"),
    (r"densenet(\d+)", "DenseNet-{0}", "DenseNet"),
    (r"efficientnet_(b\d)", "EfficientNet-{0:u}", "EfficientNet"),
    (r"efficientnet_v2_(\w)", "EfficientNetV2-{0:u}", "EfficientNet"),
    (r"efficientnet_lite(\d)", "EfficientNet-Lite{0}", "EfficientNet"),
    (r"googlenet", "GoogLeNet", "Inception"),
    (r"inception_v3", "Inception v3", "Inception"),
    (r"inception_next_(\w+)", "InceptionNeXt-{0:t}", "ConvNeXt"),
    (r"maxvit_(\w)", "MaxViT-{0:u}", "MaxViT"),
    (r"mnasnet(\d)_(\d+)", "MNASNet {0}.{1}", "MNASNet"),
    (r"mobilenet_v2", "MobileNetV2", "MobileNet"),
    (r"mobilenet_v3_(\w+)", "MobileNetV3-{0:t}", "MobileNet"),
    (r"mobilenetv4_conv_(\w+)", "MobileNetV4-{0:t}", "MobileNet"),
    (r"regnet_([xy])_(\d+)_(\d+)gf", "RegNet{0:u} {1}.{2} GF", "RegNet"),
    (r"regnet_([xy])_(\d+)([gm])f", "RegNet{0:u} {1} {2:u}F", "RegNet"),
    (r"regnetz_b16", "RegNetZ-B16", "RegNet"),
    (r"resnet(\d+)", "ResNet-{0}", "ResNet"),
    (r"wide_resnet(\d+)_2", "Wide ResNet-{0}-2", "ResNet"),
    (r"resnext(\d+)_(\w+)", "ResNeXt-{0} {1}", "ResNet"),
    (r"shufflenet_v2_x(\d)_(\d)", "ShuffleNet V2 x{0}.{1}", "ShuffleNet"),
    (r"squeezenet1_(\d)", "SqueezeNet 1.{0}", "SqueezeNet"),
    (r"swin_(\w)", "Swin-{0:u}", "Swin"),
    (r"swin_v2_(\w)", "Swin V2-{0:u}", "Swin"),
    (r"swinv2_cr_tiny_ns_224", "Swin V2-CR Tiny", "Swin"),
    (r"vgg(\d+)", "VGG-{0}", "VGG"),
    (r"vgg(\d+)_bn", "VGG-{0} with BatchNorm", "VGG"),
    (r"vit_small_patch14_dinov2", "DINOv2 ViT-S/14", "ViT"),
    (r"vit_tiny_patch16_224", "ViT-Ti/16", "ViT"),
    (r"vit_(\w)_(\d+)", "ViT-{0:u}/{1}", "ViT"),
    (r"deit3_small_patch16_224", "DeiT III-S/16", "ViT"),
    (r"tiny_vit_5m_224", "TinyViT-5M", "ViT"),
    (r"eva02_tiny_patch14_336", "EVA-02-Ti/14", "ViT"),
    (r"edgenext_(\w+)", "EdgeNeXt-{0:t}", "EdgeNeXt"),
    (r"fastvit_(\w+)", "FastViT-{0:u}", "FastViT"),
    (r"repvit_m1_0", "RepViT-M1.0", "RepViT"),
    (r"ghostnetv2_100", "GhostNetV2 1.0", "GhostNet"),
    (r"hgnetv2_(\w+)", "HGNetV2-{0:u}", "HGNet"),
    (r"mobilevit_s", "MobileViT-S", "MobileViT"),
    (r"caformer_s18", "CAFormer-S18", "MetaFormer"),
    (r"poolformerv2_s12", "PoolFormerV2-S12", "MetaFormer"),
    (r"efficientvit_(\w+)", "EfficientViT-{0:u}", "EfficientViT"),
    (r"efficientformerv2_s0", "EfficientFormerV2-S0", "EfficientFormer"),
    (r"starnet_s1", "StarNet-S1", "StarNet"),
    (r"mambaout_(\w+)", "MambaOut-{0:t}", "MambaOut"),
)
"""Pattern of a name, title and family; a `t` after a piece writes it with a capital letter, a `u` in capitals."""


_LADDER = (
    "Edges", "Corners", "Textures", "Fine patterns", "Patterns", "Motifs",
    "Small parts", "Parts", "Larger parts", "Objects", "Scenes",
)  # fmt: skip
_FIRST_NAMED = (0, 9, 2, 7, 4, 5, 8, 1, 6, 3, 10)
"""Rungs in the order in which they are used as there are more blocks."""


class _Piece(str):
    __slots__ = ()

    def __format__(self, how: str) -> str:
        return {"t": self.capitalize(), "u": self.upper()}.get(how, str(self))


def title_of(name: str) -> str:
    """Return what people call the network; its own name where there is no rule."""
    return next((title.format(*map(_Piece, found.groups())) for title, _, found in _fits(name)), name)


def family_of(name: str) -> str:
    """Return what the network is kin to; the beginning of its name where there is no rule."""
    return next((family for _, family, _ in _fits(name)), name.partition("_")[0])


def _fits(name: str) -> list[tuple[str, str, re.Match[str]]]:
    return [(title, family, found) for pattern, title, family in _PATTERNS if (found := re.fullmatch(pattern, name))]


def short_name(path: str) -> str:
    """Return a part's name in the family's own words, without the containers around it: `layer1`, `blocks.2`."""
    *above, last = path.split(".")
    if number := re.fullmatch(r".*_(\d+)(-\d+)?|(\d+)(-\d+)?", last):
        digits = "".join(filter(None, number.groups()))
        return f"{above[-1]}.{digits}" if above else last
    return last


def labels_of(layouts: Sequence[Layout]) -> list[str]:
    """Return what blocks with outputs of these layouts, stem first and head last, tend to see."""
    depth = sum(layout != "vector" for layout in layouts)
    rungs = [_LADDER[rung] for rung in sorted(_FIRST_NAMED[:depth])]
    if {"tokens", "map_last"} & set(layouts):
        rungs[0] = "Patches"
    flat = len(layouts) - depth - 1
    return [*rungs, *["Whole picture"][:flat], "Your classes"]
