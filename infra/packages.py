"""Function packages without Docker: only what a door imports, byte-compiled, in zips that are the same every time.

Byte code carries an unchecked hash: in a zip dated 1980 the usual time stamps would not fit, and Python would
compile every module again at each cold start.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from infra.reach import OWN_ROOMS, imported, named, reached

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "packages"
# Nothing reads these at run time.
LEFT_OUT = ("__pycache__", "*.pyi", "py.typed", "*.pyc", "tests", "bin", "examples-1.json*", "RECORD", "*.md", ".lock")
NEVER_DATA = (".py", ".pyc", ".pyi")


class PackageError(Exception):
    """A package cannot be built here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The Python that will run the package. `platform` None is this machine."""

    python: str
    platform: str | None
    machine: str

    @property
    def name(self) -> str:
        return f"{self.platform or 'this-machine'}-{self.python}"


LAMBDA = Target("3.13", "aarch64-manylinux2014", "aarch64")
THIS_MACHINE = Target(f"{sys.version_info.major}.{sys.version_info.minor}", None, os.uname().machine)
# Those whose formats of amounts and dates are used; the others would be twenty times the rest of the package.
LANGUAGES = ("root", "en", "hi", "zh")


@dataclass(frozen=True, slots=True)
class Imports:
    """What a door needs: own files (relative to the root), third-party modules, AWS services that it calls."""

    files: frozenset[str]
    modules: frozenset[str]
    services: frozenset[str]


def build(doors: Iterable[str], target: Target, root: Path = ROOT) -> dict[str, Path]:
    """The zip of each door. What was built before from the same content is not built again."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        # Two builds at once would write the same unfinished files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        own = _own_tree(root, target)
        return {door: _package(door, own, target, root) for door in doors}


def imports(door: str, root: Path = ROOT) -> Imports:
    """What the code that the door may run needs, by its `import` statements wherever they stand."""
    code = reached(door, root)
    parts = [part for each in code.values() for part in each.values()]
    roots = {name.partition(".")[0] for part in parts for name in imported(part)}
    # The standard library's time zones are the machine's, or this package's where it has none.
    roots |= {"tzdata"} if "zoneinfo" in roots else set()
    return Imports(
        files=frozenset(name for file in code for name in (file, *_data_beside(root, file))),
        modules=frozenset(roots - {*OWN_ROOMS} - sys.stdlib_module_names),
        services=frozenset(service for part in parts for service in named(part, "client", "create_client")),
    )


def distributions(modules: Iterable[str], target: Target) -> dict[str, str]:
    """Name and version of every distribution that the modules come from or need, as installed here from the pins."""
    found: dict[str, str] = {}
    waiting = [_distribution_of(module) for module in modules]
    while waiting:
        distribution = metadata.distribution(waiting.pop())
        name = distribution.name.lower()
        if name not in found:
            found[name] = distribution.version
            waiting += _required(distribution, target)
    return dict(sorted(found.items()))


def _package(door: str, own: Path, target: Target, root: Path) -> Path:
    needed = imports(door, root)
    libraries = _libraries(distributions(needed.modules, target), needed.services, target)
    members = sorted(member for file in needed.files for member in _with_byte_code(own, file))
    contents = {member: (own / member).read_bytes() for member in members}
    stamp = _digest(libraries.name, *(part for member in members for part in (member, contents[member])))
    package = BUILD / target.name / f"{door}-{stamp}.zip"
    if not package.exists():
        for old in package.parent.glob(f"{door}-*.zip"):
            old.unlink()
        unfinished = package.with_suffix(".unfinished")
        shutil.copyfile(libraries, unfinished)
        _append(unfinished, contents)
        unfinished.replace(package)
    return package


def _libraries(versions: Mapping[str, str], services: frozenset[str], target: Target) -> Path:
    """A zip of the distributions, with botocore's data cut to the services named."""
    base = BUILD / target.name / f"libraries-{_digest(_recipe(), *versions.items(), *sorted(services))}.zip"
    if not base.exists():
        trees = [_distribution_tree(name, version, target) for name, version in versions.items()]
        contents = {
            str(file.relative_to(tree)): file.read_bytes()
            for tree in trees
            for file in sorted(tree.rglob("*"))
            if file.is_file() and _is_used(file.relative_to(tree), services)
        }
        unfinished = base.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        _append(unfinished, contents)
        unfinished.replace(base)
    return base


def _distribution_tree(name: str, version: str, target: Target) -> Path:
    """The distribution without what nothing reads, byte-compiled."""
    tree = BUILD / target.name / "distributions" / f"{name}-{version}-{_digest(_recipe())}"
    if not tree.exists():
        unfinished = tree.with_name(f"{tree.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _unpack(name, version, target, unfinished)
        for pattern in LEFT_OUT:
            for path in list(unfinished.rglob(pattern)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        _compile(unfinished, target)
        unfinished.replace(tree)
    return tree


def _unpack(name: str, version: str, target: Target, into: Path) -> None:
    """The distribution's files: those installed here, or, for another platform, those of its wheel."""
    if target.platform is None:
        for file in metadata.distribution(name).files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (into / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), into / file)
        return
    command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--link-mode", "copy", "--target", str(into)]
    command += ["--python-version", target.python, "--python-platform", target.platform, f"{name}=={version}"]
    _run(command, f"The wheel of {name} {version} for {target.name} could not be had.")


def _own_tree(root: Path, target: Target) -> Path:
    """A compiled copy of our own rooms as they are now."""
    files = sorted(
        file.relative_to(root)
        for room in OWN_ROOMS
        for file in (root / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    )
    stamp = _digest(_recipe(), *(part for file in files for part in (file, (root / file).read_bytes())))
    tree = BUILD / target.name / f"own-{stamp}"
    if not tree.exists():
        for old in tree.parent.glob("own-*"):
            shutil.rmtree(old)
        unfinished = tree.with_name("own-unfinished")
        for file in files:
            (unfinished / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / file, unfinished / file)
        _compile(unfinished, target)
        unfinished.replace(tree)
    return tree


def _compile(tree: Path, target: Target) -> None:
    # A fixed hash seed keeps the order of sets inside byte code, and so the zip, the same in every build.
    command = [_interpreter(target), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(tree), "-p", "/var/task", str(tree)]
    _run(command, f"{tree.name} does not compile for Python {target.python}.", PYTHONHASHSEED="0")


@cache
def _interpreter(target: Target) -> str:
    """Byte code is that of one Python version, so that version must be at hand to compile it."""
    if target.platform is None:
        return sys.executable
    wanted = f"import sys; sys.exit('{target.python}' != '%d.%d' % sys.version_info[:2])"
    named = os.environ.get("MINNOW_LAMBDA_PYTHON")
    for candidate in (named, shutil.which(f"python{target.python}"), _uv_python(target)):
        if candidate and subprocess.run([candidate, "-c", wanted], capture_output=True).returncode == 0:
            return candidate
    raise PackageError(
        f"Python {target.python}, which the functions run on, is needed to compile them: "
        f"`.venv/bin/uv python install {target.python}`, or name one in MINNOW_LAMBDA_PYTHON."
    )


def _uv_python(target: Target) -> str:
    command = [str(Path(sys.executable).with_name("uv")), "python", "find", "--no-project", target.python]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _run(command: list[str], failure: str, **environment: str) -> None:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        raise PackageError(f"{failure}\n{done.stdout}{done.stderr}")


def _data_beside(root: Path, file: str) -> set[str]:
    beside = (root / file).parent.iterdir()
    return {str(path.relative_to(root)) for path in beside if path.is_file() and path.suffix not in NEVER_DATA}


@cache
def _distribution_of(module: str) -> str:
    owners = metadata.packages_distributions().get(module)
    if not owners:
        raise PackageError(f"Nothing in requirements.txt provides the module {module!r}.")
    return owners[0]


def _required(distribution: metadata.Distribution, target: Target) -> list[str]:
    environment = {
        "python_version": target.python,
        "python_full_version": f"{target.python}.0",
        "platform_machine": target.machine,
        "extra": "",
    }
    requirements = [Requirement(text) for text in distribution.requires or ()]
    return [need.name for need in requirements if need.marker is None or need.marker.evaluate(environment)]


def _with_byte_code(tree: Path, file: str) -> list[str]:
    path = tree / file
    compiled = path.parent.glob(f"__pycache__/{path.stem}.*.pyc") if path.suffix == ".py" else ()
    return [file, *(str(found.relative_to(tree)) for found in compiled)]


def _is_used(file: Path, services: frozenset[str]) -> bool:
    """Each service has a folder of its own in botocore's data; the files beside those folders serve all.

    Of a thousand languages' formats only those stay that a notice is written in.
    """
    if file.parts[:2] == ("babel", "locale-data"):
        return file.stem.partition("_")[0] in LANGUAGES
    return file.parts[:2] != ("botocore", "data") or len(file.parts) == 3 or file.parts[2] in services


def _append(archive: Path, contents: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as into:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            into.writestr(entry, content)


@cache
def _recipe() -> bytes:
    """This file: when it changes, everything is built again."""
    return Path(__file__).read_bytes()


def _digest(*parts: object) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        piece = part if isinstance(part, bytes) else str(part).encode()
        hashed.update(len(piece).to_bytes(8, "big") + piece)
    return hashed.hexdigest()[:16]
