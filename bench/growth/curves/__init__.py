"""The curves, in the order of the page."""

from curves.connections import Connections
from curves.groups import Groups
from curves.log_size import LogSize
from curves.partitions import Partitions
from curves.record_size import RecordSize
from curves.slow_readers import SlowReaders

ALL = (Partitions(), Groups(), LogSize(), Connections(), SlowReaders(), RecordSize())
