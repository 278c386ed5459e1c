"""Learn: why nodes that aggregate more learn more bits, and if it matters, in seven steps."""

from a2q_studio.pages.learn.lesson_page import lesson

lesson()
