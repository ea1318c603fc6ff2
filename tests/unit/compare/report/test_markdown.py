from compare.report.markdown import cells
from compare.report.table import Table


def test_figures_are_aligned_to_the_right_and_words_to_the_left():
    table = Table.of("Jobs", ("run", "state", "jobs"), (("aws", "failed", "3"),), words=2)
    assert cells(table) == ["| run | state | jobs |", "| :-- | :-- | --: |", "| aws | failed | 3 |"]
