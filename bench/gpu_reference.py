#!/usr/bin/env python3
"""What PyTorch takes for what `engine bench device` does, from the same weights: the U-Net of Stable Diffusion 1.x and 2.x in
plain torch, guided DDIM steps of a group that shares its starting noise, and D3PO's shared pass over that group with an adapter of
rank 4 on every attention. Needs torch alone, 2.0 or later for its fused attention.

  gpu_reference.py bench MODEL [--device cuda] [--dtype float32] [--images 7] [--steps 20] [--timesteps 2] [--images-at-once 7]
  gpu_reference.py check GOLDEN [--device cuda]    this U-Net against the reference results in golden-sd15 and golden-sd21

Texts are noise of the right shape: which text it is changes no time."""
import argparse
import json
import math
import os
import struct
import time

import torch
import torch.nn.functional as F

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F64": torch.float64, "I64": torch.int64, "I32": torch.int32}
GUIDANCE, RANK, BETA, TOKENS = 5.0, 4, 0.1, 77


def safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(data, dtype=TYPES[entry["dtype"]], count=math.prod(entry["shape"]), offset=entry["data_offsets"][0]).reshape(entry["shape"])
            for name, entry in header.items() if math.prod(entry["shape"]) > 0}


class UNet:
    """Functions of named weights, as diffusers names them."""

    def __init__(self, folder, device, dtype):
        with open(os.path.join(folder, "config.json")) as file:
            self.config = config = json.load(file)
        self.w = {name: weight.to(device, dtype) for name, weight in safetensors(os.path.join(folder, "diffusion_pytorch_model.safetensors")).items()}
        self.levels = len(config["block_out_channels"])
        self.heads = self.each("attention_head_dim")
        self.depth = self.each("transformer_layers_per_block", 1)
        self.lora = {}

    def each(self, key, usual=8):
        value = self.config.get(key) or usual
        return value if isinstance(value, list) else [value] * self.levels

    def adapt(self):
        """Puts an adapter on every projection of every attention; returns its leaves."""
        for name, weight in self.w.items():
            path = name[: -len(".weight")]
            if ".attn" in path and name.endswith(".weight") and ".norm" not in path:
                down = torch.randn(RANK, weight.shape[1], device=weight.device) / RANK
                self.lora[path] = (down.requires_grad_(), torch.zeros(weight.shape[0], RANK, device=weight.device, requires_grad=True))
        return [leaf for pair in self.lora.values() for leaf in pair]

    def linear(self, path, x):
        y = F.linear(x, self.w[path + ".weight"], self.w.get(path + ".bias"))
        if path not in self.lora:
            return y
        down, up = self.lora[path]
        return y + F.linear(F.linear(x.to(down.dtype), down), up).to(y.dtype)

    def conv(self, path, x, stride=1):
        weight = self.w[path + ".weight"]
        return F.conv2d(x, weight, self.w[path + ".bias"], stride, weight.shape[-1] // 2)

    def group_norm(self, path, x, eps):
        return F.group_norm(x, self.config["norm_num_groups"], self.w[path + ".weight"], self.w[path + ".bias"], eps)

    def layer_norm(self, path, x):
        return F.layer_norm(x, x.shape[-1:], self.w[path + ".weight"], self.w[path + ".bias"])

    def resnet(self, path, x, emb):
        eps = self.config["norm_eps"]
        y = self.conv(path + ".conv1", F.silu(self.group_norm(path + ".norm1", x, eps)))
        y = y + self.linear(path + ".time_emb_proj", emb)[:, :, None, None]
        y = self.conv(path + ".conv2", F.silu(self.group_norm(path + ".norm2", y, eps)))
        return (self.conv(path + ".conv_shortcut", x) if path + ".conv_shortcut.weight" in self.w else x) + y

    def attention(self, path, x, context, heads):
        q, k, v = (self.linear(path + name, source).unflatten(-1, (heads, -1)).transpose(1, 2) for name, source in ((".to_q", x), (".to_k", context), (".to_v", context)))
        kind = v.dtype
        if self.config.get("upcast_attention"):
            q, k, v = q.float(), k.float(), v.float()
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v)
        else:
            mixed = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).softmax(-1) @ v
        return self.linear(path + ".to_out.0", mixed.to(kind).transpose(1, 2).flatten(2))

    def transformer(self, path, x, context, heads, depth):
        n, c, h, w = x.shape
        y = self.group_norm(path + ".norm", x, 1e-6)
        matrix = self.w[path + ".proj_in.weight"].dim() == 2
        y = self.linear(path + ".proj_in", y.flatten(2).transpose(1, 2)) if matrix else self.conv(path + ".proj_in", y).flatten(2).transpose(1, 2)
        for block in (f"{path}.transformer_blocks.{number}" for number in range(depth)):
            normed = self.layer_norm(block + ".norm1", y)
            y = y + self.attention(block + ".attn1", normed, normed, heads)
            y = y + self.attention(block + ".attn2", self.layer_norm(block + ".norm2", y), context, heads)
            value, gate = self.linear(block + ".ff.net.0.proj", self.layer_norm(block + ".norm3", y)).chunk(2, -1)
            y = y + self.linear(block + ".ff.net.2", value * F.gelu(gate))
        if matrix:
            return self.linear(path + ".proj_out", y).transpose(1, 2).reshape(n, c, h, w) + x
        return self.conv(path + ".proj_out", y.transpose(1, 2).reshape(n, c, h, w)) + x

    def __call__(self, x, timesteps, context):
        config, last = self.config, self.levels - 1
        half = config["block_out_channels"][0] // 2
        angles = timesteps.float()[:, None] * torch.exp(torch.arange(half, device=x.device) * (-math.log(10_000) / half))
        emb = torch.cat([angles.cos(), angles.sin()], -1).to(x.dtype)
        emb = F.silu(self.linear("time_embedding.linear_2", F.silu(self.linear("time_embedding.linear_1", emb))))
        x = self.conv("conv_in", x)
        skips = [x]
        for level, kind in enumerate(config["down_block_types"]):
            path = f"down_blocks.{level}"
            for number in range(config["layers_per_block"]):
                x = self.resnet(f"{path}.resnets.{number}", x, emb)
                if kind.startswith("Cross"):
                    x = self.transformer(f"{path}.attentions.{number}", x, context, self.heads[level], self.depth[level])
                skips.append(x)
            if level < last:
                x = self.conv(path + ".downsamplers.0.conv", x, 2)
                skips.append(x)
        x = self.resnet("mid_block.resnets.0", x, emb)
        x = self.transformer("mid_block.attentions.0", x, context, self.heads[last], self.depth[last])
        x = self.resnet("mid_block.resnets.1", x, emb)
        for number, kind in enumerate(config["up_block_types"]):
            path, level = f"up_blocks.{number}", last - number
            for block in range(config["layers_per_block"] + 1):
                x = self.resnet(f"{path}.resnets.{block}", torch.cat([x, skips.pop()], 1), emb)
                if kind.startswith("Cross"):
                    x = self.transformer(f"{path}.attentions.{block}", x, context, self.heads[level], self.depth[level])
            if number < last:
                x = self.conv(path + ".upsamplers.0.conv", F.interpolate(x, size=skips[-1].shape[-2:], mode="nearest"))
        return self.conv("conv_out", F.silu(self.group_norm("conv_norm_out", x, config["norm_eps"])))


class Ddim:
    """Guided steps with eta 1 as Gaussians: mean = a·x + b·prediction, and the mean log-probability of a draw."""

    def __init__(self, scheduler, steps):
        with open(os.path.join(scheduler, "scheduler_config.json")) as file:
            config = json.load(file)
        train, velocity = config["num_train_timesteps"], config.get("prediction_type") == "v_prediction"
        betas = torch.linspace(config["beta_start"] ** 0.5, config["beta_end"] ** 0.5, train, dtype=torch.float64) ** 2
        alphas, stride = torch.cumprod(1 - betas, 0).tolist(), train // steps
        self.timesteps = [number * stride + config.get("steps_offset", 0) for number in reversed(range(steps))]
        self.factors = []
        for t in self.timesteps:
            alpha, before = alphas[t], alphas[max(t - stride, 0)]
            sigma = math.sqrt((1 - before) / (1 - alpha) * (1 - alpha / before))
            root, rest, to_x = math.sqrt(alpha), math.sqrt(1 - alpha), math.sqrt(max(0, 1 - before - sigma**2))
            clean, noise = ((root, -rest), (rest, root)) if velocity else ((1 / root, -rest / root), (0, 1))
            self.factors.append((math.sqrt(before) * clean[0] + to_x * noise[0], math.sqrt(before) * clean[1] + to_x * noise[1], sigma))

    def mean(self, unet, x, step, texts, dtype):
        rows, (a, b, _) = len(x), self.factors[step]
        t = torch.full((1,), self.timesteps[step], device=x.device)
        context = torch.cat([text.expand(rows, -1, -1) for text in texts])
        without, told = unet(torch.cat([x, x]).to(dtype), t, context).chunk(2)
        return a * x + b * (without + (told - without) * GUIDANCE).float()

    def log_probability(self, mean, drawn, step):
        sigma = self.factors[step][2]
        return -((drawn - mean) ** 2).mean((1, 2, 3)) / (2 * sigma**2) - math.log(sigma) - 0.5 * math.log(2 * math.pi)


@torch.no_grad()
def sample(unet, ddim, start, texts, images, dtype):
    """Every latent [steps + 1, images, …] and log-probability. In the first step one row stands for all, as they are equal."""
    path, scores = [start.expand(images, -1, -1, -1)], []
    for step in range(len(ddim.timesteps)):
        mean = ddim.mean(unet, start, step, texts, dtype).expand(images, -1, -1, -1) if step == 0 else ddim.mean(unet, path[-1], step, texts, dtype)
        path.append(mean + ddim.factors[step][2] * torch.randn_like(mean))
        scores.append(ddim.log_probability(mean, path[-1], step))
    return [latent.cpu() for latent in path], [score.cpu() for score in scores]


def gradients(unet, ddim, sampled, texts, steps, at_once, dtype, leaves):
    """The sum of the gradients of D3PO's loss, the first image losing to all others; in parts where a group is too large."""
    path, old = sampled
    sums = [torch.zeros_like(leaf) for leaf in leaves]
    device = leaves[0].device

    def score(step, rows):
        return ddim.log_probability(ddim.mean(unet, path[step][rows].to(device), step, texts, dtype), path[step + 1][rows].to(device), step)

    for step in steps:
        count = len(old[step])
        parts = [slice(first, min(first + at_once, count)) for first in range(0, count, at_once)]
        whole = len(parts) == 1
        if whole:
            scores = score(step, parts[0])
        else:
            with torch.no_grad():
                scores = torch.cat([score(step, part) for part in parts])
            scores.requires_grad_()
        ratio = (scores - old[step].to(device)).clamp(math.log(0.9), math.log(1.1))
        loss = -F.logsigmoid(BETA * (ratio[1:] - ratio[:1])).mean()
        if whole:
            found = [torch.autograd.grad(loss, leaves)]
        else:
            slopes = torch.autograd.grad(loss, scores)[0]
            found = (torch.autograd.grad((score(step, part) * slopes[part]).sum(), leaves) for part in parts)
        for some in found:
            for total, gradient in zip(sums, some):
                total += gradient
    return sums


def fastest(work, rounds, device):
    best = math.inf
    for number in range(rounds + 1):
        started = time.perf_counter()
        result = work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - started) if number > 0 else best
    return best, result


def bench(options):
    device, dtype = torch.device(options.device), getattr(torch, options.dtype)
    unet, ddim = UNet(os.path.join(options.folder, "unet"), device, dtype), Ddim(os.path.join(options.folder, "scheduler"), options.steps)
    config = unet.config
    start = torch.randn(1, config["in_channels"], config["sample_size"], config["sample_size"], device=device)
    texts = [torch.randn(1, TOKENS, config["cross_attention_dim"], device=device, dtype=dtype) for _ in range(2)]
    seconds, sampled = fastest(lambda: sample(unet, ddim, start, texts, options.images, dtype), options.rounds, device)
    print(f"sampling {seconds:.4f} s a group", flush=True)
    leaves = unet.adapt()
    steps = range(1, options.timesteps + 1)
    seconds, sums = fastest(lambda: gradients(unet, ddim, sampled, texts, steps, options.images_at_once, dtype, leaves), options.rounds, device)
    if not all(torch.isfinite(total).all() for total in sums):
        raise SystemExit("error: a gradient is not finite")
    print(f"training {seconds / options.timesteps:.4f} s a group and timestep", flush=True)


def check(options):
    """Prints the largest difference of each stored prediction; the tolerance is that of `engine verify`."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    device, worst = torch.device(options.device), 0.0
    for model in ("sd15", "sd21"):
        unet = UNet(os.path.join(options.folder, f"tiny-{model}", "unet"), device, torch.float32)
        stored = {name: value.to(device) for name, value in safetensors(os.path.join(options.folder, f"golden-{model}", "unet_forward.safetensors")).items()}
        for case in sorted(name[: -len(".sample")] for name in stored if name.endswith(".sample")):
            with torch.no_grad():
                found = unet(stored[case + ".sample"], stored[case + ".timesteps"], stored[case + ".encoder_hidden_states"])
            difference = (found - stored[case + ".out"]).abs().max().item()
            print(f"{model} {case}: largest difference {difference:.1e}", flush=True)
            worst = max(worst, difference)
    if not worst < 5e-5:
        raise SystemExit("error: this U-Net is not the one of the reference results")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["bench", "check"])
    parser.add_argument("folder")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])
    for name, usual in (("images", 7), ("steps", 20), ("timesteps", 2), ("images-at-once", 7), ("rounds", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    (bench if options.what == "bench" else check)(options)


if __name__ == "__main__":
    main()
