"""What each method puts at each site of a network."""

from a2q.layers.roles import Site
from a2q.methods.a2q import A2QConfig, a2q_quantizer
from a2q.methods.baseline_configs import BinaryConfig, DegreeBitsConfig, DegreeQuantConfig, UniformConfig
from a2q.methods.baselines import binary_quantizer, degree_bits_quantizer, degree_quant_quantizer, uniform_quantizer
from a2q.methods.nodes import Nodes as Nodes
from a2q.methods.quantization import AnyMethod
from a2q.quantizers import FakeQuantizer


def quantizer_for(config: AnyMethod, site: Site, nodes: Nodes) -> FakeQuantizer | None:
    """The quantizer that a method puts at a site, None where values stay in FP32.

    Raises:
        ConfigError: the method needs to know more of the nodes.
    """
    match config:
        case A2QConfig():
            return a2q_quantizer(config, site, nodes)
        case UniformConfig():
            return uniform_quantizer(config, site, nodes)
        case DegreeQuantConfig():
            return degree_quant_quantizer(config, site, nodes)
        case DegreeBitsConfig():
            return degree_bits_quantizer(config, site, nodes)
        case BinaryConfig():
            return binary_quantizer(config, site, nodes)
        case _:
            return None
