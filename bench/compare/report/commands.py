"""With which commands the servers and their clients were run."""

_HEAD = """Of each kind of load the first one: others differ in size, partitions and numbers, and
stand in results.json. `$CACHE` is what --cache says, `$BUILD` what --build says, `$TMPDIR` the
directory of the run; what configuration files hold is named under Contenders, where it is not the
default.
"""


def markdown(results, loads):
    """For each contender its server, and its client under the first load of each kind."""
    parts = [_HEAD]
    for contender, facts in results.contenders.items():
        lines = [facts.get("server command", ""), *_of_kinds(results, contender, loads)]
        lines = [line for line in lines if line]
        if lines:
            parts += [f"### {contender}\n", "```sh\n" + "\n".join(lines) + "\n```\n"]
    return "\n".join(parts)


def _of_kinds(results, contender, loads):
    found = {}
    for load in loads:
        command = results.commands.get((contender, load.key))
        if command:
            found.setdefault(load.kind, command)
    return found.values()
