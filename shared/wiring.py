"""Which adapter uses which resource. Each is made at its first use, so that a function pays for what it calls."""

from functools import cache

from shared.adapters.clients import client
from shared.adapters.clock import Clock, system_clock, test_clock
from shared.adapters.partners import Partners
from shared.adapters.table import Table
from shared.settings import optional, setting


@cache
def clock() -> Clock:
    parameter = optional("CLOCK_PARAMETER")
    return test_clock(client("ssm"), parameter) if parameter else system_clock


@cache
def loans_table() -> Table:
    return Table(client("dynamodb"), setting("LOANS_TABLE"))


@cache
def people_table() -> Table:
    return Table(client("dynamodb"), setting("PEOPLE_TABLE"))


@cache
def partners() -> Partners:
    return Partners(loans_table())
