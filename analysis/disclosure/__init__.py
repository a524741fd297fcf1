"""Who may see what: protects an evaluation before it leaves for an audience.

``cells`` (who is in each number) → ``rules`` (what is small) → ``suppression`` (what must go with
it) → ``audit`` (what can still be worked out) → ``release`` with its ``certificate``. ``surveys``
and ``people`` say for each section which numbers there are, the most important ones first.
"""

from analysis.disclosure.certificate import Certificate, Release, certify
from analysis.disclosure.cost import list_costs
from analysis.disclosure.protection import RefusedReleaseError, protect
from analysis.disclosure.release import make_release

__all__ = [
    "Certificate",
    "RefusedReleaseError",
    "Release",
    "certify",
    "list_costs",
    "make_release",
    "protect",
]
