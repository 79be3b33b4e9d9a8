"""The CDK app: one stack for the stage named in the context (`-c stage=production`)."""

import aws_cdk as cdk
import cdk_nag

from infra import packages
from infra.minnow import Minnow
from infra.routes import DOORS
from infra.settings import STAGES

app = cdk.App(analytics_reporting=False)
stage = STAGES[app.node.get_context("stage")]
target = packages.THIS_MACHINE if stage.runs_on_this_machine else packages.LAMBDA
Minnow(app, stage=stage, packages=packages.build(DOORS, target))
cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app))
app.synth()
