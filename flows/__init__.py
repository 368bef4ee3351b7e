"""The Prefect flows, which call functions of `pipeline` in order.

Modules with flows do not postpone annotations (`from __future__ import annotations`): Prefect sends a flow's function
to the process of its run without the names in such annotations, and could not resolve the types of parameters there.
"""
