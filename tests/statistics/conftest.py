"""Real paired answers with their reference values, where the files are present."""

import json

import numpy as np
import pandas as pd
import pytest

USAGE = {
    "I had not been using tools like these.": 1,
    "I have not been using tools like these.": 1,
    "Less than once per year.": 2,
    "Several times per year.": 3,
    "Monthly.": 4,
    "Weekly.": 5,
    "Daily.": 6,
}
WORRY = {
    "Not at all worried": 1,
    "Not so worried": 2,
    "Somewhat worried": 3,
    "Very worried": 4,
    "Extremely worried": 5,
}


def _german(folder):
    wide = pd.read_csv(folder / "educationR_German_tbl_df.csv").pivot(
        index="student", columns="when", values="errors"
    )
    return wide["Before"], wide["After"]


def _carpentries(folder):
    rows = pd.read_csv(folder / "data_20170701.csv")
    before = rows["Programming-Usage-Before-Workshop"].map(USAGE)
    since = rows["Programming-Usage-Since-Workshop"].map(USAGE)
    both = before.notna() & since.notna()
    return before[both], since[both]


def _earthquake(folder):
    rows = pd.read_csv(folder / "earthquake_data.csv")
    return rows.iloc[:, 0].map(WORRY), rows.iloc[:, 1].map(WORRY)


READERS = {
    "german-course": _german,
    "carpentries-longterm": _carpentries,
    "earthquake-survey": _earthquake,
}


@pytest.fixture(scope="session")
def reference(shared_data):
    """Reference values of one real file, by folder name."""

    def read(folder):
        return json.loads((shared_data / folder / "reference.json").read_text("utf-8"))

    return read


@pytest.fixture(scope="session")
def paired_file(shared_data, reference):
    """(pre, post, reference values) of one real file."""

    def read(folder, keys):
        known = reference(folder)
        for key in keys:
            known = known[key]
        pre, post = READERS[folder](shared_data / folder)
        return np.asarray(pre, float), np.asarray(post, float), known

    return read
