"""``python -m tests.research.counting_role``: the role research with the kind of run of the tests."""

from functools import partial

from services.analysis.research.app import build
from services.analysis.research.settings import ResearchSettings
from shared.runtime import run
from shared.settings import read_settings
from tests.research.kinds import KINDS

if __name__ == "__main__":
    run("analysis-research", read_settings(ResearchSettings), partial(build, kinds=KINDS, checks={}))
