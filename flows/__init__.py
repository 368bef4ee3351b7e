"""The Prefect flows. They only say in which order the functions of `pipeline` are called.

Modules with flows do not postpone annotations (`from __future__ import annotations`): Prefect sends a flow's function
to the process of its run without the names that only such texts mention, and could not tell there what the parameters
are.
"""
