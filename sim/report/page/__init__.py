"""One self-contained page to send: question, answer, figures, tables, assumptions, an example, how to repeat."""

from sim.report.page.contents import Example, PageError, Shown
from sim.report.page.of_comparison import comparison_page
from sim.report.page.of_sweep import check_size, sweep_page

__all__ = ["Example", "PageError", "Shown", "check_size", "comparison_page", "sweep_page"]
