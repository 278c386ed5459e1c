"""Sample runs that come with the app, so that it teaches before anything is trained.

Generated citations, nothing of anyone else's data; trained by our own workers with ``python -m a2q_studio.samples``.
"""

from a2q_studio.samples.listing import SAMPLES as SAMPLES
from a2q_studio.samples.listing import Sample as Sample
from a2q_studio.samples.listing import read_sample as read_sample
