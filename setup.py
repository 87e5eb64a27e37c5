# For pre-commit alone: `language: python` installs this repository, and this installs the wheel of its version.
# The wheel itself is made in packaging/pypi. A test holds the version to the one of Cargo.toml.
from setuptools import setup

setup(name="rolecall-hooks", version="0.0.0", install_requires=["rolecall==0.1.0"], py_modules=[])
