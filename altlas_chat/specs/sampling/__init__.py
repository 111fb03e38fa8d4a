"""Values that a schema allows, made up: realistic, and the same for the same key."""

from altlas_chat.specs.sampling.sampler import Extent, NoSample, Sampler
from altlas_chat.specs.sampling.words import Language

__all__ = ["Extent", "Language", "NoSample", "Sampler"]
