"""This file knows what deciding can be refused for beside the usual."""

from __future__ import annotations

from practice.values.errors import Conflict


class ChangedMeanwhile(Conflict):
    """Its author changed the words after they were read: the decision would be about something else."""

    code = "changed_meanwhile"
    way_on = "What stands there now is below, and what you typed is kept: read it and press again."


class Gone(Conflict):
    """Its author took it back, or left: there is nothing to decide about any more."""

    code = "gone"


class ReportedBefore(Conflict):
    """This person has reported it already, and staff have not decided yet."""

    code = "reported_before"
    way_on = ""
