"""Weights that other programs trained, as a `ProGAN`."""

from progan_keras.interop.karras2018 import load_karras2018
from progan_keras.interop.pro_gan_pth import load_pro_gan_pth

__all__ = ["load_karras2018", "load_pro_gan_pth"]
