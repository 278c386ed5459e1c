from .network import Network as Network
from .network import Shape as Shape
