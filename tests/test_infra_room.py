"""Questions asked of the whole template: whether CloudFormation can make it at all."""

import json

import pytest

from infra.settings import STAGES, Stage
from tests.test_infra import template_file


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
