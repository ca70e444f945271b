"""Names of the contenders, as they stand in every table."""

STRATA = "Strata, on disk"
STRATA_OS = "Strata, page cache"
KAFKA = "Kafka, default"
KAFKA_SYNC = "Kafka, flush.messages=1"
KAFKA_RD = "Kafka, default, librdkafka"
KAFKA_RD_SYNC = "Kafka, flush.messages=1, librdkafka"
NATS = "JetStream, default"
NATS_SYNC = "JetStream, sync always"
REDIS = "Redis, everysec"
REDIS_SYNC = "Redis, always"
RABBIT = "RabbitMQ Streams"
RABBIT_PACKED = "RabbitMQ Streams, sub-entries"
GRPC_LIMIT = "limit: bare gRPC stream"
TCP_LIMIT = "limit: plain TCP"
DISK_LIMIT = "limit: one batch per fdatasync"

OURS, PEER, LIMIT = "ours", "peer", "limit"  # roles
