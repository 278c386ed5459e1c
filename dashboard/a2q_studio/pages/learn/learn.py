"""Learn: why nodes that aggregate more need more bits, in seven steps."""

from a2q_studio.pages.learn.lesson_page import lesson

lesson()
