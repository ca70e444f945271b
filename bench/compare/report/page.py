"""The whole page of a run, and its chart."""

from figures import tables
from figures.targets import as_markdown
from measure import contenders
from measure.loads import Kind
from report import chart, commands, table, targets

_HEADINGS = {
    Kind.PRODUCE: "Produce, records/s",
    Kind.READ: "Catch-up read, records/s",
    Kind.LATENCY: "End-to-end latency, p99 in ms",
    Kind.FANOUT: "Fan-out, deliveries/s",
}


def markdown(results, loads, facts, chart_name):
    """`facts`: (name, text) pairs of the machine, the commit and the command."""
    parts = ["# Results beside the peers\n",
             "Medians of the rounds of one run on one machine. A ratio is the median of the "
             "ratios round by\nround: above 1, ours is better.\n",
             "".join(f"* {name}: {text}\n" for name, text in facts),
             f"![Chart]({chart_name})\n",
             "## Targets\n", as_markdown(targets.of(results)),
             "## Contenders\n", _contenders(results),
             "## Overview\n"]
    for kind in Kind:
        of_kind = [load for load in loads if load.kind is kind]
        if of_kind:
            parts += [f"### {_HEADINGS[kind]}\n", table.summary(results, of_kind)]
    parts.append("## Load by load\n")
    for load in loads:
        parts += [f"### {load.title}\n", table.of_load(results, load, contenders.STRATA)]
    parts += ["## Commands\n", commands.markdown(results, loads)]
    return "\n".join(parts)


def svg(results, loads):
    return chart.svg(results, loads)


def _contenders(results):
    rows = []
    for name, facts in results.contenders.items():
        why = results.why_nothing_measured(name)
        rows.append([name, facts.get("version", ""), facts.get("acknowledged", ""),
                     facts.get("client", ""),
                     f"not measured: {why}" if why else "; ".join(facts.get("settings", ()))])
    return tables.markdown(["contender", "version", "acknowledged", "client", "settings"], rows,
                           others="---")
