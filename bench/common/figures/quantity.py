"""How figures are written: three digits that count."""


def number(value):
    """1234567 -> '1,230,000'; 0.01234 -> '0.0123'."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        digits = len(str(int(abs(value)))) - 3
        return f"{round(value / 10 ** digits) * 10 ** digits:,}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    if abs(value) >= 1:
        return f"{value:.2f}"
    return f"{value:.3g}"


def milliseconds(value):
    """A tool that tells whole milliseconds has seen less than one where it says none."""
    return number(value) if value else "< 1"


def ratio(value):
    return "" if value is None else f"{number(value)} x"


def percent(value):
    return f"{value * 100:.0f} %"


def megabytes(value_bytes):
    return f"{number(value_bytes / 1e6)} MB"


def duration(nanoseconds):
    """1234567 -> '1.23 ms'."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{number(nanoseconds / size)} {unit}"
    return f"{number(nanoseconds)} ns"
