"""What Strata wants to reach, beside what it has reached in this run."""

from figures import statistic
from figures.targets import at_least, at_most
from measure import contenders, loads
from report import table

_APPEND = loads.Load(loads.Kind.PRODUCE)
_READ = loads.Load(loads.Kind.READ)
_LATENCY = loads.Load(loads.Kind.LATENCY, rate=50_000)
_ONE_GROUP = loads.Load(loads.Kind.FANOUT, size_bytes=1024, groups=1)
_TEN_GROUPS = loads.Load(loads.Kind.FANOUT, size_bytes=1024, groups=10)


def of(results):
    return [
        at_least("append, 100 B, on disk", 2e6, _median_rate(results, _APPEND), " records/s"),
        at_least("append / bare gRPC stream", 0.8,
                 _over(results, _APPEND, (contenders.GRPC_LIMIT,)), " x"),
        at_least("append / Kafka with its default", 3, _over(results, _APPEND, _KAFKA), " x"),
        at_least("catch-up read, 100 B", 6e6, _median_rate(results, _READ), " records/s"),
        at_least("read / bare gRPC stream", 0.8,
                 _over(results, _READ, (contenders.GRPC_LIMIT,)), " x"),
        at_least("read / Kafka", 3, _over(results, _READ, _KAFKA), " x"),
        at_most("p99 at 50,000 records/s / Kafka's", 0.5, _latency_over_kafka(results), " x"),
        at_most("p50 at 50,000 records/s beyond one fsync", 1, _beyond_fsync(results), " ms"),
        at_most("broker CPU per delivered byte, 10 groups / 1 group", 0.5,
                _cpu_of_groups(results), " x"),
    ]


# The better one of its clients counts.
_KAFKA = (contenders.KAFKA, contenders.KAFKA_RD)


def _median_rate(results, load):
    values = table.rates(results, contenders.STRATA, load)
    return statistic.median(values) if values else None


def _over(results, load, others):
    """How many times the rate of the fastest of the others."""
    ratios = [table.rate_ratio(results, load, contenders.STRATA, other) for other in others]
    return min((ratio for ratio in ratios if ratio is not None), default=None)


def _latency_over_kafka(results):
    ratios = [table.latency_ratio(results, _LATENCY, "p99", contenders.STRATA, other)
              for other in _KAFKA]
    return max((ratio for ratio in ratios if ratio is not None), default=None)


def _beyond_fsync(results):
    ours = table.latencies(results, contenders.STRATA, _LATENCY, "p50")
    disk = table.latencies(results, contenders.DISK_LIMIT, _LATENCY, "p50")
    return statistic.median(ours) - statistic.median(disk) if ours and disk else None


def _cpu_of_groups(results):
    return statistic.ratio_by_round(*(
        table.by_round(results, contenders.STRATA, load,
                       lambda sample: sample.cpu_seconds_per_gigabyte)
        for load in (_TEN_GROUPS, _ONE_GROUP)))
