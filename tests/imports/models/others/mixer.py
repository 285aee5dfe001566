"""MLP-Mixer: patches by a convolution, then MLPs along tokens and along channels."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class MlpBlock(nn.Module):
    mlp_dim: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        y = nn.Dense(self.mlp_dim)(x)
        y = nn.gelu(y)
        return nn.Dense(x.shape[-1])(y)


class MixerBlock(nn.Module):
    tokens_mlp_dim: int
    channels_mlp_dim: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        y = nn.LayerNorm()(x)
        y = jnp.swapaxes(y, 1, 2)
        y = MlpBlock(self.tokens_mlp_dim, name="token_mixing")(y)
        y = jnp.swapaxes(y, 1, 2)
        x = x + y
        y = nn.LayerNorm()(x)
        return x + MlpBlock(self.channels_mlp_dim, name="channel_mixing")(y)


class MlpMixer(nn.Module):
    hidden_dim: int
    num_classes: int = 5

    @nn.compact
    def __call__(self, inputs: Any) -> Any:
        x = nn.Conv(self.hidden_dim, (4, 4), strides=(4, 4), name="stem")(inputs)
        x = jnp.reshape(x, (x.shape[0], -1, x.shape[-1]))
        for _ in range(2):
            x = MixerBlock(8, 4 * self.hidden_dim)(x)
        x = nn.LayerNorm(name="pre_head_layer_norm")(x)
        x = jnp.mean(x, axis=1)
        return nn.Dense(self.num_classes, kernel_init=nn.initializers.zeros, name="head")(x)


def make(n: int) -> tuple[Any, Any]:
    return MlpMixer(n), jnp.ones((2, 8, 8, 3))
