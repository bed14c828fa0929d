"""What holds for the tests of every house."""

pytest_plugins = ["suite"]
