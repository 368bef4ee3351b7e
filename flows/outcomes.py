"""The end of a flow run: *Failed* when something failed, with an outcome all the same, because the rest has landed."""

from collections.abc import Sequence
from typing import Any, TypeVar

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from pipeline.errors import BudgetFormsError
from pipeline.language import shown
from pipeline.messages import Text
from pipeline.run.publish import in_short

Outcome = TypeVar("Outcome")


def ended(outcome: Outcome, failures: Sequence[Text], message: Text) -> State[Outcome]:
    """The last state of a flow run, with its outcome: Failed when there are failures, each of which becomes a line of
    the run's log. The state's message names the first of them; without failures it is `message`."""
    for failure in failures:
        get_run_logger().error(shown(failure))
    if failures:
        return Failed(message=shown(in_short(failures)), data=outcome)
    return Completed(message=shown(message), data=outcome)


def stopped(error: BudgetFormsError) -> State[Any]:
    """The last state of a flow run that could not go on, for a reason that a person can mend.

    No traceback is logged.
    """
    get_run_logger().error(shown(error.message))
    return Failed(message=shown(error.message), data=error)


def outcome_of(state: State[Any], expected: type[Outcome]) -> Outcome:
    """The outcome of a flow run that ended in `state`, also of one that is Failed. Raises what the flow has raised."""
    outcome = state.result(raise_on_failure=False)
    if isinstance(outcome, BaseException):
        raise outcome
    assert isinstance(outcome, expected), outcome
    return outcome
