"""Who may see what: protects an evaluation before it leaves for an audience.

``cells`` (who is in each number) → ``rules`` (what is small) → ``suppression`` (what must go with
it) → ``audit`` (what can still be worked out) → ``certificate``. ``surveys`` and ``people`` say
for each section which numbers there are, the most important ones first.
"""

from analysis.disclosure.certificate import Certificate, Release, certify, make_release
from analysis.disclosure.protection import RefusedReleaseError, protect

__all__ = ["Certificate", "RefusedReleaseError", "Release", "certify", "make_release", "protect"]
