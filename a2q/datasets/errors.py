"""The errors of this package."""


class DatasetError(Exception):
    """A dataset cannot be had. The message is one sentence for the user: what is wrong and what to do."""


class OfflineError(DatasetError):
    """A dataset is not on this machine, and the network does not answer: nothing is broken, and later it may."""
