"""The CDK app: one stack for the stage named in the context (`-c stage=production`)."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
from aws_cdk import cx_api

from infra import packages
from infra.minnow import Minnow
from infra.routes import DOORS
from infra.settings import STAGES, Stage


def assemble(app: cdk.App, stage: Stage, built: Mapping[str, Path]) -> cx_api.CloudAssembly:
    """The stage's template with its packages. Raises when a rule of cdk-nag is broken without an excuse."""
    Minnow(app, stage=stage, packages=built)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app))
    return app.synth()


def main() -> None:
    app = cdk.App(analytics_reporting=False)
    stage = STAGES[app.node.get_context("stage")]
    target = packages.THIS_MACHINE if stage.runs_on_this_machine else packages.LAMBDA
    assemble(app, stage, packages.build(DOORS, target))


if __name__ == "__main__":
    main()
