import json

from sqlalchemy.orm import Session

from a2q.experiments.results import result
from a2q.experiments.store import RunStore
from a2q.experiments.store.schema import RunRow
from a2q.experiments.store.summaries import upgraded

OLD_SUMMARY = {
    "test_accuracy": 0.81,
    "validation_accuracy": 0.8,
    "best_epoch": 7,
    "test_accuracy_paper_protocol": 0.82,
    "average_bits": 1.7,
}
OLD_CONFIG = """{"schema_version": 1, "dataset": {"name": "cora", "nodes": null, "graph_seed": null},
"model": {"name": "gcn", "layers": 2, "hidden": 16, "dropout": 0.35}, "method": "a2q",
"quantization": {"start": "paper", "initial_bits": 3, "min_bits": 1, "max_bits": 8, "weight_bits": 4, "xw_bits": 4,
"straight_through": "identity"}, "training": {"epochs": 200, "lr": 0.01, "weight_decay": 0.02, "lr_weight_step": 0.02,
"lr_xw_step": 0.008, "lr_feature_step": 0.04, "lr_bits": 0.1, "penalty": 2.5, "target_kib": 5.0,
"priced_bits": "code"}, "seed": 3}"""


def test_old_summaries_get_todays_names_and_new_ones_stay() -> None:
    new = upgraded(OLD_SUMMARY)
    assert new is not None
    assert (new["metric"], new["test_score"], new["validation_score"]) == ("accuracy", 0.81, 0.8)
    assert upgraded(new) is new
    assert upgraded(None) is None


def test_a_run_of_the_first_version_is_read_as_it_was(store: RunStore, small) -> None:
    run_id = store.submit(small()).id
    with Session(store._engine) as session, session.begin():
        row = session.get(RunRow, run_id)
        assert row is not None
        row.config, row.summary, row.state = json.loads(OLD_CONFIG), OLD_SUMMARY, "finished"
    run = store.get(run_id)
    quantization = run.config.quantization
    assert (run.config.method, run.config.seed, quantization.start) == ("a2q", 3, "paper-gcn")
    assert (quantization.penalty, quantization.penalty_above_kib, quantization.priced_bits) == (2.5, 5, "code")
    assert run.title == "cora · gcn · a2q · seed 3"
    assert [listed.id for listed in store.list()] == [run_id]
    assert result(run)["test_accuracy"] == 0.81
    assert result(run)["test_accuracy_paper_protocol"] == 0.82
