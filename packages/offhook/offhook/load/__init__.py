"""Many callers at once, on Locust. Needs the extra `load`.

plan        what is to be done, and the report of it
locustfile  what Locust runs
"""
