"""Figures for a file or a page: one function for each kind, all in one style."""

from sim.report.figures.cut_sets import cut_sets
from sim.report.figures.differences import differences
from sim.report.figures.ends import ends_by_day, truce_survival
from sim.report.figures.lead import lead
from sim.report.figures.machine import phase_machine
from sim.report.figures.outcomes import compared_outcomes, outcomes, stored_outcomes, summed_outcomes
from sim.report.figures.picture import FigureError, Picture
from sim.report.figures.releases import release_curves
from sim.report.figures.response import response, stored_response
from sim.report.figures.sweep import heat_map, tornado
from sim.report.figures.timeline import timeline

__all__ = [
    "FigureError", "Picture", "compared_outcomes", "cut_sets", "differences", "ends_by_day", "heat_map", "lead",
    "outcomes", "phase_machine", "release_curves", "response", "stored_outcomes", "stored_response",
    "summed_outcomes", "timeline", "tornado", "truce_survival",
]  # fmt: skip
