"""`python -m infra.ifsc`: writes the list of bank branches that a function ships, from the published npm package.

The same package gives the same bytes. One line per bank: its four letters, then its branches in order; a branch that
is a number is written as the difference to the number before it, which makes the file a third as large.
"""

import gzip
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "ifsc@2.0.50"
SHIPPED = Path(__file__).resolve().parents[1] / "shared" / "adapters" / "ifsc"


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=directory, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(directory).glob("*.tgz")
        with tarfile.open(archive) as package:
            branches = json.loads(_member(package, "package/src/IFSC.json"))
            licence = _member(package, "package/LICENSE")
    text = "".join(f"{bank} {' '.join(_line(branches[bank]))}\n" for bank in sorted(branches))
    (SHIPPED / "branches.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (SHIPPED / "LICENSE").write_bytes(
        f"branches.gz is converted from the npm package {PACKAGE}.\n\n".encode() + licence
    )


def _line(branches: list[int | str]) -> list[str]:
    numbers = sorted(branch for branch in branches if isinstance(branch, int))
    steps = [str(number - before) for before, number in zip([0, *numbers], numbers, strict=False)]
    return [*steps, *sorted(f"={branch}" for branch in branches if isinstance(branch, str))]


def _member(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(name)
    assert member is not None, name
    return member.read()


if __name__ == "__main__":
    main()
