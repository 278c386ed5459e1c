from a2q_studio.pages.train.relevant import relevant


def test_the_bits_of_a_run_have_its_average(small) -> None:
    free = small(preset_name="fixed-bits")
    taken = small("quantization.bits_of=1f2e3d4c", "quantization.assignment=permuted", preset_name="fixed-bits")
    assert {"assignment", "bits_of", "average_bits"} <= set(relevant(free, "quantization"))
    assert set(relevant(free, "quantization")) - set(relevant(taken, "quantization")) == {"average_bits"}
