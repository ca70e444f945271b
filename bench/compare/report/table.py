"""Markdown tables of results."""

from figures import quantity, statistic, tables
from measure.loads import Kind

LATENCIES = ("p50", "p99", "p99.9", "max")


def unit(load):
    """Of a rate: every group gets every record."""
    return "deliveries/s" if load.kind is Kind.FANOUT else "records/s"


def rates(results, contender, load):
    return [sample.timing.records_per_second for sample in results.of(contender, load)]


def latencies(results, contender, load, which):
    """Milliseconds, of the rounds in which the tool told them."""
    return [sample.timing.latency_ms[which] for sample in results.of(contender, load)
            if which in sample.timing.latency_ms]


def by_round(results, contender, load, value):
    """{round: value(sample)}, without those that are None."""
    values = {sample.round: value(sample) for sample in results.of(contender, load)}
    return {number: value for number, value in values.items() if value is not None}


def rate_ratio(results, load, ours, theirs):
    """How many times their rate ours is, round by round. None if no round has both."""
    return statistic.ratio_by_round(*(
        by_round(results, name, load, lambda sample: sample.timing.records_per_second)
        for name in (ours, theirs)))


def latency_ratio(results, load, which, ours, theirs):
    """The same of a percentile."""
    return statistic.ratio_by_round(*(
        by_round(results, name, load, lambda sample: sample.timing.latency_ms.get(which))
        for name in (ours, theirs)))


def of_load(results, load, reference):
    """All contenders under one load. Ratios are those of `reference` to each contender."""
    rows, notes = [], []
    for contender in results.contenders:
        why = results.why_missing(contender, load)
        if why:
            if why == results.why_nothing_measured(contender):
                why = "see Contenders"
            notes.append(f"Missing: {contender}: {why}.")
            continue
        why = results.why_incomplete(contender, load)
        if why:
            notes.append(f"Not in every round: {contender}: {why}.")
        rows.append([contender, *_figures(results, contender, load, reference),
                     *_cost(results, contender, load)])
    text = tables.markdown(["contender", *_headings(load), "seconds", "server CPU s/GB",
                            "server memory", "spread"], rows)
    return text + "".join(f"\n{note}\n" for note in notes)


def _headings(load):
    if load.kind is Kind.LATENCY:
        return [f"{which} ms" for which in LATENCIES] + ["p99, of ours"]
    return [unit(load), "MB/s", "ours to it"]


def _figures(results, contender, load, reference):
    if load.kind is Kind.LATENCY:
        cells = []
        for which in LATENCIES:
            values = latencies(results, contender, load, which)
            cells.append(quantity.milliseconds(statistic.median(values)) if values else "")
        return cells + [quantity.ratio(latency_ratio(results, load, "p99", contender, reference))]
    megabytes = [sample.timing.megabytes_per_second for sample in results.of(contender, load)]
    return [quantity.number(statistic.median(rates(results, contender, load))),
            quantity.number(statistic.median(megabytes)),
            quantity.ratio(rate_ratio(results, load, reference, contender))]


def _cost(results, contender, load):
    samples = results.of(contender, load)
    spreads = (latencies(results, contender, load, "p99") if load.kind is Kind.LATENCY
               else rates(results, contender, load))
    peak = statistic.median([sample.server_peak_bytes for sample in samples])
    return [quantity.number(statistic.median([sample.timing.seconds for sample in samples])),
            quantity.number(statistic.median(
                [sample.cpu_seconds_per_gigabyte for sample in samples])) if peak else "",
            quantity.megabytes(peak) if peak else "",
            quantity.percent(statistic.spread(spreads)) if spreads else ""]


def summary(results, loads):
    """One row for each contender, one column for each load: records/s, or p99 in ms."""
    header = ["contender"] + [load.short for load in loads]
    return tables.markdown(header, [
        [contender] + [_headline(results, contender, load) for load in loads]
        for contender in results.contenders])


def _headline(results, contender, load):
    if load.kind is Kind.LATENCY:
        values = latencies(results, contender, load, "p99")
        return quantity.milliseconds(statistic.median(values)) if values else "none"
    values = rates(results, contender, load)
    return quantity.number(statistic.median(values)) if values else "none"
