"""What a collection would do, foreseen from the first answer of each kind."""

from collector.engine.plan.forecast import CollectionPlan, EndpointCalls, PlannedStep
from collector.engine.plan.planner import PlanJob, make_plan

__all__ = ["CollectionPlan", "EndpointCalls", "PlanJob", "PlannedStep", "make_plan"]
