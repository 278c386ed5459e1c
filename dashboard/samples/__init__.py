"""Sample runs that come with the app, so that it teaches before anything is trained.

Generated citations, nothing of anyone else's data; trained by our own workers with ``python -m dashboard.samples``.
"""

from dashboard.samples.listing import SAMPLES as SAMPLES
from dashboard.samples.listing import Sample as Sample
from dashboard.samples.listing import read_sample as read_sample
