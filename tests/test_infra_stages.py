"""Questions asked of each stage's template: how stages differ, whether CloudFormation can make them at all."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.routes import DOORS
from infra.settings import LOCAL, PRODUCTION, STAGES, Stage
from tests.test_infra import ROOT, function_of, powers, template, template_file


def test_production_knows_no_test_clock() -> None:
    for door in DOORS:
        assert "MINNOW_CLOCK_PARAMETER" not in function_of(door)["Environment"]["Variables"]
        assert "MINNOW_CLOCK_PARAMETER" in function_of(door, LOCAL)["Environment"]["Variables"]


def test_stages_differ_only_in_what_they_declare() -> None:
    """A stage that declares what production does, under another name, has production's template under that name."""
    twin = template_file(replace(PRODUCTION, name="twin")).read_text()
    production = template_file(PRODUCTION).read_text().replace("production", "twin")

    assert without_hashes(twin) == without_hashes(production)


def test_the_local_stage_has_the_same_resources_and_powers_as_production_but_for_its_clock() -> None:
    for door in DOORS:
        there = {(action, limits_of(limits)) for action, _, limits in powers(door)}
        here = {(action, limits_of(limits)) for action, on, limits in powers(door, LOCAL) if '"Clock' not in on}
        assert here == there, door
    kinds = {kind for kind in resource_kinds(LOCAL) ^ resource_kinds(PRODUCTION) if "Policy" not in kind}
    assert kinds == {"AWS::SSM::Parameter"}


def without_hashes(text: str) -> str:
    """The CDK adds a hash of the path, and so of the stage's name, to some names."""
    return re.sub(r"[0-9A-F]{8,16}(?=[a-zA-Z\"])", "", text)


def limits_of(condition: dict[str, Any]) -> str:
    return json.dumps(condition, sort_keys=True)


def resource_kinds(stage: Stage) -> set[str]:
    return {resource["Type"] for resource in template(stage)["Resources"].values()}


@pytest.mark.parametrize("stage", [PRODUCTION, LOCAL], ids=lambda stage: stage.name)
def test_cfn_lint_finds_nothing(stage: Stage) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(template_file(stage))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_a_stack_has_room_for_more_and_nothing_in_it_waits_for_itself(stage: Stage) -> None:
    """CloudFormation takes 500 resources, and refuses those that wait for each other in a circle."""
    found = json.loads(template_file(stage).read_text())["Resources"]
    texts = {name: json.dumps(has) for name, has in found.items()}
    waits = {name: {other for other in found if other != name and f'"{other}"' in texts[name]} for name in found}
    while free := {name for name, on in waits.items() if not on & waits.keys()}:
        waits = {name: on for name, on in waits.items() if name not in free}

    assert waits == {}
    assert len(found) <= 490
