"""The programs that a benchmark needs: ours, built in release mode, and those of others, where they are found."""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
LOAD = os.path.join(ROOT, "Tests", "Load")
OUTPUT = os.path.join(ROOT, ".build", "bench")
PRODUCTS = ("switchboard-testserver", "switchboard-node", "switchboard-gateway", "switchboard-adapterbench")
C_OPTIONS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]


class Programs:
    """Paths of executables. `bin` names a folder with executables that are built already; otherwise they are built."""

    def __init__(self, bin=None, peer_node=None):
        self.bin = bin
        self.peer_node = os.path.abspath(peer_node) if peer_node else None
        os.makedirs(OUTPUT, exist_ok=True)
        self.load = self.compile("load", "generator")
        self.floor = self.compile("floor", "floor")

    def compile(self, name, folder):
        """Compiles a C program of this folder, if a source of it has changed."""
        source = os.path.join(LOAD, folder)
        files = sorted(os.path.join(source, file) for file in os.listdir(source) if file.endswith((".c", ".h")))
        target = os.path.join(OUTPUT, name)
        if not os.path.exists(target) or os.path.getmtime(target) < max(map(os.path.getmtime, files)):
            units = [file for file in files if file.endswith(".c")]
            fresh = f"{target}.{os.getpid()}"
            subprocess.run([compiler(), *C_OPTIONS, "-o", fresh, *units, "-lm"], check=True)
            os.rename(fresh, target)
        return target

    def ours(self, product):
        """The path of one of our executables; the first call builds them all, unless a folder was named."""
        if not self.bin:
            print(f"building {', '.join(PRODUCTS)} …", file=sys.stderr, flush=True)
            built = subprocess.run(
                [os.path.join(ROOT, "scripts", "release"), *PRODUCTS], check=True, stdout=subprocess.PIPE, text=True)
            self.bin = built.stdout.strip()
        return os.path.join(self.bin, product)

    def peer_module(self, name):
        """Whether Node.js is here and the folder of peers has this module."""
        folder = self.peer_node and os.path.join(self.peer_node, "node_modules", name)
        return bool(folder and os.path.isdir(folder) and shutil.which("node"))


def compiler():
    """The C compiler of the system, or the one that Swift comes with."""
    if shutil.which("cc"):
        return "cc"
    return os.path.join(os.path.dirname(os.path.realpath(shutil.which("swift"))), "clang")

