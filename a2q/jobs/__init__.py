"""Work in processes of their own: results made once and kept in files, and files read with limits."""

from a2q.jobs.confinement import ConfinedError as ConfinedError
from a2q.jobs.confinement import Limits as Limits
from a2q.jobs.confinement import confined as confined
from a2q.jobs.confinement import serve as serve
from a2q.jobs.job import Job as Job
from a2q.jobs.job import JobState as JobState
from a2q.jobs.job import process_environment as process_environment
from a2q.jobs.job import write_whole as write_whole
from a2q.jobs.process import Say as Say
from a2q.jobs.process import as_process as as_process
from a2q.jobs.process import run as run
from a2q.jobs.start_time import TOLERANCE as TOLERANCE
from a2q.jobs.start_time import start_time as start_time
