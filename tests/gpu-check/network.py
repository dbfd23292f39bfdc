#!/usr/bin/env python3
"""Trains the network of `host-train --arch mlp` with PyTorch, for comparison, and prints its speed and its error.

usage: network.py TRAIN.bin VAL.bin STEPS [--loader notebook|memory] [--threads N]

`notebook` feeds blocks one by one through a Dataset and a DataLoader; `memory` gathers whole batches from one tensor.
"""
import argparse
import time

import numpy
import torch
from torch.nn import functional

BATCH = 4096


class Perceptron(torch.nn.Module):
    """Two matrices around a hidden layer."""

    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.first = torch.nn.Linear(inputs, hidden, bias=False)
        self.hidden = torch.nn.Linear(hidden, hidden)
        self.last = torch.nn.Linear(hidden, outputs, bias=False)

    def forward(self, x):
        return self.last(functional.leaky_relu(self.hidden(self.first(x))))


class Network(torch.nn.Module):
    """Samples of a block to 48 bits, whose gradient passes straight through the threshold, and back."""

    def __init__(self):
        super().__init__()
        self.encoder = Perceptron(192, 256, 48)
        self.decoder = Perceptron(48, 256, 192)

    def forward(self, x):
        soft = functional.softsign(self.encoder(x))
        return self.decoder((soft > 0).float() + soft - soft.detach())


def endless(blocks, loader):
    while True:
        if loader == "notebook":
            yield from torch.utils.data.DataLoader(blocks, batch_size=BATCH, shuffle=True, drop_last=True)
        else:
            order = torch.randperm(len(blocks), device=blocks.device)
            for start in range(0, len(blocks) - BATCH + 1, BATCH):
                yield blocks[order[start : start + BATCH]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train")
    parser.add_argument("val")
    parser.add_argument("steps", type=int)
    parser.add_argument("--loader", choices=["notebook", "memory"], default="memory")
    parser.add_argument("--threads", type=int)
    a = parser.parse_args()
    if a.threads:
        torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, val = (torch.from_numpy(numpy.fromfile(path, dtype=numpy.uint8).reshape(-1, 192)) for path in (a.train, a.val))
    if a.loader == "memory":
        train = train.to(device)
    network = Network().to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    start = time.time()
    for _, blocks in zip(range(a.steps), endless(train, a.loader)):
        x = blocks.to(device).float() / 255
        loss = functional.mse_loss(network(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if device == "cuda":
        torch.cuda.synchronize()
    seconds = time.time() - start
    with torch.no_grad():
        error = 0.0
        for part in val.split(16384):
            x = part.to(device).float() / 255
            error += functional.mse_loss(network(x), x, reduction="sum").item()
    print(f"{device}: {a.steps / seconds:.2f} steps/s, val_mse {error / val.numel():.6f}")


main()
