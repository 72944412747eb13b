"""What a hurried reader asks of a comparison, drawn up once for terminal, page, figures and notebooks."""

from sim.report.answer.drawn import Answer, answer_of
from sim.report.answer.text import answer_lines

__all__ = ["Answer", "answer_lines", "answer_of"]
