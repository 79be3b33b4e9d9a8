"""A packaged door's cold start, to be run from its unpacked package by a Python that sees nothing else."""

import ast
import subprocess
import zipfile
from pathlib import Path

from infra.packages import ROOT
from infra.reach import LOADED, named, reached

# Values of the right form; no start asks whether there is anything at the other end.
SURROUNDINGS = {
    "AWS_DEFAULT_REGION": "ap-south-1",
    "POWERTOOLS_SERVICE_NAME": "minnow-test",
    "POWERTOOLS_METRICS_NAMESPACE": "Minnow",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "PYTHONHASHSEED": "0",
}


def loading(door: str) -> str:
    return f"import functions.{door}.handler\n"


def ready(door: str) -> str:
    """Loads the handler, then makes every adapter that the door uses, with its clients."""
    calls = [
        f"from shared import {module}\n{module}.{name}({_arguments(part)})\n"
        for module in ("wiring", "wiring_lenders", "identity")
        for name, part in sorted(reached(door, ROOT).get(f"shared/{module}.py", {}).items())
        if name != LOADED
    ]
    return "".join([loading(door), *calls])


def settings(door: str) -> dict[str, str]:
    """What the door asks its environment for."""
    parts = [part for each in reached(door, ROOT).values() for part in each.values()]
    return {f"MINNOW_{name}": "some" for part in parts for name in named(part, "setting", "optional")}


def unpacked(package: Path, into: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(into)
    return into


def start(tree: Path, script: str, settings: dict[str, str], *python: str) -> subprocess.CompletedProcess[str]:
    """Runs the script on the unpacked package alone; `python` is the command that runs Python, its options included."""
    environment = {**SURROUNDINGS, **settings, "PYTHONPATH": str(tree)}
    command = [*python, "-S", "-s", "-c", script]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)


def compiled(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The modules that Python had to compile, by what `python -v` says."""
    loaded = [line for line in done.stderr.splitlines() if line.startswith("# code object from ")]
    return [line for line in loaded if not line.rstrip("'").endswith(".pyc")]


def _arguments(part: ast.AST) -> str:
    assert isinstance(part, ast.FunctionDef)
    return ", ".join(f"{each.arg}='some'" for each in part.args.args)
