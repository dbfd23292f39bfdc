#!/usr/bin/env python3
"""Compares the speed of NICE and PyTorch on this machine, in turn (needs PyTorch, and `cargo build --release`).

usage: compare_with_pytorch.py train TRAIN.bin VAL.bin STEPS SCRIPT.py [--rounds N] [--threads N]
       compare_with_pytorch.py decode MODEL.nicem PICTURE.png [--rounds N]

train:  steps/s and validation loss of `host-train --arch mlp`, and of a PyTorch script that takes the arguments
        `TRAIN.bin VAL.bin STEPS --loader memory --threads N` and prints `... N steps/s ... val_mse X`.
decode: pixels/s on one core of the decoder in `nicec eval`, and of the float decoder in PyTorch with a batch of 4096.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent.parent / "target" / "release"


def output(command, **more):
    return subprocess.run([str(part) for part in command], check=True, text=True, stdout=subprocess.PIPE, **more).stdout


def train(a):
    print("            steps/s   val_mse")
    for _ in range(a.rounds):
        with tempfile.TemporaryDirectory() as folder:
            printed = output([
                PROGRAMS / "host-train", "--arch", "mlp", "--data", a.train, "--val", a.val, "--steps", a.steps,
                "--device", "cpu", "--threads", a.threads, "--validate-every", a.steps, "--effort", 0, "--json",
                "--out", Path(folder) / "run",
            ])
        result = json.loads(printed)
        print(f"host-train  {result['steps'] / result['seconds']:7.2f}   {result['validation_loss']:.6f}", flush=True)
        printed = output([
            sys.executable, a.script, a.train, a.val, a.steps, "--loader", "memory", "--threads", a.threads,
        ])
        speed, loss = re.search(r"([\d.]+) steps/s.*val_mse ([\d.]+)", printed).groups()
        print(f"PyTorch     {float(speed):7.2f}   {float(loss):.6f}", flush=True)


def decode(a):
    import torch

    torch.set_num_threads(1)
    decoder = torch.nn.Sequential(
        torch.nn.Linear(48, 256, bias=False),
        torch.nn.Linear(256, 256),
        torch.nn.LeakyReLU(),
        torch.nn.Linear(256, 192, bias=False),
    )
    latents = torch.randint(0, 2, (4096, 48)).float()

    def pytorch():
        with torch.inference_mode():
            start, batches = time.perf_counter(), 0
            while time.perf_counter() - start < 2:
                decoder(latents)
                batches += 1
            return batches * 4096 * 64 / (time.perf_counter() - start) / 1e6

    pytorch()
    for _ in range(a.rounds):
        printed = output(
            [PROGRAMS / "nicec", "eval", "-m", a.model, a.picture, "--effort", 0, "--json"],
            env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )
        speed = json.loads(printed)["decode_mpixel_per_s"]
        print(f"nicec {speed:.1f} Mpixel/s   PyTorch {pytorch():.1f} Mpixel/s", flush=True)


p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
commands = p.add_subparsers(required=True)
c = commands.add_parser("train")
for name in ("train", "val", "steps", "script"):
    c.add_argument(name)
c.add_argument("--rounds", type=int, default=3)
c.add_argument("--threads", type=int, default=os.cpu_count())
c.set_defaults(run=train)
c = commands.add_parser("decode")
c.add_argument("model")
c.add_argument("picture")
c.add_argument("--rounds", type=int, default=3)
c.set_defaults(run=decode)
a = p.parse_args()
a.run(a)
