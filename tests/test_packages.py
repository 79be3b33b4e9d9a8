"""What is in a function's package: what it imports, compiled, the same every time."""

import marshal
import sys
import zipfile
from pathlib import Path

import pytest

from infra import packages
from infra.routes import DOORS
from tests.starts import compiled, ready, settings, start, unpacked

OWN = {
    "functions/__init__.py": "",
    "functions/greet/handler.py": (
        "from shared.clients import client\n"
        "from shared.words import hello\n"
        "\n"
        "def handler(event, context):\n"
        "    return hello(event['name']), client('sqs')\n"
    ),
    "functions/other/handler.py": "import jmespath\n\nhandler = jmespath.search\n",
    "shared/__init__.py": "",
    "shared/clients.py": (
        "import botocore.session\n"
        "\n"
        "def client(service):\n"
        "    return botocore.session.get_session().create_client(service, region_name='ap-south-1')\n"
    ),
    "shared/words/__init__.py": (
        "from pathlib import Path\n"
        "\n"
        "def hello(name):\n"
        "    return Path(__file__).with_name('hello.txt').read_text() + name\n"
    ),
    "shared/words/hello.txt": "Hello ",
    "shared/unused.py": "import cryptography\n",
    "functions/narrow/handler.py": (
        "from shared import wiring\n"
        "from shared.runtime import now\n"
        "\n"
        "def handler(event, context):\n"
        "    return wiring.letters(), now()\n"
    ),
    "shared/runtime.py": (
        "from shared import wiring\n\ndef now():\n    return wiring.clock()\n\ndef seal():\n    return wiring.vault()\n"
    ),
    "shared/wiring.py": (
        "from shared.clients import client\n"
        "\n"
        "def clock():\n"
        "    return client('ssm')\n"
        "\n"
        "def letters():\n"
        "    return queue()\n"
        "\n"
        "def queue():\n"
        "    from shared import words\n"
        "    return client('sqs'), words.hello\n"
        "\n"
        "def vault():\n"
        "    from shared import unused\n"
        "    return client('kms'), unused\n"
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name, text in OWN.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def built(project: Path) -> dict[str, Path]:
    return packages.build(["greet", "other"], packages.THIS_MACHINE, project)


def names(package: Path) -> set[str]:
    return set(zipfile.ZipFile(package).namelist())


def roots(package: Path) -> set[str]:
    return {name.partition("/")[0].removesuffix(".py") for name in names(package) if ".dist-info" not in name}


def test_a_package_holds_what_its_door_imports_and_nothing_else(built: dict[str, Path]) -> None:
    assert {"functions/greet/handler.py", "shared/clients.py", "shared/words/__init__.py"} <= names(built["greet"])
    assert not {"shared/unused.py", "functions/other/handler.py"} & names(built["greet"])
    assert roots(built["greet"]) - {"__pycache__"} == {
        *("functions", "shared", "botocore", "jmespath", "dateutil", "six", "urllib3"),
    }
    assert roots(built["other"]) - {"__pycache__"} == {"functions", "jmespath"}


def test_of_the_wiring_a_door_answers_only_for_the_functions_that_it_uses(project: Path) -> None:
    needed = packages.imports("narrow", project)

    assert needed.services == {"ssm", "sqs"}
    assert needed.modules == {"botocore"}
    assert "shared/words/__init__.py" in needed.files and "shared/unused.py" not in needed.files


@pytest.mark.parametrize("door", DOORS)
def test_a_door_starts_from_its_package_alone_makes_all_that_it_uses_and_compiles_nothing(
    door: str, tmp_path: Path
) -> None:
    tree = unpacked(packages.build([door], packages.THIS_MACHINE)[door], tmp_path)
    done = start(tree, ready(door), settings(door), sys.executable, "-v")

    assert done.returncode == 0, done.stderr[-2000:]
    assert compiled(done) == []


def test_the_data_that_a_module_owns_goes_with_it(built: dict[str, Path]) -> None:
    assert "shared/words/hello.txt" in names(built["greet"])


def test_of_the_aws_services_only_those_called_are_described(built: dict[str, Path]) -> None:
    described = {
        name.split("/")[2]
        for name in names(built["greet"])
        if name.startswith("botocore/data/") and name.count("/") > 2
    }

    assert described == {"sqs"}


def test_every_module_is_compiled_with_a_hash_that_is_not_checked(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["greet"]) as package:
        sources = {name for name in package.namelist() if name.endswith(".py")}
        compiled = {name for name in package.namelist() if name.endswith(".pyc")}
        for name in compiled:
            code = package.read(name)
            # PEP 552: a hash-based file has bit 0 set, a checked one bit 1 too.
            assert int.from_bytes(code[4:8], "little") == 1
            assert marshal.loads(code[16:]).co_filename.startswith("/var/task/")

    tag = sys.implementation.cache_tag
    assert compiled == {str(Path(name).parent / "__pycache__" / f"{Path(name).stem}.{tag}.pyc") for name in sources}


def test_a_package_runs_alone_and_compiles_nothing_at_its_start(built: dict[str, Path], tmp_path: Path) -> None:
    tree = unpacked(built["greet"], tmp_path)
    script = (
        "from functions.greet.handler import handler\n"
        "greeting, client = handler({'name': 'Asha'}, None)\n"
        "print(greeting, client.meta.service_model.service_name)\n"
    )
    done = start(tree, script, {}, sys.executable, "-v")

    assert done.stdout == "Hello Asha sqs\n", done.stderr[-2000:]
    assert compiled(done) == []


def test_the_same_content_gives_the_same_bytes_and_is_built_once(
    built: dict[str, Path], project: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "copy"
    for name, text in OWN.items():
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text(text)
    before = {door: (path.name, path.stat().st_mtime_ns) for door, path in built.items()}
    again = packages.build(["greet", "other"], packages.THIS_MACHINE, elsewhere)

    assert {door: (path.name, path.stat().st_mtime_ns) for door, path in again.items()} == before
    assert all(
        entry.date_time == (1980, 1, 1, 0, 0, 0)
        for path in again.values()
        for entry in zipfile.ZipFile(path).infolist()
    )


def test_an_import_that_nothing_provides_is_said_so(project: Path) -> None:
    with pytest.raises(packages.PackageError, match="nowhere_to_be_found"):
        packages.distributions(["nowhere_to_be_found"], packages.THIS_MACHINE)


def test_wheels_for_lambda_are_chosen_by_its_python_not_ours() -> None:
    here = packages.distributions(["pydantic"], packages.LAMBDA)

    assert {"pydantic", "pydantic-core", "typing-extensions"} <= {name.replace("_", "-") for name in here}
