"""Learn: why nodes that aggregate more need more bits, in seven steps."""

from dashboard.parts.lesson.page import lesson

lesson()
