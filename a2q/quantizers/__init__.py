"""Fake quantizers: the formula, and the module that learns its step sizes and bitwidths."""

from a2q.quantizers.fake_quantize import Gradient as Gradient
from a2q.quantizers.fake_quantize import StraightThrough as StraightThrough
from a2q.quantizers.fake_quantize import fake_quantize as fake_quantize
from a2q.quantizers.fake_quantize import integer_codes as integer_codes
from a2q.quantizers.fake_quantize import largest_code as largest_code
from a2q.quantizers.quantizer import Quantizer as Quantizer
