"""How fast something was moved."""


class Rates:
    """For what has `records`, `bytes` and `seconds`."""

    @property
    def records_per_second(self):
        return self.records / self.seconds

    @property
    def megabytes_per_second(self):
        return self.bytes / 1e6 / self.seconds
