"""Results made once, each by a background process of its own, and kept in files."""

from a2q.jobs.job import Job as Job
from a2q.jobs.job import JobState as JobState
from a2q.jobs.job import process_environment as process_environment
from a2q.jobs.job import write_whole as write_whole
from a2q.jobs.process import Say as Say
from a2q.jobs.process import as_process as as_process
from a2q.jobs.process import run as run
from a2q.jobs.start_time import TOLERANCE as TOLERANCE
from a2q.jobs.start_time import start_time as start_time
