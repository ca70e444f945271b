"""The contenders, in the order of the tables."""

from peers.kafka import KafkaJava, KafkaJavaSync, KafkaRd, KafkaRdSync
from peers.limits import Disk, GrpcStream, TcpStream
from peers.nats import JetStream, JetStreamSync
from peers.rabbitmq import RabbitStreams, RabbitStreamsPacked
from peers.redis import Redis, RedisSync
from peers.strata import Strata, StrataPageCache

ALL = (Strata, StrataPageCache, KafkaJava, KafkaRd, KafkaJavaSync, KafkaRdSync, JetStream,
       JetStreamSync, Redis, RedisSync, RabbitStreams, RabbitStreamsPacked, GrpcStream, TcpStream,
       Disk)

PROGRAMS = ("nats-server", "redis-server")  # of which one's own can be taken: Tools.programs
