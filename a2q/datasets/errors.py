"""The errors of this package."""


class DatasetError(Exception):
    """A data set cannot be had. The message is one sentence for the user: what is wrong and what to do.

    Source: ours.
    """


class OfflineError(DatasetError):
    """A data set is not on this machine, and the network does not answer: nothing is broken, and later it may.

    Source: ours.
    """
