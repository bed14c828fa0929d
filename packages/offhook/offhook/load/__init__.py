"""Many callers at once, on Locust: `locustfile` is what Locust runs, `report` what it leaves.

Needs the extra `load`.
"""
