"""The two books, people and loans: a table each, a key each, and who may read or write which part of it."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.function import Door
from infra.removal import removal_of
from infra.settings import Stage

# Sparse indexes by name, each with its partition and its sort key. They hold keys only: who reads one sees no loan.
INDEXES = {
    "work": ("work_shard", "work_on"),
    "notices": ("notice_shard", "notice_on"),
    "orders": ("repays", "ordered_at"),
    "desk": ("desk", "desk_at"),
    "flows": ("flow_shard", "sk"),
    "applied": ("applied", "submitted_at"),
    "debits": ("debit_shard", "debit_on"),
    "files": ("file_shard", "file_on"),
}
# That of money that moved has its entries too: a settlement reads each, and would have to fetch every one.
PROJECTED = {"flows": ["entries"]}
READ = ("dynamodb:GetItem", "dynamodb:Query")
# What a transaction of puts, updates and checks needs. Nothing is ever deleted from a book by a function.
WRITE = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem")
OPEN = ("kms:Decrypt", "kms:DescribeKey")
SEAL = (
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


class Book(Construct):
    """A table of items under `pk` and `sk`, encrypted with a key of its own.

    `forgets`: items with `expires_at` in the past are removed. `tells`: a stream of what is written. `indexed`: it has
    the indexes of what is due, of a loan's orders, of what waits for somebody, of money that moved, of the
    applications of a month, and of loans that may be in a credit file.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        forgets: bool = False,
        tells: bool = False,
        indexed: bool = False,
    ) -> None:
        super().__init__(scope, name)
        self.stage = stage
        self.key = kms.Key(
            self,
            "Key",
            description=f"Minnow {stage.name}: the {name.lower()} book at rest",
            enable_key_rotation=True,
            removal_policy=removal_of(stage),
        )
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            time_to_live_attribute="expires_at" if forgets else None,
            stream=dynamodb.StreamViewType.NEW_IMAGE if tells else None,
            deletion_protection=not stage.is_sandbox,
            removal_policy=removal_of(stage),
        )
        for index, (shard, due) in INDEXES.items() if indexed else ():
            self.table.add_global_secondary_index(
                index_name=index,
                partition_key=dynamodb.Attribute(name=shard, type=dynamodb.AttributeType.STRING),
                sort_key=dynamodb.Attribute(name=due, type=dynamodb.AttributeType.STRING),
                projection_type=(
                    dynamodb.ProjectionType.INCLUDE if index in PROJECTED else dynamodb.ProjectionType.KEYS_ONLY
                ),
                non_key_attributes=PROJECTED.get(index),
            )

    def read_by(self, door: Door, *keys: str) -> None:
        """`keys` are patterns of partition keys (`rail#*`); without any, the whole book."""
        self._table_allows(door, READ, keys)
        self._key_allows(door, OPEN)

    def written_by(self, door: Door, *keys: str) -> None:
        """Writers also read: a decision rests on what is there, and a failed condition asks what it was."""
        self._table_allows(door, READ + WRITE, keys)
        self._key_allows(door, OPEN + SEAL)

    def added_to_by(self, door: Door, *keys: str) -> None:
        """Whoever puts something there with what he writes elsewhere sees nothing of what is there."""
        self._table_allows(door, ("dynamodb:PutItem",), keys)
        self._key_allows(door, OPEN + SEAL)

    def swept_by(self, door: Door, *indexes: str) -> None:
        """The keys in these indexes only; the table stays closed to the sweeper."""
        self._known_to(door)
        for index in indexes:
            door.may(["dynamodb:Query"], f"{self.table.table_arn}/index/{index}")
        self._key_allows(door, OPEN)

    def followed_by(self, door: Door) -> None:
        """The stream only; the table stays closed to the follower."""
        assert self.table.table_stream_arn is not None
        reading = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
        door.may((*reading, "dynamodb:ListStreams"), self.table.table_stream_arn)
        self._key_allows(door, OPEN)

    def _known_to(self, door: Door) -> None:
        door.knows(**{f"{self.node.id}_table": self.table.table_name})

    def _table_allows(self, door: Door, actions: tuple[str, ...], keys: tuple[str, ...]) -> None:
        self._known_to(door)
        only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}} if keys else None
        door.may(actions, self.table.table_arn, only)

    def _key_allows(self, door: Door, actions: tuple[str, ...]) -> None:
        # DynamoDB uses the key on behalf of the caller; the caller alone may not.
        through = {"StringEquals": {"kms:ViaService": [f"dynamodb.{self.stage.region}.amazonaws.com"]}}
        door.may(actions, self.key.key_arn, through)
