"""
The public Python API, one module an area. The one place that turns settings into ports and composes flows.

Entry points (HTTP, pages, admin, commands, receivers, tasks) call this and nothing below it.
"""
