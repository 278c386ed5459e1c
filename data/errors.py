"""The one error of this package."""


class DatasetError(Exception):
    """A data set cannot be had. The message is one sentence for the user: what is wrong and what to do.

    Source: ours.
    """
