"""What records carry, as arguments: `strata bench` and our driver have the same."""


def arguments(tools, load):
    if load.text:
        return ["--payload-file", tools.text_file, "--compression", "zstd"]
    return ["--size", load.size_bytes]
