"""All access to Kafka: publishing, consumer groups, owned partitions, tails, dead letters, research jobs.

Knowledge of a single service about its messages never belongs here.
"""

from shared.kafka.group_consumer import GroupConsumer, open_group_consumer
from shared.kafka.groups import ConsumerGroup, GroupReader, open_group_reader
from shared.kafka.job_client import JobClient
from shared.kafka.membership import stay_member
from shared.kafka.offset_range_reader import RangeGoneError, RangeReader, open_range_reader
from shared.kafka.offsets import OffsetRange, OffsetReader, open_offset_reader
from shared.kafka.owned_consumer import OwnedConsumer, open_owned_consumer
from shared.kafka.partition_owner import PartitionOwner
from shared.kafka.partitions import partition_of
from shared.kafka.producer import Producer, open_producer
from shared.kafka.records import Published, Record
from shared.kafka.run_watch import NoResultError, RunWatch
from shared.kafka.tail import Tail, open_tail
from shared.kafka.topic_label import read_label, write_label

__all__ = [
    "ConsumerGroup",
    "GroupConsumer",
    "GroupReader",
    "JobClient",
    "NoResultError",
    "OffsetRange",
    "OffsetReader",
    "OwnedConsumer",
    "PartitionOwner",
    "Producer",
    "Published",
    "RangeGoneError",
    "RangeReader",
    "Record",
    "RunWatch",
    "Tail",
    "open_group_consumer",
    "open_group_reader",
    "open_offset_reader",
    "open_owned_consumer",
    "open_producer",
    "open_range_reader",
    "open_tail",
    "partition_of",
    "read_label",
    "stay_member",
    "write_label",
]
