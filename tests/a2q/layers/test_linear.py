import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from a2q import A2QConfig, BinaryConfig, DegreeQuantConfig, UniformConfig, quantize_
from a2q.layers import LinearLayer
from a2q.methods import Method
from a2q.sparse.matrix import SparseMatrix

METHODS = [
    A2QConfig(weight_bits=8, first_input="learn"),
    A2QConfig(groups=3, first_input="learn"),
    UniformConfig(bits=8),
    DegreeQuantConfig(bits=8),
    BinaryConfig(),
]


def _layer(config: Method) -> LinearLayer:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 4))
    quantize_(model, config, num_nodes=12)
    layer = model[0]
    assert isinstance(layer, LinearLayer)
    return layer


@pytest.mark.parametrize("shift", [0.0, 3.0])
@pytest.mark.parametrize("config", METHODS, ids=lambda config: config.method)
def test_converted_products_are_those_of_fake_quantization(config: Method, shift: float, x: Tensor) -> None:
    layer = _layer(config)
    with torch.no_grad():
        # Weights of one sign: an affine range then has its zero point at the end.
        layer.weight.abs_().add_(shift)
    layer.train()(x)
    fake = layer.eval()(x)
    codes = layer.quantizer("weight").codes(layer.weight.t())[0]
    layer.convert()
    assert torch.equal(layer.weight_codes.float(), codes)
    assert_close(layer(x), fake, atol=1e-4, rtol=1e-5)
    assert layer.weight_codes.dtype == (torch.int16 if config.method == "degree-quant" else torch.int8)
    assert_close(layer(SparseMatrix(x)), fake, atol=1e-4, rtol=1e-5)
    with pytest.raises(ValueError, match="This linear map has no calibrated weight quantizer"):
        layer.convert()


@pytest.mark.parametrize("converted", [False, True])
def test_values_below_0_that_only_evaluation_brings_are_told(converted: bool, x: Tensor) -> None:
    layer = _layer(A2QConfig(first_input="learn"))
    layer(x.abs())
    layer.eval()
    if converted:
        layer.convert()
    with pytest.warns(UserWarning, match="they became 0; train or calibrate the model on data that holds such values"):
        layer(x)


@pytest.mark.parametrize("converted", [False, True])
def test_converted_products_of_other_precisions(converted: bool, x: Tensor) -> None:
    for precision in (torch.float16, torch.float64):
        layer = _layer(UniformConfig(bits=8)).to(precision)
        found = layer(x.to(precision))
        if converted:
            layer.convert()
            found = layer(x.to(precision))
        assert_close(found.float(), _layer(UniformConfig(bits=8))(x), atol=2e-2, rtol=2e-2)


@pytest.mark.parametrize("config", METHODS, ids=lambda config: config.method)
def test_sparse_and_dense_inputs_give_the_same_output(config: Method, x: Tensor) -> None:
    sparse = torch.where(x > 0.5, x, 0)
    for form in (SparseMatrix(sparse), sparse.to_sparse_coo()):
        assert_close(_layer(config)(form), _layer(config)(sparse), atol=1e-5, rtol=1e-5)


def test_dimensions_before_the_last_are_kept(x: Tensor) -> None:
    layer = _layer(UniformConfig())
    rows = layer(x)
    assert torch.equal(layer(x.view(3, 2, 2, 5)), rows.view(3, 2, 2, 4))
    assert torch.equal(layer(x[0]), layer(x[:1])[0])
